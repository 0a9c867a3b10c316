// Names of zones and the version of their data.

#include "schedule/timetable.hpp"
#include "schedule/zone.hpp"
#include "tests/schedule/instants.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
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

// ---- newer zone data

/// Another directory of zone data, for as long as this lives.
class other_zone_data {
public:
  other_zone_data() {
    tzdb_version(); // the machine's own is in use first
    use(dir_.path().string());
  }
  ~other_zone_data() {
    ::unsetenv("TZDIR");
    refresh_zones();
  }
  other_zone_data(const other_zone_data&) = delete;
  other_zone_data& operator=(const other_zone_data&) = delete;

  void version(const std::string& v) const { std::ofstream{dir_.path() / "tzdata.zi"} << "# version " << v << "\n"; }
  /// From now on a zone of that name has the clocks of a real one.
  void put(const std::string& name, const std::string& real) const {
    std::filesystem::copy_file("/usr/share/zoneinfo/" + real, dir_.path() / name,
                               std::filesystem::copy_options::overwrite_existing);
  }

private:
  static void use(const std::string& dir) { ::setenv("TZDIR", dir.c_str(), 1); }
  xxl::test::temporary_directory dir_;
};

TEST(ZoneData, OfANewerVersionIsReadAnew) {
  other_zone_data data;
  data.version("2099a");
  data.put("Town", "Europe/Berlin");
  ASSERT_TRUE(refresh_zones());
  EXPECT_EQ(tzdb_version(), "2099a");
  const auto before = test::make_cron("0 0 12 * * ?", "Town");
  EXPECT_EQ(before.next(test::utc("2026-06-01T00:00:00Z")), test::utc("2026-06-01T10:00:00Z"));

  data.put("Town", "Asia/Tokyo");
  EXPECT_FALSE(refresh_zones()) << "the version is the same: it may be half-way";
  data.version("2099b");
  ASSERT_TRUE(refresh_zones());
  EXPECT_FALSE(refresh_zones());
  EXPECT_EQ(tzdb_version(), "2099b");
  EXPECT_EQ(test::make_cron("0 0 12 * * ?", "Town").next(test::utc("2026-06-01T00:00:00Z")),
            test::utc("2026-06-01T03:00:00Z"));
  EXPECT_EQ(before.next(test::utc("2026-06-01T00:00:00Z")), test::utc("2026-06-01T10:00:00Z")) << "what was made stays";

  data.put("Town", "America/New_York");
  data.version("2099c");
  ASSERT_TRUE(refresh_zones());
  EXPECT_EQ(test::make_cron("0 0 12 * * ?", "Town").next(test::utc("2026-06-01T00:00:00Z")),
            test::utc("2026-06-01T16:00:00Z"));
  EXPECT_TRUE(is_zone("UTC"));
  EXPECT_FALSE(is_zone("Europe/Berlin")) << "this directory has none";
}

} // namespace
} // namespace xxl::schedule
