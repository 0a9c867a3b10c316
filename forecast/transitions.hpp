#pragma once
// What the changes of a zone's clocks do to a schedule: the fires around each, and what becomes of the local times that
// it skips or repeats.

#include "forecast/job.hpp"
#include "schedule/cron_pattern.hpp"
#include "schedule/zone.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace xxl::forecast {

/// A local time that a cron expression names and a change skips or repeats, and the fires that come of it.
struct fate {
  std::chrono::local_seconds local{};
  std::vector<instant> fires; ///< none, one, or two
  friend bool operator==(const fate&, const fate&) = default;
};

struct clock_change {
  std::chrono::sys_seconds at{};
  std::chrono::seconds before{}, after{}; ///< offsets from UTC
  /// The local times that are skipped (a gap: after > before) or come twice (an overlap): [first, end).
  std::chrono::local_seconds first{}, end{};
  std::vector<instant> fires_before, fires_after; ///< the last two earlier than `at`, the first two from then on

  /// Of a cron expression: how many local times of [first, end) it names, and what becomes of the first and the last.
  std::int64_t named = 0;
  std::vector<fate> fates; ///< at most two

  bool gap() const { return after > before; }
};

/// A cron expression, taken apart: what the fate of its local times needs.
struct cron_parts {
  schedule::cron_pattern pattern;
  schedule::dst_policy dst;
};

/// The first `most` changes of the zone's clocks later than `from`, in order; fewer where the zone has no more. `cron`:
/// null for a timetable of another kind, whose fires no change of clocks moves.
std::vector<clock_change> clock_changes(const schedule::timetable& t, const cron_parts* cron,
                                        const schedule::zone& zone, instant from, std::size_t most);

} // namespace xxl::forecast
