#include "forecast/fire_table.hpp"

#include <queue>
#include <utility>

namespace xxl::forecast {

namespace {

constexpr std::chrono::milliseconds tick{1}; // the resolution of an instant

} // namespace

void each_fire(const std::vector<job>& jobs, span over, const std::function<bool(instant, std::size_t)>& take) {
  using entry = std::pair<instant, std::size_t>;
  std::priority_queue<entry, std::vector<entry>, std::greater<>> heads; // the next fire of each job
  std::vector<schedule::timetable> tables;
  tables.reserve(jobs.size());
  const auto put_next = [&](std::size_t i, instant after) {
    if (const auto fire = tables[i].next(after); fire && *fire < over.to) heads.emplace(*fire, i);
  };
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    tables.push_back(fires_of(jobs[i], over.from));
    put_next(i, over.from - tick);
  }
  while (!heads.empty()) {
    const auto [fire, i] = heads.top();
    heads.pop();
    if (!take(fire, i)) return;
    put_next(i, fire);
  }
}

} // namespace xxl::forecast
