// How many local times come to a fire: where a gap's times are moved, fires and times are not as many.

#include "tests/schedule/instants.hpp"

#include <cctz/time_zone.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace xxl::schedule::test {
namespace {

using gap = dst_policy::gap_rule;
using overlap = dst_policy::overlap_rule;

// 2026: gap 03-08 02:00-03:00 (07:00Z), overlap 11-01 01:00-02:00 (06:00Z)
std::int64_t named_in_new_york(std::string_view expression, std::string_view fire, dst_policy dst) {
  return make_cron(expression, "America/New_York", dst).named(utc(fire));
}

TEST(Named, WithoutMovedTimesEachFireIsOne) {
  EXPECT_EQ(named_in_new_york("0 30 * * * ?", "2026-03-08T06:30:00Z", {}), 1);
  EXPECT_EQ(named_in_new_york("0 30 * * * ?", "2026-11-01T06:30:00Z", {}), 1);
  EXPECT_EQ(named_in_new_york("0 30 * * * ?", "2026-11-01T05:30:00Z", {.overlap = overlap::both}), 1);
  EXPECT_EQ(named_in_new_york("0 30 * * * ?", "2026-11-01T06:30:00Z", {.overlap = overlap::both}), 1);
}

TEST(Named, WhatIsNoFireHasNone) {
  EXPECT_EQ(named_in_new_york("0 30 * * * ?", "2026-03-08T06:31:00Z", {}), 0);
  EXPECT_EQ(named_in_new_york("0 30 * * * ?", "2026-03-08T06:30:00.001Z", {}), 0);
  EXPECT_EQ(named_in_new_york("0 30 2 * * ?", "2026-03-08T07:30:00Z", {}), 0);
  EXPECT_EQ(named_in_new_york("0 30 1 * * ?", "2026-11-01T05:30:00Z", {}), 0); // the pass that does not fire
  EXPECT_EQ(named_in_new_york("0 30 1 * * ?", "2026-11-01T06:30:00Z", {.overlap = overlap::first}), 0);
  EXPECT_EQ(named_in_new_york("0 30 2 * * ?", "2026-03-08T07:01:00Z", {.gap = gap::next}), 0);
  const auto t = make_cron("* * * * * ?");
  for (const auto never : {instant::min(), instant::max(), utc("1969-12-31T23:59:59Z"), utc("2200-01-01T00:00:00Z")})
    EXPECT_EQ(t.named(never), 0);
}

TEST(Named, GapNextBringsEachSkippedTimeToItsOwnSecond) {
  EXPECT_EQ(named_in_new_york("0 0/20 2 * * ?", "2026-03-08T07:00:00Z", {.gap = gap::next}), 3);
  EXPECT_EQ(named_in_new_york("0 0/20 2,3 * * ?", "2026-03-08T07:00:00Z", {.gap = gap::next}), 4);
  EXPECT_EQ(named_in_new_york("0 0/20 2,3 * * ?", "2026-03-08T07:20:00Z", {.gap = gap::next}), 1);
  EXPECT_EQ(named_in_new_york("15,45 0/20 2 * * ?", "2026-03-08T07:00:45Z", {.gap = gap::next}), 3);
  EXPECT_EQ(named_in_new_york("15,45 0/20 2 * * ?", "2026-03-08T07:00:44Z", {.gap = gap::next}), 0);
}

TEST(Named, GapShiftMayMeetWhatFiresThereAnyway) {
  EXPECT_EQ(named_in_new_york("0 15 2,3 * * ?", "2026-03-08T07:15:00Z", {.gap = gap::shift}), 2);
  EXPECT_EQ(named_in_new_york("0 15 2 * * ?", "2026-03-08T07:15:00Z", {.gap = gap::shift}), 1);
  EXPECT_EQ(named_in_new_york("0 15 3 * * ?", "2026-03-08T07:15:00Z", {.gap = gap::shift}), 1);
}

// A gap of 44 minutes 30 seconds: 1972-01-07 00:00:00 became 00:44:30.
TEST(Named, GapNextMovesOnlyTheSecondsThatWereSkipped) {
  const auto t = make_cron("0,45 44 0 * * ?", "Africa/Monrovia", {.gap = gap::next});
  EXPECT_EQ(fires(t, "1972-01-06T12:00:00Z", 2),
            (std::vector<std::string>{"1972-01-07T00:44:30Z", "1972-01-07T00:44:45Z"}));
  EXPECT_EQ(t.named(utc("1972-01-07T00:44:30Z")), 1);
  EXPECT_EQ(t.named(utc("1972-01-07T00:44:45Z")), 1);
  EXPECT_EQ(t.named(utc("1972-01-07T00:45:15Z")), 0);
}

struct change {
  const char *zone, *at;
};

TEST(Named, AroundAGapTheFiresNameEveryLocalTimeThereIsAndThoseOfTheGap) {
  constexpr std::array changes{
      change{"America/New_York", "2026-03-08T07:00:00Z"}, change{"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
      change{"Antarctica/Troll", "2026-03-29T01:00:00Z"}, change{"Pacific/Apia", "2011-12-30T10:00:00Z"}, // a whole day
      change{"Africa/Monrovia", "1972-01-07T00:44:30Z"}};
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  for (const auto& c : changes)
    for (const auto* expression : {"0 0/7 * * * ?", "0,30 * * * * ?", "10 1/3 0-3 * * ?", "0 0/20 1,2,3 * * ?"})
      for (const auto rule : {gap::next, gap::shift}) {
        cctz::time_zone tz;
        ASSERT_TRUE(cctz::load_time_zone(c.zone, &tz));
        const auto local = [&tz](instant t) { return t + std::chrono::seconds{tz.lookup(t).offset}; };
        const auto begin = utc(c.at) - std::chrono::hours{6}, end = utc(c.at) + std::chrono::hours{30};
        const auto t = make_cron(expression, c.zone, {.gap = rule});
        std::int64_t named = 0;
        for (auto fire = t.next(begin); fire && *fire <= end; fire = t.next(*fire)) named += t.named(*fire);
        EXPECT_EQ(named, make_cron(expression).count(local(begin), local(end), all))
            << c.zone << ' ' << expression << ' ' << static_cast<int>(rule);
      }
}

TEST(Named, OtherKindsNameTheirFiresOnce) {
  const auto start = utc("2026-01-01T00:00:00Z");
  const auto rate = every(std::chrono::seconds{30}, start);
  EXPECT_EQ(rate.named(start), 1);
  EXPECT_EQ(rate.named(start + std::chrono::seconds{30}), 1);
  EXPECT_EQ(rate.named(start + std::chrono::seconds{31}), 0);
  EXPECT_EQ(rate.named(start - std::chrono::seconds{30}), 0);
  EXPECT_EQ(rate.named(instant::min()), 0);
  EXPECT_EQ(at(start).named(start), 1);
  EXPECT_EQ(at(start).named(start + std::chrono::milliseconds{1}), 0);
  EXPECT_EQ(after(std::chrono::seconds{30}).named(start), 0);
  EXPECT_EQ(timetable{}.named(start), 0);
}

} // namespace
} // namespace xxl::schedule::test
