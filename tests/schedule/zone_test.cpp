// Names of zones and the version of their data.

#include "schedule/timetable.hpp"
#include "schedule/zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace xxl::schedule {
namespace {

using namespace std::string_view_literals;

TEST(Zone, IanaNamesAreKnown) {
  for (const auto name :
       {"UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "America/Port-au-Prince"})
    EXPECT_TRUE(is_zone(name)) << name;
}

TEST(Zone, NothingElseIsAZone) {
  for (const auto name : {"", "Mars/Olympus", "asia/shanghai", "Asia/Shanghai ", "Asia", "+08:00", "EST5EDT4"})
    EXPECT_FALSE(is_zone(name)) << name;
  EXPECT_FALSE(is_zone("UTC\0x"sv));
}

// The loader of the zone data takes these too: files, the machine's own zone, and clocks that count leap seconds.
TEST(Zone, WhatOnlyTheLoaderKnowsIsNoZone) {
  for (const auto name :
       {"/usr/share/zoneinfo/UTC", "../zoneinfo/UTC", "localtime", "posixrules", "libc:UTC", "file:UTC",
        "Fixed/UTC+08:00:00", "right/UTC", "right/America/New_York", "posix/UTC", "zone.tab", "leapseconds"})
    EXPECT_FALSE(is_zone(name)) << name;
}

TEST(Zone, IsReadOnce) {
  EXPECT_EQ(zone::find("Europe/Berlin"), zone::find("Europe/Berlin"));
  EXPECT_EQ(zone::find("Mars/Olympus"), nullptr);
}

TEST(Zone, StretchesFollowOneAnotherAndDifferInOffset) {
  for (const auto* name : {"UTC", "Europe/Dublin", "Africa/Casablanca", "Pacific/Apia", "Antarctica/Troll"}) {
    const auto z = zone::find(name);
    ASSERT_TRUE(z) << name;
    for (std::size_t i = 0; i < z->size(); ++i) {
      EXPECT_LT((*z)[i].begin, (*z)[i].end) << name;
      EXPECT_EQ(z->index_of((*z)[i].begin), i) << name;
      EXPECT_EQ(z->index_of((*z)[i].end), i + 1) << name;
      if (i > 0) {
        EXPECT_NE((*z)[i - 1].offset, (*z)[i].offset) << name;
      }
    }
  }
  EXPECT_EQ(zone::find("UTC")->size(), 1U);
  EXPECT_GT(zone::find("Europe/Berlin")->size(), 400U); // twice a year since 1980, to the end
}

TEST(Zone, TheVersionOfTheDataIsAYearAndALetter) {
  EXPECT_THAT(tzdb_version(), testing::AnyOf("unknown", testing::MatchesRegex("20[0-9][0-9][a-z].*")));
}

} // namespace
} // namespace xxl::schedule
