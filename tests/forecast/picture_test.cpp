// The picture: well-formed, self-contained, and what it must show.

#include "forecast/picture.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace xxl::forecast {
namespace {

using namespace std::chrono_literals;
using schedule::test::make_cron;
using schedule::test::utc;

const span day{utc("2026-12-01T00:00:00Z"), utc("2026-12-02T00:00:00Z")};

std::string drawn(const std::vector<job>& jobs, span over = day, const std::string& zone = "UTC") {
  return picture_of(load_of(jobs, over, 1), jobs, {*schedule::zone::find(zone), zone});
}

/// Every tag is closed in its turn, attributes are quoted, and `&` and `<` stand only where XML has them mean
/// something.
::testing::AssertionResult is_well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size();) {
    if (xml[at] == '&') {
      const auto end = xml.find(';', at);
      const auto name = xml.substr(at, end == std::string::npos ? end : end - at + 1);
      if (name != "&amp;" && name != "&lt;" && name != "&gt;" && name != "&quot;")
        return ::testing::AssertionFailure() << "a bare & at " << at;
    }
    if (xml[at] != '<') {
      ++at;
      continue;
    }
    const auto end = xml.find('>', at);
    if (end == std::string::npos) return ::testing::AssertionFailure() << "an open tag at " << at;
    const auto tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos || std::ranges::count(tag, '"') % 2 != 0)
      return ::testing::AssertionFailure() << "a broken tag " << tag;
    if (tag.starts_with("/")) {
      if (open.empty() || open.back() != tag.substr(1)) return ::testing::AssertionFailure() << "unexpected " << tag;
      open.pop_back();
    } else if (!tag.ends_with("/"))
      open.push_back(tag.substr(0, tag.find(' ')));
    at = end + 1;
  }
  if (!open.empty()) return ::testing::AssertionFailure() << open.back() << " is not closed";
  return ::testing::AssertionSuccess();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Picture, StandsAloneAndIsReadableInTheDark) {
  const auto svg = drawn({{"orders/close", make_cron("0 0/5 * * * ?"), 30s, true}});
  EXPECT_TRUE(is_well_formed(svg));
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(holds(svg, "prefers-color-scheme:dark"));
  EXPECT_FALSE(holds(svg, "<script"));
  EXPECT_FALSE(holds(svg, "href"));
}

TEST(Picture, SaysTheTotalsAndMarksTheBusiestSecond) {
  const auto svg = drawn(
      {{"orders/close", make_cron("0 0 9 * * ?"), {}, true}, {"orders/open", make_cron("0 0/30 * * * ?"), {}, true}},
      day, "Asia/Shanghai");
  EXPECT_TRUE(holds(svg, "2026-12-01 08:00 to 2026-12-02 08:00, Asia/Shanghai"));
  EXPECT_TRUE(holds(svg, "49 fires of 2 jobs"));
  EXPECT_TRUE(holds(svg, "busiest second 2026-12-01 17:00:00: 2 fires (orders/close, orders/open)"));
  EXPECT_TRUE(holds(svg, ">00:00</text>")) << "local midnight";
  EXPECT_FALSE(holds(svg, "class=\"runs\"")) << "no duration is known";
}

TEST(Picture, ShowsRunsAtOnceWhereDurationsAreKnown) {
  const auto svg = drawn({{"orders/close", make_cron("0 0 * * * ?"), 6h, true}});
  EXPECT_TRUE(holds(svg, "<path class=\"runs\""));
  EXPECT_TRUE(holds(svg, "6 runs at once on average, at most 6 (durations of 1 jobs)"));
}

TEST(Picture, EscapesWhatComesFromOutside) {
  const auto svg = drawn({{"<b>&\"\x01", make_cron("0 0 9 * * ?"), {}, true}});
  EXPECT_TRUE(is_well_formed(svg));
  EXPECT_TRUE(holds(svg, "(&lt;b&gt;&amp;&quot; )"));
}

TEST(Picture, ALongSpanIsDrawnInSteps) {
  const auto long_one = drawn({{"a", make_cron("0 0 3 * * ?"), 1h, true}}, {day.from, day.from + 480h});
  EXPECT_TRUE(is_well_formed(long_one));
  EXPECT_TRUE(holds(long_one, "fires a minute, the most of each 20"));
  EXPECT_LT(long_one.size(), 60'000u);
}

TEST(Picture, WithoutFiresIsStillAPicture) {
  const auto none = drawn({});
  EXPECT_TRUE(is_well_formed(none));
  EXPECT_TRUE(holds(none, ">no fires</text>"));
  EXPECT_TRUE(is_well_formed(drawn({}, {day.from, day.from + 1ms})));
}

} // namespace
} // namespace xxl::forecast
