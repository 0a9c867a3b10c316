#include "config/instant.hpp"

#include <gtest/gtest.h>

namespace {

using xxl::from_ms;
using xxl::instant;
using xxl::to_ms;
using xxl::config::format_instant;
using xxl::config::parse_instant;

std::string read_back(std::string_view text) {
  auto result = parse_instant(text);
  if (auto* why = std::get_if<std::string>(&result)) return *why;
  return format_instant(std::get<instant>(result));
}

TEST(Instant, OffsetsAreTakenOff) {
  EXPECT_EQ(read_back("2026-12-01T09:00:00+08:00"), "2026-12-01T01:00:00Z");
  EXPECT_EQ(read_back("2026-12-01T01:00:00Z"), "2026-12-01T01:00:00Z");
  EXPECT_EQ(read_back("2026-12-01t01:00:00z"), "2026-12-01T01:00:00Z");
  EXPECT_EQ(read_back("2026-12-31T20:00:00-05:30"), "2027-01-01T01:30:00Z");
  EXPECT_EQ(std::get<instant>(parse_instant("1970-01-01T00:00:01Z")), from_ms(1'000));
}

TEST(Instant, MillisecondsAreReadAndWrittenOnlyWhereThereAreSome) {
  EXPECT_EQ(read_back("2026-12-01T01:00:00.123Z"), "2026-12-01T01:00:00.123Z");
  EXPECT_EQ(read_back("2026-12-01T01:00:00.5Z"), "2026-12-01T01:00:00.500Z");
  EXPECT_EQ(read_back("2026-12-01T01:00:00.000Z"), "2026-12-01T01:00:00Z");
  EXPECT_EQ(read_back("2026-12-01T01:00:00.250000000Z"), "2026-12-01T01:00:00.250Z");
  EXPECT_EQ(format_instant(from_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Instant, EachErrorSaysWhatIsWrong) {
  auto form = [](std::string_view text) {
    return "instant \"" + std::string{text} + "\" is not of the form 2026-12-01T09:00:00+08:00 (or ...Z)";
  };
  for (auto text : {"", "2026-12-01", "2026-12-01 09:00:00Z", "2026-12-01T09:00Z", "tomorrow", "2026-12-01T09:00:00.Z",
                    "2026-12-01T09:00:00+0800", "2026-12-01T09:00:00Zx", "-026-12-01T09:00:00Z"})
    EXPECT_EQ(read_back(text), form(text));
  EXPECT_EQ(read_back("2026-12-01T09:00:00"),
            "instant \"2026-12-01T09:00:00\" has no zone: end it with Z, or with an offset such as +08:00");
  EXPECT_EQ(read_back("2026-02-29T09:00:00Z"), "instant \"2026-02-29T09:00:00Z\" names a day that does not exist");
  EXPECT_EQ(read_back("2026-13-01T09:00:00Z"), "instant \"2026-13-01T09:00:00Z\" names a day that does not exist");
  EXPECT_EQ(read_back("2026-12-01T24:00:00Z"),
            "instant \"2026-12-01T24:00:00Z\" names a time of day that does not exist");
  EXPECT_EQ(read_back("2016-12-31T23:59:60Z"),
            "instant \"2016-12-31T23:59:60Z\" names a time of day that does not exist");
  EXPECT_EQ(read_back("2026-12-01T09:00:00+24:00"), "instant \"2026-12-01T09:00:00+24:00\" has an offset out of range");
  EXPECT_EQ(
      read_back("2026-12-01T09:00:00.0001Z"),
      "instant \"2026-12-01T09:00:00.0001Z\" is finer than a millisecond: write at most three digits after the point");
}

} // namespace
