#include "schedule/jitter.hpp"

#include <algorithm>

namespace xxl::schedule {

namespace {

using std::chrono::milliseconds;

/// One step of SplitMix64 from that state.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

} // namespace

milliseconds jitter(std::uint64_t job_id, instant fire, milliseconds most) {
  if (most.count() <= 0) return milliseconds{0};
  const auto x = mix(static_cast<std::uint64_t>(fire.time_since_epoch().count()) + mix(job_id));
  return milliseconds{static_cast<std::int64_t>(x % (static_cast<std::uint64_t>(most.count()) + 1))};
}

instant planned(const timetable& t, instant fire, std::uint64_t job_id, milliseconds most) {
  if (most.count() <= 0) return fire;
  const auto next = t.next(fire);
  const auto last = next ? *next - milliseconds{1} : instant::max(); // the fire may be late as this
  const auto room = static_cast<std::uint64_t>(last.time_since_epoch().count()) -
                    static_cast<std::uint64_t>(fire.time_since_epoch().count());
  if (room < static_cast<std::uint64_t>(std::max(most.count(), milliseconds::rep{0})))
    most = milliseconds{static_cast<std::int64_t>(room)};
  return fire + jitter(job_id, fire, most);
}

} // namespace xxl::schedule
