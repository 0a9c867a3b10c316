#pragma once
// Secrets never reach a log, an error or a page (design.md §4.7).

#include <string>
#include <string_view>

namespace xxl::config {

/// The text with the passwords of URLs replaced by "***": what stands between "user:" and "@", and parameters whose
/// name ends in "password". Where it is not clear where a password ends, more is masked rather than less.
std::string mask_secrets(std::string_view text);

/// True if a line of a settings file may hold a secret or a part of one, and so is not shown beside an error.
bool may_hold_secret(std::string_view line);

} // namespace xxl::config
