// The fires around a change of clocks, and what becomes of the local times it skips or repeats.

#include "forecast/transitions.hpp"
#include "schedule/cron_parser.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

namespace xxl::forecast {
namespace {

using schedule::dst_policy;
using schedule::test::make_cron;
using schedule::test::text;
using schedule::test::utc;
using gap_rule = dst_policy::gap_rule;
using overlap_rule = dst_policy::overlap_rule;
using words = std::vector<std::string>;

std::vector<clock_change> changes(const std::string& expression, const std::string& zone, dst_policy dst = {},
                                  const std::string& from = "2026-01-01T00:00:00Z") {
  const cron_parts parts{std::get<schedule::cron_pattern>(schedule::parse_cron(expression)), dst};
  return clock_changes(make_cron(expression, zone, dst), &parts, *schedule::zone::find(zone), utc(from), 2);
}

words texts(const std::vector<instant>& fires) {
  words all;
  for (auto f : fires) all.push_back(text(f));
  return all;
}

std::string local(std::chrono::local_seconds t) {
  return text(instant{std::chrono::sys_seconds{t.time_since_epoch()}}).substr(0, 19);
}

TEST(Transitions, AGapAndAnOverlapOfBerlin) {
  const auto all = changes("0 30 2 * * ?", "Europe/Berlin");
  ASSERT_EQ(all.size(), 2u);
  auto &gap = all[0], &overlap = all[1];
  EXPECT_TRUE(gap.gap());
  EXPECT_EQ(text(gap.at), "2026-03-29T01:00:00Z");
  EXPECT_EQ(gap.before, std::chrono::hours{1});
  EXPECT_EQ(gap.after, std::chrono::hours{2});
  EXPECT_EQ(local(gap.first), "2026-03-29T02:00:00");
  EXPECT_EQ(local(gap.end), "2026-03-29T03:00:00");
  EXPECT_EQ(texts(gap.fires_before), (words{"2026-03-27T01:30:00Z", "2026-03-28T01:30:00Z"}));
  EXPECT_EQ(texts(gap.fires_after), (words{"2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"}));
  EXPECT_EQ(gap.named, 1);
  ASSERT_EQ(gap.fates.size(), 1u);
  EXPECT_EQ(local(gap.fates[0].local), "2026-03-29T02:30:00");
  EXPECT_TRUE(gap.fates[0].fires.empty());

  EXPECT_FALSE(overlap.gap());
  EXPECT_EQ(text(overlap.at), "2026-10-25T01:00:00Z");
  EXPECT_EQ(local(overlap.first), "2026-10-25T02:00:00");
  EXPECT_EQ(local(overlap.end), "2026-10-25T03:00:00");
  EXPECT_EQ(texts(overlap.fires_before), (words{"2026-10-23T00:30:00Z", "2026-10-24T00:30:00Z"}));
  EXPECT_EQ(texts(overlap.fires_after), (words{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}));
  ASSERT_EQ(overlap.fates.size(), 1u);
  EXPECT_EQ(texts(overlap.fates[0].fires), words{"2026-10-25T01:30:00Z"}) << "the later pass";
}

TEST(Transitions, EachPolicyHasItsFate) {
  const auto fates = [](dst_policy dst, std::size_t change) {
    return texts(changes("15 30 2 * * ?", "Europe/Berlin", dst)[change].fates.at(0).fires);
  };
  EXPECT_EQ(fates({gap_rule::skip}, 0), words{});
  EXPECT_EQ(fates({gap_rule::next}, 0), words{"2026-03-29T01:00:15Z"});
  EXPECT_EQ(fates({gap_rule::shift}, 0), words{"2026-03-29T01:30:15Z"});
  EXPECT_EQ(fates({gap_rule::skip, overlap_rule::first}, 1), words{"2026-10-25T00:30:15Z"});
  EXPECT_EQ(fates({gap_rule::skip, overlap_rule::last}, 1), words{"2026-10-25T01:30:15Z"});
  EXPECT_EQ(fates({gap_rule::skip, overlap_rule::both}, 1), (words{"2026-10-25T00:30:15Z", "2026-10-25T01:30:15Z"}));
  EXPECT_EQ(fates({.vixie = true}, 0), words{"2026-03-29T01:00:15Z"});
  EXPECT_EQ(fates({.vixie = true}, 1), words{"2026-10-25T00:30:15Z"});
}

TEST(Transitions, ManyTimesAreToldByTheFirstAndTheLast) {
  const auto all = changes("0 0/20 * * * ?", "Australia/Lord_Howe", {gap_rule::shift});
  ASSERT_EQ(all.size(), 2u);
  auto& overlap = all[0]; // the southern summer ends first
  EXPECT_EQ(text(overlap.at), "2026-04-04T15:00:00Z");
  EXPECT_EQ(local(overlap.first), "2026-04-05T01:30:00") << "half an hour";
  EXPECT_EQ(overlap.named, 1);
  auto& gap = all[1];
  EXPECT_EQ(local(gap.first), "2026-10-04T02:00:00");
  EXPECT_EQ(local(gap.end), "2026-10-04T02:30:00");
  EXPECT_EQ(gap.named, 2);
  ASSERT_EQ(gap.fates.size(), 2u);
  EXPECT_EQ(local(gap.fates[0].local), "2026-10-04T02:00:00");
  EXPECT_EQ(local(gap.fates[1].local), "2026-10-04T02:20:00");
  EXPECT_EQ(texts(gap.fates[1].fires), words{"2026-10-03T15:50:00Z"});
}

TEST(Transitions, ADayThatDoesNotExist) {
  const auto all = changes("0 0/20 * * * ?", "Pacific/Apia", {}, "2011-12-01T00:00:00Z");
  auto& gap = all.at(0);
  EXPECT_EQ(text(gap.at), "2011-12-30T10:00:00Z");
  EXPECT_EQ(local(gap.first), "2011-12-30T00:00:00");
  EXPECT_EQ(local(gap.end), "2011-12-31T00:00:00");
  EXPECT_EQ(gap.named, 72);
  EXPECT_EQ(local(gap.fates.at(1).local), "2011-12-30T23:40:00");
}

TEST(Transitions, AZoneWithoutChangesHasNone) {
  EXPECT_TRUE(changes("0 30 2 * * ?", "UTC").empty());
  EXPECT_TRUE(changes("0 30 2 * * ?", "Europe/Berlin", {}, "2300-01-01T00:00:00Z").empty());
}

TEST(Transitions, AFixedRateHasFiresAroundThemAndNoFates) {
  const auto all = clock_changes(schedule::every(std::chrono::hours{6}, std::nullopt), nullptr,
                                 *schedule::zone::find("Europe/Berlin"), utc("2026-01-01T00:00:00Z"), 1);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(texts(all[0].fires_before), (words{"2026-03-28T18:00:00Z", "2026-03-29T00:00:00Z"}));
  EXPECT_EQ(texts(all[0].fires_after), (words{"2026-03-29T06:00:00Z", "2026-03-29T12:00:00Z"}));
  EXPECT_EQ(all[0].named, 0);
}

TEST(Transitions, WhatNarrowsATimetableHasTheLastWord) {
  // the expression names 02:30 in the overlap, but the job's only fire is another
  const cron_parts parts{std::get<schedule::cron_pattern>(schedule::parse_cron("0 30 2 * * ?")), {}};
  const auto all = clock_changes(schedule::at(utc("2026-10-24T00:30:00Z")), &parts,
                                 *schedule::zone::find("Europe/Berlin"), utc("2026-06-01T00:00:00Z"), 1);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].named, 1);
  EXPECT_TRUE(all[0].fates.at(0).fires.empty());
  EXPECT_EQ(texts(all[0].fires_before), words{"2026-10-24T00:30:00Z"});
}

TEST(Transitions, OfAnyMinuteTheFateIsWhatTheTimetableSays) {
  // each local time of the gap or overlap by itself: its fires are those that a timetable of this time alone has there
  for (const auto dst : {dst_policy{}, dst_policy{gap_rule::next, overlap_rule::first},
                         dst_policy{gap_rule::shift, overlap_rule::both}, dst_policy{.vixie = true}})
    for (int minute = 0; minute < 60; minute += 13) {
      const auto expression = "7 " + std::to_string(minute) + " 2 * * ?";
      const auto t = make_cron(expression, "Europe/Berlin", dst);
      for (auto& c : changes(expression, "Europe/Berlin", dst)) {
        ASSERT_EQ(c.named, 1);
        const instant begin = c.at - std::chrono::hours{1}, end = c.at + std::chrono::hours{1};
        std::vector<instant> fires;
        for (auto f = t.next(begin - std::chrono::milliseconds{1}); f && *f < end; f = t.next(*f)) fires.push_back(*f);
        EXPECT_EQ(c.fates.at(0).fires, fires) << expression;
      }
    }
}

} // namespace
} // namespace xxl::forecast
