#pragma once

namespace xxl {

/// A visitor made of lambdas, for std::visit.
template <class... Fs> struct overloaded : Fs... { using Fs::operator()...; };
template <class... Fs> overloaded(Fs...) -> overloaded<Fs...>;

} // namespace xxl
