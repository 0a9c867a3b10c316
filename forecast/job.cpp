#include "forecast/job.hpp"

namespace xxl::forecast {

using schedule::timetable;

bool depends_on_runs(const job& j) { return j.when.what() == timetable::kind::after && !j.duration; }

timetable fires_of(const job& j, instant from) {
  if (!j.enabled || depends_on_runs(j)) return {};
  if (j.when.what() != timetable::kind::after) return j.when;
  const auto first = j.when.after_end(from);
  const auto second = first ? j.when.after_end(*first + *j.duration) : std::nullopt;
  if (!second) return first ? schedule::at(*first) : timetable{};
  return schedule::every(*second - *first, first);
}

} // namespace xxl::forecast
