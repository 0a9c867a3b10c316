#pragma once
// Unix cron's grammar (crontab(5) of Vixie cron): text to cron_pattern or a period, or an error that says where and
// why.

#include "schedule/cron_pattern.hpp"
#include "schedule/timetable.hpp"

#include <chrono>
#include <string_view>
#include <variant>

namespace xxl::schedule {

/// What an entry of Unix cron says: local times, or the period of `@every`.
using unix_schedule = std::variant<cron_pattern, std::chrono::milliseconds>;

/// 5 fields separated by blanks and tabs: minute hour day-of-month month day-of-week. Case does not matter. Fires at
/// second 0.
///
///   field        values
///   minute       0-59
///   hour         0-23
///   day-of-month 1-31
///   month        1-12 JAN-DEC
///   day-of-week  0-7 SUN-SAT (0 and 7 are Sunday)
///
/// Everywhere: `*`, `a`, `a-b`, `*` and ranges with `/step`, and lists of these. Ranges do not wrap round, a step is 1
/// to the number of the field's values, and `a/step` is refused: crontab(5) knows steps of ranges alone. Where both day
/// fields are restricted, that is, neither begins with `*`, a day matches that matches either; else it must match both.
/// `?`, `L`, `W` and `#` belong to Quartz and are refused.
///
/// Instead of the five fields:
///
///   @yearly @annually   0 0 1 1 *
///   @monthly            0 0 1 * *
///   @weekly             0 0 * * 0
///   @daily @midnight    0 0 * * *
///   @hourly             0 * * * *
///   @every DURATION     a fixed rate on the grid of the Unix epoch, at least 100 ms (duration.hpp: 30s, 1m30s)
///
/// `@reboot` is refused: a schedule is instants.
std::variant<unix_schedule, parse_error> parse_unix_cron(std::string_view expression);

} // namespace xxl::schedule
