#pragma once
// One field of a cron expression: what it may hold, and reading it item by item.

#include "schedule/cron_pattern.hpp"
#include "schedule/timetable.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace xxl::schedule {

enum class cron_field : std::uint8_t { second, minute, hour, day_of_month, month, day_of_week, year };

/// Whose rules a field follows: cron_parser.hpp, unix_cron.hpp (which has neither second nor year).
enum class cron_dialect : std::uint8_t { quartz, unix_cron };

/// A field's text and where it stands in the expression.
struct field_text {
  std::string_view text;
  std::size_t column = 1;
};

/// What stands between blanks and tabs.
std::vector<field_text> split_fields(std::string_view expression);

/// The column just after the last field, where more are missing; 1 without fields.
std::size_t column_after(const std::vector<field_text>& fields);

/// What a field says: plain values, and what only the day fields have.
struct field_value {
  number_set values; ///< year: counted from first_year; Unix cron's Sunday: 0, 7 or both
  bool stepped_or_all = false;
  number_set days_weekday, from_end, from_end_weekday;
  unsigned nth = 0;
  bool last_of_month = false;
};

/// Throws parse_error, whose message begins with the field's name. `?` is refused: it says which day field does not
/// count, and whoever reads the whole expression has dealt with it.
field_value read_field(cron_field which, field_text in, cron_dialect dialect = cron_dialect::quartz);

} // namespace xxl::schedule
