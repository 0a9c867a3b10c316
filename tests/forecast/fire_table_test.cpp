#include "forecast/fire_table.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace xxl::forecast {
namespace {

using namespace std::chrono_literals;
using schedule::test::make_cron;
using schedule::test::text;
using schedule::test::utc;

const instant from = utc("2026-12-01T00:00:00Z");

std::vector<std::string> rows(const std::vector<job>& jobs, span over, std::size_t most = 1'000) {
  std::vector<std::string> all;
  each_fire(jobs, over, [&](instant fire, std::size_t i) {
    all.push_back(text(fire) + " " + jobs[i].name);
    return all.size() < most;
  });
  return all;
}

TEST(FireTable, IsInTheOrderOfTimeAndOfOneInstantInTheOrderOfTheJobs) {
  const std::vector<job> jobs{{"b", make_cron("0 0/2 * * * ?"), {}, true},
                              {"off", make_cron("* * * * * ?"), {}, false},
                              {"a", schedule::every(1min, std::nullopt), {}, true},
                              {"later", schedule::after(30s), {}, true}};
  EXPECT_EQ(rows(jobs, {from, from + 3min}),
            (std::vector<std::string>{"2026-12-01T00:00:00Z b", "2026-12-01T00:00:00Z a", "2026-12-01T00:01:00Z a",
                                      "2026-12-01T00:02:00Z b", "2026-12-01T00:02:00Z a"}))
      << "the span's end is not in it";
}

TEST(FireTable, EndsWhenNobodyTakesMore) {
  const std::vector<job> jobs{{"a", schedule::every(1ms, std::nullopt), {}, true}};
  EXPECT_EQ(rows(jobs, {from, from + 24h}, 3).size(), 3u);
}

TEST(FireTable, AFixedDelayGoesOnFromTheBeginningOfTheSpan) {
  const std::vector<job> jobs{{"drain", schedule::after(30s), 10s, true}};
  EXPECT_EQ(rows(jobs, {from, from + 90s}),
            (std::vector<std::string>{"2026-12-01T00:00:30Z drain", "2026-12-01T00:01:10Z drain"}));
}

} // namespace
} // namespace xxl::forecast
