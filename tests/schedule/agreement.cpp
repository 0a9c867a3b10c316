#include "tests/schedule/agreement.hpp"

#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace xxl::schedule::test {

void expect_agreement(const timetable& t, const std::vector<instant>& fires, instant begin, instant end,
                      random_source& random) {
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  const auto width = (end - begin).count();
  for (int i = 0; i < 40; ++i) {
    const auto a = begin + std::chrono::milliseconds{static_cast<std::int64_t>(random()) % width};
    const auto b = begin + std::chrono::milliseconds{static_cast<std::int64_t>(random()) % width};
    const auto from = std::clamp(std::min(a, b), begin, end), until = std::clamp(std::max(a, b), begin, end);
    const auto first = std::ranges::upper_bound(fires, from), past = std::ranges::upper_bound(fires, until);
    EXPECT_EQ(t.count(from, until, all), past - first) << text(from) << " .. " << text(until);
    EXPECT_EQ(t.last(from, until), first == past ? std::nullopt : std::optional{*(past - 1)}) << text(until);
    if (first != fires.end()) {
      EXPECT_EQ(t.next(from), *first) << text(from);
    } else {
      EXPECT_GT(t.next(from).value_or(instant::max()), end) << text(from);
    }
  }
}

} // namespace xxl::schedule::test
