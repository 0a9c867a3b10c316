// What docs/late-fires.md promises about stops and clocks, number by number: a job of every second, whose leader looks
// at it again at some instant and then goes on.

#include "schedule/misfire.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono_literals;

constexpr auto threshold = 5000ms;
const auto noon = utc("2026-06-01T12:00:00Z");

/// What became of the fires from `expect` on when a leader came back at `now` and went on until nothing was due.
struct outcome {
  std::vector<instant> ran;
  std::vector<passed_over> gaps;
  std::optional<instant> next;
};

outcome come_back(const timetable& t, instant expect, instant now, const firing_rule& rule) {
  outcome o;
  o.next = expect;
  while (o.next && *o.next <= now) {
    const auto d = decide(t, *o.next, now, rule, threshold);
    if (d.gap) o.gaps.push_back(*d.gap);
    if (d.fire) o.ran.push_back(*d.fire);
    o.next = d.next;
  }
  return o;
}

class Stopped : public ::testing::Test {
protected:
  const timetable each_second = every(1s, std::nullopt);
  outcome after_noon(std::chrono::milliseconds stopped, const firing_rule& rule) {
    return come_back(each_second, noon, noon + stopped, rule);
  }
};

TEST_F(Stopped, ForASecondEveryFireIsSentUnderEveryPolicy) {
  for (const auto policy : {misfire::skip, misfire::fire_once, misfire::fire_all}) {
    const auto o = after_noon(1s, {.misfire = policy});
    EXPECT_EQ(o.ran, (std::vector{noon, noon + 1s}));
    EXPECT_TRUE(o.gaps.empty());
    EXPECT_EQ(o.next, noon + 2s);
  }
}

TEST_F(Stopped, ForAMinuteSkipPassesOverWhatIsTooLate) {
  const auto o = after_noon(1min, {});
  EXPECT_EQ(o.gaps, (std::vector{passed_over{noon, noon + 54s, 55}}));
  EXPECT_EQ(o.ran, (std::vector{noon + 55s, noon + 56s, noon + 57s, noon + 58s, noon + 59s, noon + 60s}));
}

TEST_F(Stopped, ForAMinuteFireOnceRunsTheLastOfThem) {
  const auto o = after_noon(1min, {.misfire = misfire::fire_once});
  EXPECT_EQ(o.gaps, (std::vector{passed_over{noon, noon + 53s, 54}}));
  EXPECT_EQ(o.ran.size(), 7u);
  EXPECT_EQ(o.ran.front(), noon + 54s);
}

TEST_F(Stopped, ForAMinuteFireAllRunsThemAll) {
  const auto o = after_noon(1min, {.misfire = misfire::fire_all});
  EXPECT_TRUE(o.gaps.empty());
  EXPECT_EQ(o.ran.size(), 61u);
}

TEST_F(Stopped, ForADayACapKeepsTheLastOnes) {
  const auto o = after_noon(24h, {.misfire = misfire::fire_all, .cap = 1'000});
  EXPECT_EQ(o.gaps, (std::vector{passed_over{noon, noon + 24h - 1'006s, 86'395 - 1'000}}));
  EXPECT_EQ(o.ran.size(), 1'006u) << "a thousand that were too late, and those that were not";
  EXPECT_EQ(o.ran.back(), noon + 24h);
}

TEST_F(Stopped, ForADaySkipWritesOneGapRow) {
  const auto o = after_noon(24h, {});
  EXPECT_EQ(o.gaps, (std::vector{passed_over{noon, noon + 24h - 6s, 86'395}}));
  EXPECT_EQ(o.ran.size(), 6u);
}

TEST_F(Stopped, WithADeadlineNothingOlderRuns) {
  const auto o = after_noon(24h, {.misfire = misfire::fire_all, .deadline = 1min});
  EXPECT_EQ(o.gaps, (std::vector{passed_over{noon, noon + 24h - 61s, 86'400 - 60}}));
  EXPECT_EQ(o.ran.size(), 61u);
}

TEST_F(Stopped, AClockSetForwardIsLikeAStop) {
  // The hour between is due at once, and late.
  const auto o = after_noon(1h, {});
  EXPECT_EQ(o.gaps.size(), 1u);
  EXPECT_EQ(o.gaps[0].fires + static_cast<std::int64_t>(o.ran.size()), 3'601);
}

TEST_F(Stopped, AClockSetBackRunsNothingTwice) {
  // The stored next fire lies ahead of the clock that was set back: nothing is due until the clock is there again.
  const auto before = after_noon(10s, {.misfire = misfire::fire_all});
  const auto set_back = come_back(each_second, *before.next, noon - 1h, {});
  EXPECT_TRUE(set_back.ran.empty());
  EXPECT_TRUE(set_back.gaps.empty());
  EXPECT_EQ(set_back.next, before.next);
  EXPECT_EQ(come_back(each_second, *set_back.next, *before.next, {}).ran, (std::vector{*before.next}));
}

TEST_F(Stopped, AOneShotThatWasMissedRunsOnlyIfItsPolicySaysSo) {
  EXPECT_TRUE(come_back(at(noon), noon, noon + 1h, {}).ran.empty());
  for (const auto policy : {misfire::fire_once, misfire::fire_all})
    EXPECT_EQ(come_back(at(noon), noon, noon + 1h, {.misfire = policy}).ran, std::vector{noon});
}

} // namespace
} // namespace xxl::schedule::test
