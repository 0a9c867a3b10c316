#include "schedule/jitter.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono_literals;

const auto noon = utc("2026-06-01T12:00:00Z");

TEST(Jitter, IsTheSameForTheSameJobAndFire) {
  EXPECT_EQ(jitter(7, noon, 1h), jitter(7, noon, 1h));
  // Pinned: another mix would plan other instants than the ones that are in people's records.
  EXPECT_EQ(jitter(7, noon, 1h).count(), pinned_jitter_7);
  EXPECT_EQ(jitter(8, noon, 1h).count(), pinned_jitter_8);
}

TEST(Jitter, IsNoneWithoutOne) {
  EXPECT_EQ(jitter(7, noon, 0ms), 0ms);
  EXPECT_EQ(planned(every(1s, std::nullopt), noon, 7, 0ms), noon);
}

TEST(Jitter, TakesEachValueFromZeroToTheMost) {
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(jitter(7, noon + i * 1s, 9ms).count());
  EXPECT_EQ(seen, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Jitter, SpreadsJobsOfOneInstantEvenly) {
  std::array<int, 10> bins{};
  for (std::uint64_t job = 1; job <= 10'000; ++job)
    bins.at(static_cast<std::size_t>(jitter(job, noon, 9'999ms).count() / 1'000)) += 1;
  for (auto n : bins) EXPECT_NEAR(n, 1'000, 150); // five standard deviations
}

TEST(Planned, RisesAsFiresDo) {
  const auto t = every(10s, std::nullopt);
  auto before = planned(t, noon, 7, 1h);
  for (auto fire = noon + 10s; fire < noon + 1h; fire += 10s) {
    const auto at = planned(t, fire, 7, 1h);
    EXPECT_GT(at, before);
    EXPECT_GE(at, fire);
    EXPECT_LT(at, fire + 10s);
    before = at;
  }
}

TEST(Planned, OfTheLastFireIsNotCutShort) {
  EXPECT_EQ(planned(at(noon), noon, 7, 1h), noon + jitter(7, noon, 1h));
  EXPECT_EQ(planned(after(1s), noon, 7, 1h), noon + jitter(7, noon, 1h));
}

TEST(Planned, DoesNotOverflowAtTheEndOfTime) {
  EXPECT_EQ(planned(timetable{}, instant::max(), 7, 1h), instant::max());
  EXPECT_GE(planned(timetable{}, instant::max() - 5ms, 7, 1h), instant::max() - 5ms);
  EXPECT_GE(planned(timetable{}, instant::min(), 7, 1h), instant::min());
}

} // namespace
} // namespace xxl::schedule::test
