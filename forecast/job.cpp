#include "forecast/job.hpp"

namespace xxl::forecast {

using schedule::timetable;

bool depends_on_runs(const job& j) { return j.when.what() == timetable::kind::after && !j.duration; }

timetable fires_of(const job& j, instant from) {
  if (!j.enabled || depends_on_runs(j)) return {};
  if (j.when.what() != timetable::kind::after) return j.when;
  return schedule::every(j.when.delay() + *j.duration, from + j.when.delay());
}

} // namespace xxl::forecast
