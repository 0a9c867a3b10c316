#pragma once
// The language of calendars: dates, ranges of dates, weekdays and times of the day as people write them.

#include "schedule/calendar.hpp"
#include "schedule/timetable.hpp"

#include <string_view>
#include <variant>

namespace xxl::schedule {

/// A date or two with `..` between them, both included:
///
///   2026-10-01               one day of the years 1970-2199
///   2026-10-01..2026-10-07   the first one is not the later one
///   12-25                    this day of each year; 02-29 only of leap years
///   12-24..01-02             of each year, over New Year if the first is the later one
///
/// A day that does not exist (2026-02-29, 02-30) is an error, and so is a range of one full date and one of each year.
std::variant<date_range, parse_error> parse_dates(std::string_view text);

/// `08:00-18:00`, `08:00:30-24:00`: from 00:00 to 24:00, to the second, the first one earlier. Over midnight it takes
/// two windows: 22:00-24:00 and 00:00-06:00.
std::variant<time_window, parse_error> parse_time_window(std::string_view text);

/// `SUN` to `SAT`, case does not matter: 0 to 6.
std::variant<unsigned, parse_error> parse_weekday(std::string_view text);

} // namespace xxl::schedule
