#pragma once
// Quartz's cron grammar: text to cron_pattern, or an error that says where and why.

#include "schedule/cron_pattern.hpp"
#include "schedule/timetable.hpp"

#include <string_view>
#include <variant>

namespace xxl::schedule {

/// 6 or 7 fields separated by blanks and tabs: second minute hour day-of-month month day-of-week [year]. Case does not
/// matter.
///
///   field        values           also
///   second       0-59
///   minute       0-59
///   hour         0-23
///   day-of-month 1-31             ?  L  L-n (n 0-30)  LW  L-nW  nW
///   month        1-12 JAN-DEC
///   day-of-week  1-7 SUN-SAT      ?  L (Saturday)  dL (the month's last)  d#n (the month's n-th, 1-5)
///   year         1970-2199
///
/// Everywhere: `*`, `a`, `a-b`, each with an optional `/step`, and lists of these. `a/step` runs to the field's
/// maximum, `/step` is
/// `*/step`. A range may wrap round (22-2, FRI-MON, NOV-FEB), and its step runs on across the wrap; years do not wrap.
/// Exactly one of the two day fields is `?`. `L` and `#` of the week stand alone; the month's days may be listed in all
/// their forms, and each item counts by itself.
std::variant<cron_pattern, parse_error> parse_cron(std::string_view expression);

} // namespace xxl::schedule
