#pragma once
// How much the jobs of a set fire over a span: counts per minute, the busiest seconds, runs at once, and jobs that fire
// while their own last run is still going.

#include "forecast/job.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace xxl::forecast {

/// The longest span: its minutes are all kept.
inline constexpr std::chrono::days longest_span{366};

struct job_load {
  std::int64_t fires = 0;
  /// Fires that come while the run of the job's fire before is still going (a run that ends at that very instant is
  /// not); the first of them. None where the duration is not known.
  std::int64_t overlaps = 0;
  std::optional<instant> first_overlap;
};

/// A minute or a second, by the UTC clock; at either end of the span, the part of it that lies within.
struct minute_load {
  std::int64_t fires = 0;
  std::int64_t most_running = 0; ///< the most runs that were going within one of its seconds
};
struct second_load {
  std::chrono::sys_seconds at{};
  std::int64_t fires = 0;
  struct part {
    std::size_t job = 0; ///< index
    std::int64_t fires = 0;
  };
  std::vector<part> jobs; ///< that fire in it, in order
};

/// The runs of the jobs whose duration is known. Each begins at its fire: nothing waits in a queue. Runs that began
/// before the span and go on into it count.
struct running {
  std::size_t jobs = 0;               ///< that have fires and a known duration
  std::int64_t peak = 0;              ///< the most that were going within one second
  std::chrono::sys_seconds peak_at{}; ///< the first such second; of no meaning if the peak is 0
  double mean = 0;                    ///< over the span, exact
};

struct load {
  span over;
  std::vector<job_load> jobs; ///< as many as were given, in their order
  std::int64_t fires = 0;
  std::chrono::sys_time<std::chrono::minutes> first_minute{};
  std::vector<minute_load> minutes;
  std::vector<second_load> busiest; ///< most fires first, then the earlier one; only seconds with a fire
  running at_once;
};

/// Goes over the fires job by job, a day at a time: memory depends on the span's minutes and the number of jobs, not on
/// how often they fire. `most`: how many of the busiest seconds to keep, at least 1. A span that is empty or longer
/// than longest_span, or most = 0, throws std::invalid_argument.
load load_of(const std::vector<job>& jobs, span over, std::size_t most);

} // namespace xxl::forecast
