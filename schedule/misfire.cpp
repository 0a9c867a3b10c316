#include "schedule/misfire.hpp"

#include <limits>

namespace xxl::schedule {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
constexpr milliseconds tick{1}; // the resolution of an instant

/// A fixed delay goes on from the end of a run, or from now if there is none: it must not end with a fire that came too
/// late.
decision decide_delayed(const timetable& t, instant expect, instant now, bool runs) {
  decision d;
  if (runs) {
    d.fire = expect;
    d.awaits_end = true;
  } else {
    d.gap = passed_over{expect, expect, 1};
    d.next = now + t.delay();
  }
  return d;
}

} // namespace

decision decide(const timetable& t, instant expect, instant now, misfire policy, milliseconds threshold) {
  const auto late_until = now - threshold - tick; // the last instant that is late by more than the threshold
  const bool in_time = expect > late_until;
  if (t.what() == timetable::kind::after)
    return decide_delayed(t, expect, now, in_time || policy == misfire::fire_once);
  decision d;
  if (in_time) {
    d.fire = expect;
    d.next = t.next(expect);
    return d;
  }
  const auto last = t.last(expect, late_until).value_or(expect);
  const auto missed = 1 + t.count(expect, last, all - 1);
  if (policy == misfire::skip)
    d.gap = passed_over{expect, last, missed};
  else {
    d.fire = last;
    if (missed > 1) d.gap = passed_over{expect, t.last(expect, last - tick).value_or(expect), missed - 1};
  }
  d.next = t.next(last);
  return d;
}

std::optional<passed_over> span(const timetable& t, instant last, instant until) {
  const auto first = t.next(last);
  if (!first || *first > until) return std::nullopt;
  return passed_over{*first, t.last(*first, until).value_or(*first), 1 + t.count(*first, until, all - 1)};
}

} // namespace xxl::schedule
