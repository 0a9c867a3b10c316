#pragma once
// Instants as people write and read them: RFC 3339, with a zone, down to the millisecond.

#include "protocol/ids.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace xxl::config {

/// "2026-12-01T09:00:00+08:00", "2026-12-01T01:00:00.250Z". The zone is required; finer than a millisecond is refused,
/// not cut; a leap second (:60) is refused, as Unix time has none. The other alternative is the error, for people.
std::variant<instant, std::string> parse_instant(std::string_view text);

/// In UTC: "2026-12-01T01:00:00Z", with ".250" only where there are milliseconds. parse_instant reads it back for the
/// years 0 to 9999.
std::string format_instant(instant t);

} // namespace xxl::config
