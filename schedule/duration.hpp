#pragma once
// Durations as people write them: with a unit, always.

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

namespace xxl::schedule {

/// "100ms", "30s", "5m", "2h", "1d" and sums of them with falling units: "1m30s". Whole numbers, no sign, no blanks; at
/// most 36,500 days. The other alternative is the error, for people: "duration "30" has no unit: write 30s, ...".
std::variant<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads as the same value: "1m30s", "0s"; a negative one has a leading "-"
/// (lateness may be negative, settings never are).
std::string format_duration(std::chrono::milliseconds d);

} // namespace xxl::schedule
