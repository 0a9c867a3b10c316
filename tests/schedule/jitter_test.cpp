#include "schedule/jitter.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(Jitter, IsTheSameForTheSameJobAndFire) {
  // fixed for good: a change would move every job that has a jitter
  EXPECT_EQ(jitter(1, utc("2026-01-01T00:00:00Z"), 60s), 6745ms);
  EXPECT_EQ(jitter(2, utc("2026-01-01T00:00:00Z"), 60s), 59834ms);
  EXPECT_EQ(jitter(1, utc("2026-01-01T00:00:01Z"), 60s), 21583ms);
  EXPECT_EQ(jitter(1, utc("2026-01-01T00:00:00Z"), milliseconds::max()), milliseconds{1300266680315966175});
}

TEST(Jitter, LiesBetweenZeroAndMost) {
  EXPECT_EQ(jitter(7, instant{}, 0ms), 0ms);
  EXPECT_EQ(jitter(7, instant{}, -5ms), 0ms);
  for (std::uint64_t job = 0; job < 1000; ++job) {
    EXPECT_GE(jitter(job, instant::min(), 1ms), 0ms);
    EXPECT_LE(jitter(job, instant::max(), 1ms), 1ms);
    EXPECT_GE(jitter(job, instant{}, milliseconds::max()), 0ms);
  }
}

/// Over jobs at one fire, and over fires of one job: each of ten values about equally often.
TEST(Jitter, IsUniform) {
  constexpr int draws = 100'000;
  std::array<int, 10> by_job{}, by_fire{};
  for (int i = 0; i < draws; ++i) {
    ++by_job[static_cast<std::size_t>(jitter(static_cast<std::uint64_t>(i), instant{}, 9ms).count())];
    ++by_fire[static_cast<std::size_t>(jitter(42, instant{std::chrono::seconds{60 * i}}, 9ms).count())];
  }
  for (const auto n : by_job) EXPECT_NEAR(n, draws / 10, 5 * std::sqrt(draws / 10));
  for (const auto n : by_fire) EXPECT_NEAR(n, draws / 10, 5 * std::sqrt(draws / 10));
}

TEST(Planned, StaysBeforeTheNextFireSoThatThePlanIsStrictlyIncreasing) {
  const auto t = make_cron("0/7 * * * * ?"); // 7 s, and 4 s at the end of each minute
  instant before = instant::min();
  auto fire = utc("2026-01-01T00:00:00Z");
  bool late = false;
  for (int i = 0; i < 2000; ++i, fire = *t.next(fire)) {
    const auto due = planned(t, fire, 3, 1min);
    EXPECT_GE(due, fire);
    EXPECT_LT(due, *t.next(fire));
    EXPECT_GT(due, before);
    late |= due > fire + 5s;
    before = due;
  }
  EXPECT_TRUE(late);
}

TEST(Planned, IsFirePlusJitterWhereThereIsRoom) {
  const auto t = every(1h, std::nullopt);
  const auto fire = utc("2026-01-01T00:00:00Z");
  EXPECT_EQ(planned(t, fire, 5, 10min), fire + jitter(5, fire, 10min));
  EXPECT_EQ(planned(at(fire), fire, 5, 10min), fire + jitter(5, fire, 10min)); // no next fire
  EXPECT_EQ(planned(t, fire, 5, 0ms), fire);
  EXPECT_EQ(planned(every(1ms, std::nullopt), fire, 5, 10min), fire);
}

TEST(Planned, NothingOverflowsAtTheEndsOfTime) {
  EXPECT_EQ(planned(timetable{}, instant::max(), 5, 10min), instant::max());
  EXPECT_LE(planned(timetable{}, instant::max() - 5ms, 5, milliseconds::max()), instant::max());
  EXPECT_GE(planned(timetable{}, instant::min(), 5, milliseconds::max()), instant::min());
  EXPECT_LT(planned(at(instant::max()), instant::min(), 5, milliseconds::max()), instant::max());
}

} // namespace
} // namespace xxl::schedule::test
