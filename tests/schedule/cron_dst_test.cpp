// Cron across the changes of a zone's clocks, under each rule.

#include "tests/schedule/instants.hpp"
#include "tests/schedule/laws.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace xxl::schedule::test {
namespace {

using gap = dst_policy::gap_rule;
using overlap = dst_policy::overlap_rule;
using testing::ElementsAre;

constexpr auto new_york =
    "America/New_York"; // 2026: gap 03-08 02:00-03:00 (07:00Z), overlap 11-01 01:00-02:00 (06:00Z)

dst_policy with(gap g) { return {.gap = g}; }
dst_policy with(overlap o) { return {.overlap = o}; }
const dst_policy vixie{.vixie = true};

std::vector<std::string> in_new_york(std::string_view expression, std::string_view after, std::size_t count,
                                     dst_policy dst = {}) {
  return fires(make_cron(expression, new_york, dst), after, count);
}

TEST(CronDst, ByDefaultATimeInTheGapIsSkipped) {
  EXPECT_THAT(in_new_york("0 30 2 * * ?", "2026-03-07T00:00:00Z", 2),
              ElementsAre("2026-03-07T07:30:00Z", "2026-03-09T06:30:00Z"));
  EXPECT_THAT(in_new_york("0 0/30 * * * ?", "2026-03-08T06:30:00Z", 2), // 01:30 EST, then 03:00 EDT
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z"));
}

TEST(CronDst, ByDefaultARepeatedTimeFiresInTheLaterPass) {
  EXPECT_THAT(in_new_york("0 30 1 * * ?", "2026-11-01T00:00:00Z", 2),
              ElementsAre("2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"));
  EXPECT_THAT(in_new_york("0 0/30 * * * ?", "2026-11-01T04:45:00Z", 2), // 00:45 EDT, then 01:00 EST
              ElementsAre("2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"));
}

TEST(CronDst, AStartFromInsideTheFirstPassLosesNothing) { // Quartz answers the next day from 01:50:00 EDT on
  const auto t = make_cron("0 50 1 * * ?", new_york);
  for (const auto* after : {"2026-11-01T05:49:59Z", "2026-11-01T05:50:00Z", "2026-11-01T05:59:59.999Z"})
    EXPECT_EQ(text(*t.next(utc(after))), "2026-11-01T06:50:00Z") << after;
}

TEST(CronDst, AGapOffTheHourLosesNoValidFire) { // Quartz is silent for 24 hours after it
  EXPECT_THAT(fires(make_cron("0 0/10 * * * ?", "Asia/Pyongyang"), "2018-05-04T14:50:00Z", 2),
              ElementsAre("2018-05-04T15:00:00Z", "2018-05-04T15:10:00Z"));
}

TEST(CronDst, AMissingDayIsSkipped) { // Apia went from 2011-12-29 to 12-31
  EXPECT_THAT(fires(make_cron("0 0 12 * * ?", "Pacific/Apia"), "2011-12-29T00:00:00Z", 2),
              ElementsAre("2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"));
}

TEST(CronDst, GapNextFiresInTheFirstMinuteAfterTheGapAtItsOwnSecond) {
  EXPECT_THAT(in_new_york("0 30 2 * * ?", "2026-03-08T00:00:00Z", 2, with(gap::next)),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"));
  EXPECT_THAT(in_new_york("24,36 30 2 * * ?", "2026-03-08T00:00:00Z", 3, with(gap::next)),
              ElementsAre("2026-03-08T07:00:24Z", "2026-03-08T07:00:36Z", "2026-03-09T06:30:24Z"));
}

TEST(CronDst, GapNextFiresOnceForAllThatWasSkipped) {
  EXPECT_THAT(in_new_york("0 0/20 2,3 * * ?", "2026-03-08T00:00:00Z", 3, with(gap::next)),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-08T07:20:00Z", "2026-03-08T07:40:00Z"));
}

TEST(CronDst, GapShiftFiresAsIfTheClocksHadNotChangedYet) {
  EXPECT_THAT(in_new_york("0 30 2 * * ?", "2026-03-08T00:00:00Z", 2, with(gap::shift)),
              ElementsAre("2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"));
}

TEST(CronDst, GapShiftMergesWithWhatFiresThereAnyway) {
  EXPECT_THAT(in_new_york("0 15/30 2 * * ?", "2026-03-08T00:00:00Z", 2, with(gap::shift)),
              ElementsAre("2026-03-08T07:15:00Z", "2026-03-08T07:45:00Z"));
  const auto t = make_cron("0 15 2,3 * * ?", new_york, with(gap::shift));
  EXPECT_EQ(t.count(utc("2026-03-08T05:00:00Z"), utc("2026-03-09T04:00:00Z"), 100), 1);
}

TEST(CronDst, OverlapFirstFiresInTheEarlierPassOnly) {
  EXPECT_THAT(in_new_york("0 0/30 1 * * ?", "2026-11-01T00:00:00Z", 3, with(overlap::first)),
              ElementsAre("2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:00:00Z"));
}

TEST(CronDst, OverlapBothFiresInEachPass) {
  EXPECT_THAT(in_new_york("0 30 1 * * ?", "2026-11-01T00:00:00Z", 3, with(overlap::both)),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"));
}

TEST(CronDst, VixieRunsAFixedTimeRightAfterAGapAndOnceInAnOverlap) {
  EXPECT_THAT(in_new_york("0 30 2 * * ?", "2026-03-08T00:00:00Z", 2, vixie),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"));
  EXPECT_THAT(in_new_york("0 30 1 * * ?", "2026-11-01T00:00:00Z", 2, vixie),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"));
}

TEST(CronDst, VixieRunsAnIntervalByTheClockOnTheWall) {
  for (const auto* interval : {"0 */30 2 * * ?", "0 0/30 2 * * ?", "0 0-59/30 2 * * ?"})
    EXPECT_THAT(in_new_york(interval, "2026-03-08T00:00:00Z", 1, vixie), ElementsAre("2026-03-09T06:00:00Z"))
        << interval;
  EXPECT_THAT(in_new_york("0 30 * * * ?", "2026-11-01T05:00:00Z", 3, vixie),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"));
}

TEST(CronDst, VixieOverridesTheSingleRules) {
  EXPECT_THAT(in_new_york("0 30 2 * * ?", "2026-03-08T00:00:00Z", 1, {.gap = gap::shift, .vixie = true}),
              ElementsAre("2026-03-08T07:00:00Z"));
}

TEST(CronDst, CountLeavesOutThePassThatDoesNotFire) {
  const auto from = utc("2020-01-01T05:00:00Z"), to = utc("2030-01-01T05:00:00Z"); // ten overlaps, whole local years
  const auto seconds = (to - from).count() / 1000;
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(make_cron("* * * * * ?", new_york).count(from, to, all), seconds - 10 * 3600);
  EXPECT_EQ(make_cron("* * * * * ?", new_york, with(overlap::first)).count(from, to, all), seconds - 10 * 3600);
  EXPECT_EQ(make_cron("* * * * * ?", new_york, with(overlap::both)).count(from, to, all), seconds);
}

TEST(CronDst, TheRulesOfTheLastKnownYearGoOn) {
  EXPECT_THAT(in_new_york("0 0 12 1 1,7 ?", "2190-01-02T00:00:00Z", 2),
              ElementsAre("2190-07-01T16:00:00Z", "2191-01-01T17:00:00Z"));
}

TEST(CronDst, NothingOverflowsAtTheEndsOfTimeUnderAnyRule) {
  constexpr std::chrono::milliseconds ms{1};
  for (const auto* zone : {"UTC", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati"})
    for (const auto g : {gap::skip, gap::next, gap::shift})
      for (const auto o : {overlap::first, overlap::last, overlap::both}) {
        const auto t = make_cron("0 0/30 * * * ?", zone, {.gap = g, .overlap = o});
        const auto broken = [&](instant a, instant b, instant c) { return broken_law(t, a, b, c); };
        EXPECT_EQ(broken(instant::min(), {}, instant::max()), "") << zone;
        EXPECT_EQ(broken(instant::min(), instant::min() + ms, instant::min() + 2 * ms), "") << zone;
        EXPECT_EQ(broken(instant::max() - 2 * ms, instant::max() - ms, instant::max()), "") << zone;
        EXPECT_EQ(broken(instant::max(), instant::max(), instant::max()), "") << zone;
      }
}

} // namespace
} // namespace xxl::schedule::test
