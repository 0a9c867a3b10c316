#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using xxl::config::format_duration;
using xxl::config::parse_duration;

milliseconds parsed(std::string_view text) {
  auto result = parse_duration(text);
  if (auto* why = std::get_if<std::string>(&result)) {
    ADD_FAILURE() << *why;
    return milliseconds::min();
  }
  return std::get<milliseconds>(result);
}

std::string error(std::string_view text) {
  auto result = parse_duration(text);
  auto* why = std::get_if<std::string>(&result);
  return why ? *why : "read as " + format_duration(std::get<milliseconds>(result));
}

TEST(Duration, EachUnitIsRead) {
  EXPECT_EQ(parsed("100ms"), 100ms);
  EXPECT_EQ(parsed("30s"), 30s);
  EXPECT_EQ(parsed("5m"), 5min);
  EXPECT_EQ(parsed("2h"), 2h);
  EXPECT_EQ(parsed("1d"), 24h);
  EXPECT_EQ(parsed("0s"), 0ms);
  EXPECT_EQ(parsed("36500d"), 36'500 * 24h);
}

TEST(Duration, SumsAreRead) { EXPECT_EQ(parsed("1d2h3m4s5ms"), 24h + 2h + 3min + 4s + 5ms); }

TEST(Duration, FormattedIsTheShortestTextThatReadsAsTheSame) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(36h), "1d12h");
  EXPECT_EQ(format_duration(1'500ms), "1s500ms");
  EXPECT_EQ(format_duration(-1'500ms), "-1s500ms");
  EXPECT_EQ(format_duration(milliseconds::min()), "-106751991167d7h12m55s808ms");
  for (auto d : {1ms, 999ms, 60'000ms, 3'600'001ms, 86'399'999ms}) EXPECT_EQ(parsed(format_duration(d)), d);
}

TEST(Duration, EachErrorSaysWhatToWrite) {
  EXPECT_EQ(error(""), "duration is empty: write 100ms, 30s, 5m, 2h or 1d");
  EXPECT_EQ(error("30"), "duration \"30\" has no unit: write 30s for seconds, or 30ms, 30m, 30h, 30d");
  EXPECT_EQ(error("1m30"), "duration \"1m30\" has no unit: write 30s for seconds, or 30ms, 30m, 30h, 30d");
  EXPECT_EQ(error("s"), "duration \"s\" is not a whole number and a unit: write 100ms, 30s, 5m, 2h or 1d");
  EXPECT_EQ(error("-5s"), "duration \"-5s\" is not a whole number and a unit: write 100ms, 30s, 5m, 2h or 1d");
  EXPECT_EQ(error("1.5s"), "duration \"1.5s\" has an unknown unit \".\": known are ms, s, m, h, d");
  EXPECT_EQ(error("5 s"), "duration \"5 s\" has an unknown unit \" s\": known are ms, s, m, h, d");
  EXPECT_EQ(error("3w"), "duration \"3w\" has an unknown unit \"w\": known are ms, s, m, h, d");
  EXPECT_EQ(error("30s1m"),
            "duration \"30s1m\" has its units out of order: write the larger unit first, each once, as in 1m30s");
  EXPECT_EQ(error("1s1s"),
            "duration \"1s1s\" has its units out of order: write the larger unit first, each once, as in 1m30s");
  EXPECT_EQ(error("36501d"), "duration \"36501d\" is too long: at most 36500d");
  EXPECT_EQ(error("36500d1ms"), "duration \"36500d1ms\" is too long: at most 36500d");
  EXPECT_EQ(error("99999999999999999999s"), "duration \"99999999999999999999s\" is too long: at most 36500d");
}

} // namespace
