#pragma once
// The fires of many jobs as one stream in the order of time.

#include "forecast/job.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace xxl::forecast {

/// Calls `take` with each fire in `over` and the index of its job, in the order of time, fires of one instant in the
/// order of the jobs, until there are no more or `take` answers false. Holds one fire a job, however many there are.
void each_fire(const std::vector<job>& jobs, span over, const std::function<bool(instant, std::size_t)>& take);

} // namespace xxl::forecast
