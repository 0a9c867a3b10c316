#pragma once
// "did you mean …?": the known name nearest to a mistyped one.

#include <span>
#include <string>
#include <string_view>

namespace xxl::config {

/// The name that takes the fewest edits (a character changed, put in, left out, or two neighbours swapped; case and '-'
/// against '_' cost nothing), if it takes at most one edit per three characters and three at all; else empty.
std::string_view nearest_name(std::string_view written, std::span<const std::string_view> known);

/// "; did you mean "route"?" where a name is near, else "; known are a, b, c".
std::string suggestion(std::string_view written, std::span<const std::string_view> known);

} // namespace xxl::config
