// What a cron expression is said to mean.

#include "forecast/cron_words.hpp"
#include "schedule/cron_parser.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>
#include <vector>

namespace xxl::forecast {
namespace {

std::string said(const std::string& expression) {
  auto p = schedule::parse_cron(expression);
  if (auto* e = std::get_if<schedule::parse_error>(&p)) return "error: " + e->message;
  return words_of(std::get<schedule::cron_pattern>(p));
}

TEST(CronWords, FixedTimes) {
  EXPECT_EQ(said("0 30 2 * * ?"), "at 02:30 every day");
  EXPECT_EQ(said("0 0 9,17 * * ?"), "at 09:00 and 17:00 every day");
  EXPECT_EQ(said("30 0 9 ? * MON-FRI"), "at 09:00:30 on Monday-Friday");
  EXPECT_EQ(said("0 0,30 9,17 * * ?"), "at 09:00, 09:30, 17:00 and 17:30 every day");
  EXPECT_EQ(said("0 0 0 1 JAN ? 2027"), "at 00:00 on day 1 of the month in January of the year 2027");
}

TEST(CronWords, StepsThatRunOn) {
  EXPECT_EQ(said("* * * * * ?"), "every second");
  EXPECT_EQ(said("0/10 * * * * ?"), "every 10 seconds");
  EXPECT_EQ(said("3/10 * * * * ?"), "every 10 seconds, from second 3 on");
  EXPECT_EQ(said("0 * * * * ?"), "every minute");
  EXPECT_EQ(said("0 0/5 * * * ?"), "every 5 minutes");
  EXPECT_EQ(said("0 0 * * * ?"), "every hour");
  EXPECT_EQ(said("0 0 0/2 * * ?"), "every 2 hours");
  EXPECT_EQ(said("0 0/5 9-17 ? * MON,WED"), "every 5 minutes in the hours 9-17, on Monday and Wednesday");
  EXPECT_EQ(said("* * 9 * JUN-AUG ?"), "every second in the hour 9, every day in June-August");
  EXPECT_EQ(said("0 0/5 0/3 * * ?"), "every 5 minutes in every 3rd hour from 0 to 21");
}

TEST(CronWords, FieldByField) {
  EXPECT_EQ(said("0 0/7 * * * ?"), "every 7th minute from 0 to 56 of every hour") << "the step begins anew each hour";
  EXPECT_EQ(said("0 15 * * * ?"), "at minute 15 of every hour");
  EXPECT_EQ(said("30 * * * * ?"), "at second 30 of every minute");
  EXPECT_EQ(said("0 0,20,45 9-17 * * ?"), "at minutes 0, 20 and 45 of hours 9-17");
  EXPECT_EQ(said("1,2 0/5 * * * ?"), "at seconds 1 and 2 of every 5th minute from 0 to 55 of every hour");
  EXPECT_EQ(said("* 15 * * * ?"), "every second of minute 15 of every hour");
  EXPECT_EQ(said("0 0 22-3 * * ?"), "at minute 0 of hours 0-3, 22 and 23");
}

TEST(CronWords, Days) {
  EXPECT_EQ(said("0 0 9 1,15-17 * ?"), "at 09:00 on days 1 and 15-17 of the month");
  EXPECT_EQ(said("0 0 9 L * ?"), "at 09:00 on the last day of the month");
  EXPECT_EQ(said("0 0 9 L-1 * ?"), "at 09:00 on the day 1 day before the last of the month");
  EXPECT_EQ(said("0 0 9 1,L-3 * ?"), "at 09:00 on day 1 and the day 3 days before the last of the month");
  EXPECT_EQ(said("0 0 9 LW * ?"), "at 09:00 on the last weekday of the month");
  EXPECT_EQ(said("0 0 9 15W * ?"), "at 09:00 on the weekday nearest to day 15 of the month");
  EXPECT_EQ(said("0 0 9 L-3W * ?"), "at 09:00 on the weekday nearest to the day 3 days before the last of the month");
  EXPECT_EQ(said("0 0 9 ? * 6L"), "at 09:00 on the last Friday of the month");
  EXPECT_EQ(said("0 0 9 ? * 6#2"), "at 09:00 on the 2nd Friday of the month");
  EXPECT_EQ(said("0 0 9 ? * *"), "at 09:00 every day");
  EXPECT_EQ(said("0 0 9 * MAR,JUN-AUG ? 2026-2028,2030"),
            "at 09:00 every day in March and June-August of the years 2026-2028 and 2030");
}

/// The local times that it names, as far as its fields tell them.
auto times_of(const schedule::cron_pattern& p) {
  std::vector<bool> years;
  for (unsigned y = 0; y < 256; ++y) years.push_back(p.years.has(y));
  return std::tuple{p.seconds,  p.minutes, p.hours,        p.months,   years,
                    p.days_by,  p.days,    p.days_weekday, p.from_end, p.from_end_weekday,
                    p.weekdays, p.nth,     p.last_of_month};
}

TEST(CronWords, OfDifferentTimesAreDifferent) {
  const std::vector<std::string> sixty{"*", "0", "30", "0/10", "3/10", "0/7", "1,2", "10-50/10"},
      hours{"*", "0", "9", "9-17", "0/2", "1/2", "0/5", "22-3", "0,12"},
      days{"* * ?",       "1 * ?",       "1,15 * ?",        "1-3 * ?",      "L * ?",         "L-3 * ?",
           "LW * ?",      "15W * ?",     "L-3W * ?",        "1,L * ?",      "1W,15 * ?",     "? * MON",
           "? * MON-FRI", "? * SAT,SUN", "? * MON#2",       "? * MONL",     "* JAN ?",       "1 JAN-MAR ?",
           "? JAN MON",   "* * ? 2027",  "* * ? 2027-2029", "1 * ? 2027/2", "? 2-12/2 MON#2"};
  std::map<std::string, decltype(times_of({}))> said_of;
  std::size_t patterns = 0;
  for (auto& s : sixty)
    for (auto& m : sixty)
      for (auto& h : hours)
        for (auto& d : days) {
          const auto expression = s + " " + m + " " + h + " " + d;
          auto parsed = schedule::parse_cron(expression);
          auto* p = std::get_if<schedule::cron_pattern>(&parsed);
          ASSERT_TRUE(p) << expression;
          const auto [place, is_new] = said_of.emplace(words_of(*p), times_of(*p));
          ASSERT_TRUE(is_new || place->second == times_of(*p)) << expression << ": " << place->first;
          ++patterns;
        }
  EXPECT_EQ(patterns, 8u * 8 * 9 * 23);
}

} // namespace
} // namespace xxl::forecast
