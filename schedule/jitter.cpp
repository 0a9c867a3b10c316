#include "schedule/jitter.hpp"

#include <algorithm>

namespace xxl::schedule {

namespace {

using std::chrono::milliseconds;

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

} // namespace

milliseconds jitter(std::uint64_t job, instant fire, milliseconds most) {
  if (most <= milliseconds{0}) return milliseconds{0};
  const auto when = static_cast<std::uint64_t>(fire.time_since_epoch().count());
  const auto bits = mixed(mixed(job + 0x9e3779b97f4a7c15) ^ when);
  return milliseconds{static_cast<std::int64_t>(bits % (static_cast<std::uint64_t>(most.count()) + 1))};
}

instant planned(const timetable& t, instant fire, std::uint64_t job, milliseconds most) {
  if (most <= milliseconds{0}) return fire;
  most = std::min(most, instant::max() - std::max(fire, instant{}));
  if (const auto next = t.next(fire)) most = std::min(most, *next - fire - milliseconds{1});
  return fire + jitter(job, fire, most);
}

} // namespace xxl::schedule
