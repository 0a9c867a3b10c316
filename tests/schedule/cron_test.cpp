// Cron without DST: the meaning of each field, the ends of time, and what questions about long spans cost.

#include "tests/schedule/instants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace xxl::schedule::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();

/// The vectors of upstream's own parser start from here.
constexpr auto base = "2026-01-15T10:20:30.500Z";

std::vector<std::string> three(std::string_view expression) { return fires(make_cron(expression), base, 3); }

TEST(Cron, StepsRunFromTheirStartToTheFieldsEnd) {
  EXPECT_THAT(three("0/5 * * * * ?"),
              ElementsAre("2026-01-15T10:20:35Z", "2026-01-15T10:20:40Z", "2026-01-15T10:20:45Z"));
  EXPECT_THAT(three("50/20 * * * * ?"),
              ElementsAre("2026-01-15T10:20:50Z", "2026-01-15T10:21:50Z", "2026-01-15T10:22:50Z"));
}

TEST(Cron, RangesWrapRound) {
  EXPECT_THAT(three("0 0 22-2 * * ?"),
              ElementsAre("2026-01-15T22:00:00Z", "2026-01-15T23:00:00Z", "2026-01-16T00:00:00Z"));
  EXPECT_THAT(three("0 0 0 1 NOV-JAN/2 ?"),
              ElementsAre("2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z", "2027-11-01T00:00:00Z"));
}

TEST(Cron, AStepRunsOnAcrossTheWrap) { // Thursday, Saturday, Monday
  EXPECT_THAT(three("0 0 0 ? * 5-3/2"),
              ElementsAre("2026-01-17T00:00:00Z", "2026-01-19T00:00:00Z", "2026-01-22T00:00:00Z"));
}

TEST(Cron, NamedRangesTakeSteps) { // Quartz ignores it
  EXPECT_THAT(three("0 0 0 ? * MON-FRI/2"),
              ElementsAre("2026-01-16T00:00:00Z", "2026-01-19T00:00:00Z", "2026-01-21T00:00:00Z"));
  EXPECT_THAT(three("0 0 0 1 AUG/3 ?"),
              ElementsAre("2026-08-01T00:00:00Z", "2026-11-01T00:00:00Z", "2027-08-01T00:00:00Z"));
}

TEST(Cron, WeekdaysCountFromSunday) {
  EXPECT_THAT(three("0 15 10 ? * MON-FRI"),
              ElementsAre("2026-01-16T10:15:00Z", "2026-01-19T10:15:00Z", "2026-01-20T10:15:00Z"));
  EXPECT_THAT(three("0 0 0 ? * 1"),
              ElementsAre("2026-01-18T00:00:00Z", "2026-01-25T00:00:00Z", "2026-02-01T00:00:00Z"));
}

TEST(Cron, LIsTheLastDayOrTheLastWeekday) {
  EXPECT_THAT(three("0 15 10 L * ?"),
              ElementsAre("2026-01-31T10:15:00Z", "2026-02-28T10:15:00Z", "2026-03-31T10:15:00Z"));
  EXPECT_THAT(three("0 15 10 L-3 * ?"),
              ElementsAre("2026-01-28T10:15:00Z", "2026-02-25T10:15:00Z", "2026-03-28T10:15:00Z"));
  EXPECT_THAT(three("0 15 10 LW * ?"),
              ElementsAre("2026-01-30T10:15:00Z", "2026-02-27T10:15:00Z", "2026-03-31T10:15:00Z"));
  EXPECT_THAT(three("0 15 10 ? * 6L"),
              ElementsAre("2026-01-30T10:15:00Z", "2026-02-27T10:15:00Z", "2026-03-27T10:15:00Z"));
  EXPECT_THAT(three("0 15 10 ? * friL"),
              ElementsAre("2026-01-30T10:15:00Z", "2026-02-27T10:15:00Z", "2026-03-27T10:15:00Z"));
  EXPECT_THAT(three("0 0 0 ? * L"),
              ElementsAre("2026-01-17T00:00:00Z", "2026-01-24T00:00:00Z", "2026-01-31T00:00:00Z"));
}

TEST(Cron, WIsTheNearestWeekdayWithinTheMonth) {
  EXPECT_THAT(three("0 15 10 15W * ?"),
              ElementsAre("2026-02-16T10:15:00Z", "2026-03-16T10:15:00Z", "2026-04-15T10:15:00Z"));
  EXPECT_THAT(three("0 15 10 1W * ?"),
              ElementsAre("2026-02-02T10:15:00Z", "2026-03-02T10:15:00Z", "2026-04-01T10:15:00Z"));
  // the first is a Saturday, the last a Sunday: three days away, but in the month
  EXPECT_THAT(fires(make_cron("0 0 0 1W 8 ? 2026"), base, 3), ElementsAre("2026-08-03T00:00:00Z"));
  EXPECT_THAT(fires(make_cron("0 0 0 31W 5 ? 2026"), base, 3), ElementsAre("2026-05-29T00:00:00Z"));
  EXPECT_THAT(fires(make_cron("0 0 0 L-30W 8 ? 2026"), base, 3), ElementsAre("2026-08-03T00:00:00Z"));
}

TEST(Cron, AMonthTooShortForADayHasNoFire) {
  EXPECT_THAT(three("0 0 0 31W * ?"),
              ElementsAre("2026-01-30T00:00:00Z", "2026-03-31T00:00:00Z", "2026-05-29T00:00:00Z"));
  EXPECT_THAT(three("0 0 0 L-30 * ?"),
              ElementsAre("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"));
}

TEST(Cron, NthIsTheNthOfTheMonth) {
  EXPECT_THAT(three("0 15 10 ? * 6#3"),
              ElementsAre("2026-01-16T10:15:00Z", "2026-02-20T10:15:00Z", "2026-03-20T10:15:00Z"));
  EXPECT_THAT(three("0 15 10 ? * 2#5"),
              ElementsAre("2026-03-30T10:15:00Z", "2026-06-29T10:15:00Z", "2026-08-31T10:15:00Z"));
}

TEST(Cron, EachItemOfADayListCountsByItself) {
  EXPECT_THAT(three("0 0 0 1,15,L * ?"),
              ElementsAre("2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-15T00:00:00Z"));
  EXPECT_THAT(three("0 0 0 15W,20 * ?"),
              ElementsAre("2026-01-20T00:00:00Z", "2026-02-16T00:00:00Z", "2026-02-20T00:00:00Z"));
}

TEST(Cron, LeapDaysFireInLeapYears) {
  EXPECT_THAT(three("0 0 0 29 2 ?"),
              ElementsAre("2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z", "2036-02-29T00:00:00Z"));
  EXPECT_THAT(fires(make_cron("0 0 0 29 2 ?"), "2096-01-01T00:00:00Z", 2), // 2100 is none
              ElementsAre("2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"));
}

TEST(Cron, WhatCanNeverFireAnswersNone) {
  EXPECT_THAT(three("0 0 0 30 2 ?"), IsEmpty());
  EXPECT_THAT(three("0 0 0 1 1 ? 2020"), IsEmpty());
  EXPECT_THAT(three("30 20 10 15 1 ? 2026"), IsEmpty());
  EXPECT_THAT(three("0 0 0 ? 2 2#5 2026"), IsEmpty());
  EXPECT_EQ(make_cron("0 0 0 30 2 ?").count(instant::min(), instant::max(), all), 0);
  EXPECT_EQ(make_cron("0 0 0 30 2 ?").last(instant::min(), instant::max()), std::nullopt);
}

TEST(Cron, NextIsTheFirstWholeSecondLaterThanAfter) {
  EXPECT_THAT(three("31 20 10 15 1 ? 2026"), ElementsAre("2026-01-15T10:20:31Z"));
  const auto t = make_cron("* * * * * ?");
  EXPECT_EQ(t.next(utc("2026-01-01T00:00:00Z")), utc("2026-01-01T00:00:01Z"));
  EXPECT_EQ(t.next(utc("2026-01-01T00:00:00.001Z")), utc("2026-01-01T00:00:01Z"));
  EXPECT_EQ(t.next(utc("2025-12-31T23:59:59.999Z")), utc("2026-01-01T00:00:00Z"));
}

TEST(Cron, FiresLieInTheLocalYears1970To2199) {
  for (const auto* zone : {"UTC", "Asia/Tokyo", "America/New_York"}) {
    const auto t = make_cron("* * * * * ?", zone);
    const auto first = t.next(instant::min()), last = t.last(instant::min(), instant::max());
    ASSERT_TRUE(first && last);
    EXPECT_EQ(t.next(*last), std::nullopt);
    EXPECT_EQ(t.next(*last - milliseconds{1}), last);
    EXPECT_EQ(t.next(*first - milliseconds{1}), first);
    EXPECT_EQ(t.next(instant::max()), std::nullopt);
  }
  EXPECT_EQ(make_cron("* * * * * ?", "Asia/Tokyo").next(instant::min()), utc("1969-12-31T15:00:00Z"));
  EXPECT_EQ(make_cron("* * * * * ?", "Asia/Tokyo").last(instant::min(), instant::max()), utc("2199-12-31T14:59:59Z"));
}

TEST(Cron, BlanksAndCaseDoNotMatter) {
  const auto plain = three("0 15 10 ? JAN,FEB MON-FRI 2026");
  EXPECT_EQ(three("\t0  15 10\t? jan,Feb mon-Fri  2026 "), plain);
  EXPECT_EQ(three("0 0 0 l-3w * ?"), three("0 0 0 L-3W * ?"));
}

TEST(Cron, CountIsExactOverAnySpan) {
  const auto secondly = make_cron("* * * * * ?");
  const auto from = utc("2016-01-01T00:00:00Z"), to = utc("2026-01-01T00:00:00Z");
  EXPECT_EQ(secondly.count(from, to, all), 3653LL * 86400);
  EXPECT_EQ(secondly.count(from, to, 1000), 1000);
  EXPECT_EQ(secondly.count(instant::min(), instant::max(), all), 84006LL * 86400); // all days of 230 years
  EXPECT_EQ(secondly.count(to, from, all), 0);
  EXPECT_EQ(secondly.count(from, from, all), 0);
  EXPECT_EQ(secondly.count(from, to, 0), 0);
  EXPECT_EQ(make_cron("0 0 0 1 * ?").count(from, to, all), 120); // 2026-01-01 is in, 2016-01-01 is not
}

TEST(Cron, CountAndLastIncludeTheEndAndNotTheStart) {
  const auto t = make_cron("0 0 * * * ?");
  const auto at = utc("2026-01-01T05:00:00Z");
  EXPECT_EQ(t.count(at - milliseconds{1}, at, all), 1);
  EXPECT_EQ(t.count(at, at + milliseconds{1}, all), 0);
  EXPECT_EQ(t.last(at - milliseconds{1}, at), at);
  EXPECT_EQ(t.last(at, at + milliseconds{1}), std::nullopt);
  EXPECT_EQ(t.last(at - milliseconds{2}, at - milliseconds{1}), std::nullopt);
}

TEST(Cron, LastLooksBackOverAnySpan) {
  const auto to = utc("2026-01-01T00:00:00.999Z");
  EXPECT_EQ(make_cron("* * * * * ?").last(instant::min(), to), utc("2026-01-01T00:00:00Z"));
  EXPECT_EQ(make_cron("0 0 0 29 2 ?").last(instant::min(), to), utc("2024-02-29T00:00:00Z"));
  EXPECT_EQ(make_cron("0 0 0 1 1 ? 1970").last(instant::min(), to), utc("1970-01-01T00:00:00Z"));
  EXPECT_EQ(make_cron("0 0 0 1 1 ? 1970").last(utc("1970-01-01T00:00:00Z"), instant::max()), std::nullopt);
}

} // namespace
} // namespace xxl::schedule::test
