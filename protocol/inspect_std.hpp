#pragma once
// std::optional and std::variant for CAF 0.17's inspectors. The overloads must stand in caf and in caf::detail: they
// are found by argument-dependent lookup on the inspector, and the serializers live in the first, the printer in the
// second.

#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace caf::detail {

template <class Inspector, class T>
typename Inspector::result_type inspect_optional(Inspector& f, std::optional<T>& x) {
  if constexpr (Inspector::reads_state) {
    bool has = x.has_value();
    return has ? f(has, *x) : f(has);
  } else {
    bool has = false;
    if (auto err = f(has)) return err;
    if (!has) {
      x.reset();
      return {};
    }
    return f(x.emplace());
  }
}

template <std::size_t N, class Inspector, class... Ts>
typename Inspector::result_type load_alternative(Inspector& f, std::variant<Ts...>& x, std::uint8_t index) {
  if constexpr (N < sizeof...(Ts))
    return index == N ? f(x.template emplace<N>()) : load_alternative<N + 1>(f, x, index);
  else
    return make_error(sec::unknown_type, std::string{"variant index out of range"});
}

template <class Inspector, class... Ts>
typename Inspector::result_type inspect_variant(Inspector& f, std::variant<Ts...>& x) {
  if constexpr (Inspector::reads_state) {
    auto index = static_cast<std::uint8_t>(x.index());
    return std::visit([&](auto& alternative) { return f(index, alternative); }, x);
  } else {
    std::uint8_t index = 0;
    if (auto err = f(index)) return err;
    return load_alternative<0>(f, x, index);
  }
}

template <class Inspector, class T> typename Inspector::result_type inspect(Inspector& f, std::optional<T>& x) {
  return inspect_optional(f, x);
}
template <class Inspector, class... Ts> typename Inspector::result_type inspect(Inspector& f, std::variant<Ts...>& x) {
  return inspect_variant(f, x);
}

} // namespace caf::detail

namespace caf {

template <class Inspector, class T> typename Inspector::result_type inspect(Inspector& f, std::optional<T>& x) {
  return detail::inspect_optional(f, x);
}
template <class Inspector, class... Ts> typename Inspector::result_type inspect(Inspector& f, std::variant<Ts...>& x) {
  return detail::inspect_variant(f, x);
}

} // namespace caf
