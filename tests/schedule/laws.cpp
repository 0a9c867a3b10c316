#include "tests/schedule/laws.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace xxl::schedule::test {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
constexpr milliseconds tick{1};

std::string ms(instant t) { return std::to_string(t.time_since_epoch().count()) + " ms"; }

std::string broken_by_next(const timetable& t, instant a, instant b) {
  const auto of_a = t.next(a), of_b = t.next(b);
  if (of_a && *of_a <= a) return "next is later than " + ms(a);
  if (of_b && (!of_a || *of_a > *of_b)) return "next never falls from " + ms(a) + " to " + ms(b);
  if (!of_a) return "";
  const auto middle =
      a + milliseconds{static_cast<std::int64_t>((static_cast<std::uint64_t>(of_a->time_since_epoch().count()) -
                                                  static_cast<std::uint64_t>(a.time_since_epoch().count())) /
                                                 2)};
  for (const auto before : {middle, *of_a - tick})
    if (before < *of_a && t.next(before) != of_a) return "next is the same up to the fire, from " + ms(before);
  return "";
}

/// The first fires after a, one by one.
std::string broken_by_walk(const timetable& t, instant a) {
  constexpr std::int64_t steps = 20;
  auto before = a;
  for (std::int64_t i = 1; i <= steps; ++i) {
    const auto fire = t.next(before);
    if (!fire) return "";
    if (*fire <= before) return "fires rise from " + ms(before);
    if (t.count(a, *fire, all) != i) return "count agrees with a walk from " + ms(a) + " to " + ms(*fire);
    if (t.count(a, *fire - tick, all) != i - 1) return "count leaves out a fire after the end: " + ms(*fire);
    if (t.last(a, *fire) != fire) return "last includes the end: " + ms(*fire);
    if (t.last(a, *fire - tick) != (i == 1 ? std::nullopt : std::optional{before}))
      return "last agrees with a walk from " + ms(a) + " to before " + ms(*fire);
    before = *fire;
  }
  return "";
}

std::string broken_by_spans(const timetable& t, instant a, instant b, instant c) {
  const auto next = t.next(a), last = t.last(a, c);
  const auto first = t.count(a, b, all), second = t.count(b, c, all), whole = t.count(a, c, all);
  if (first < 0 || second < 0) return "a count is not negative";
  if (whole != (first > all - second ? all : first + second)) return "spans that meet at " + ms(b) + " add up";
  if (t.count(a, c, 3) != std::min<std::int64_t>(whole, 3)) return "a count is cut at most at the limit";
  if ((whole > 0) != (next && *next <= c)) return "next finds what count counts";
  if ((whole > 0) != last.has_value()) return "last finds what count counts";
  if (!last) return "";
  if (*last <= a || *last > c) return "last lies in its span: " + ms(*last);
  if (t.next(*last - tick) != last) return "last is a fire: " + ms(*last);
  if (const auto later = t.next(*last); later && *later <= c) return "nothing fires after last: " + ms(*later);
  return t.count(*last, c, all) == 0 ? "" : "nothing is counted after last: " + ms(*last);
}

} // namespace

std::string broken_law(const timetable& t, instant a, instant b, instant c) {
  for (const auto& broken : {broken_by_next(t, a, b), broken_by_walk(t, a), broken_by_spans(t, a, b, c)})
    if (!broken.empty()) return broken;
  return "";
}

} // namespace xxl::schedule::test
