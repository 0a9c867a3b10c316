#pragma once
// What a forecast is made of: jobs with their timetables, and a span of time. Pure: no clock, no I/O.

#include "schedule/timetable.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace xxl::forecast {

using schedule::instant;

struct job {
  std::string name; ///< for people; may be any text
  schedule::timetable when;
  /// How long a run takes: given or measured; absent: unknown. 0 to 36,500 days; a run of 0 ms is never going.
  std::optional<std::chrono::milliseconds> duration;
  bool enabled = true; ///< a job that is not has no fires
};

/// [from, to) in the years 0 to 9999.
struct span {
  instant from{}, to{};
  friend bool operator==(const span&, const span&) = default;
};

/// True for a fixed delay of unknown duration: what fires when cannot be said.
bool depends_on_runs(const job& j);

/// The fires of the job in a span that begins at `from`; none if it is disabled or depends on its runs. A fixed delay
/// of known duration goes on as if a run had ended at `from`: its first fire is at from + delay, each further one at
/// duration + delay after the one before, whatever calendar it observes from then on.
schedule::timetable fires_of(const job& j, instant from);

} // namespace xxl::forecast
