#pragma once
// What narrows a timetable: a window of validity, and a calendar with what becomes of the fires that it excludes.

#include "schedule/calendar.hpp"
#include "schedule/timetable.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace xxl::schedule {

/// What becomes of a fire at a time that the calendar excludes. `next` and `previous` go to the same local time of the
/// nearest included day, if the day is excluded (in a gap of that day: the first instant after it; in an overlap: the
/// later occurrence), and then, if that is outside of the hours, to the nearest included instant. A fire that finds no
/// such day or instant is dropped.
enum class on_excluded : std::uint8_t {
  skip,     ///< it is dropped: not due, neither fired nor missed
  next,     ///< the nearest included day after it, the first included instant from there on
  previous, ///< the nearest included day before it, the last included instant up to there
};

/// Without calendar, from and until: nothing.
struct narrowing {
  std::optional<instant> from{}, until{};     ///< both included; of a moved fire the instant it is moved to counts
  std::shared_ptr<const calendar> observed{}; ///< null: none
  std::string zone = "UTC";                   ///< whose local dates and times the calendar means; an IANA name
  on_excluded what = on_excluded::skip;
};

/// The fires of t as narrowed: one fixed set of instants like every timetable's, several fires that come to one instant
/// being one. Of the same kind as t. The calendar leaves nothing outside the local years 1970 to 2199. A timetable
/// without fires comes back as it is. A fixed delay's fire goes to first_included(), since a dropped one would end it.
///
/// Costs, beside those of t: next() takes a search per included range without a fire on the way, so well below a
/// millisecond unless there is none left (some 10 ms). count() sums over included ranges, some 10 microseconds a year.
/// `next` and `previous` look at each fire of an excluded day by itself unless its local times are those of every day
/// (cron, and periods that divide a day).
///
/// std::invalid_argument for a zone that the zone data does not know, or from > until.
timetable narrowed(timetable t, const narrowing& n);

/// Where a single fire goes: itself if it is included, where `what` moves it, or none if it is dropped or ends up
/// outside [from, until]. std::invalid_argument as for narrowed().
std::optional<instant> moved(instant fire, const narrowing& n);

/// For fixed delays, which go on although a fire is dropped: the first included instant in [from, until] at or after t,
/// whatever `what` says; none if there is none. std::invalid_argument as for narrowed().
std::optional<instant> first_included(instant t, const narrowing& n);

} // namespace xxl::schedule
