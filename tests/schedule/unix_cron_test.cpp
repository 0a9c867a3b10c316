// The dialect of Unix cron: what each form fires on, how its two day fields combine, and the whole text of each
// refusal.

#include "tests/schedule/instants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace xxl::schedule::test {
namespace {

using testing::ElementsAre;

timetable made(std::string_view expression, std::string_view zone = "UTC", dst_policy dst = {}) {
  auto t = unix_cron(expression, zone, dst);
  if (const auto* error = std::get_if<parse_error>(&t))
    throw std::invalid_argument(std::string{expression} + ": " + error->message);
  return std::get<timetable>(t);
}

/// The first fires from the start of 2026 on, a Thursday.
std::vector<std::string> first(std::string_view expression, std::size_t count = 3) {
  return fires(made(expression), "2025-12-31T23:59:59Z", count);
}

/// "column: message" of the refusal, "accepted" if there is none.
std::string refusal(std::string_view expression, std::string_view zone = "UTC") {
  const auto t = unix_cron(expression, zone);
  const auto* error = std::get_if<parse_error>(&t);
  return error == nullptr ? "accepted" : std::to_string(error->column) + ": " + error->message;
}

TEST(UnixCron, FiresAtSecondZeroOfTheMinutesItNames) {
  EXPECT_THAT(first("* * * * *"), ElementsAre("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"));
  EXPECT_THAT(first("*/20 3 * * *", 4), ElementsAre("2026-01-01T03:00:00Z", "2026-01-01T03:20:00Z",
                                                    "2026-01-01T03:40:00Z", "2026-01-02T03:00:00Z"));
  EXPECT_THAT(first("10-30/10,45 5 * * *", 5),
              ElementsAre("2026-01-01T05:10:00Z", "2026-01-01T05:20:00Z", "2026-01-01T05:30:00Z",
                          "2026-01-01T05:45:00Z", "2026-01-02T05:10:00Z"));
  EXPECT_THAT(first("\t5  4 10-12 feb,Mar *"),
              ElementsAre("2026-02-10T04:05:00Z", "2026-02-11T04:05:00Z", "2026-02-12T04:05:00Z"));
  EXPECT_THAT(first("0 0 1 1-12/6 *"),
              ElementsAre("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"));
}

TEST(UnixCron, AStepMayBeAsLargeAsItsField) {
  EXPECT_THAT(first("*/60 */24 * * *", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"));
  EXPECT_THAT(first("0 0 */31 */12 *", 2), ElementsAre("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
  EXPECT_THAT(first("0 0 * * */7", 2), ElementsAre("2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"));
}

TEST(UnixCron, SundayIsZeroAndSeven) {
  for (const auto* sunday : {"0", "7", "sun", "SUN", "7-7", "0,7", "SUN-SUN"})
    EXPECT_THAT(first("0 12 * * " + std::string{sunday}),
                ElementsAre("2026-01-04T12:00:00Z", "2026-01-11T12:00:00Z", "2026-01-18T12:00:00Z"))
        << sunday;
  EXPECT_THAT(first("0 12 * * 5-7"),
              ElementsAre("2026-01-02T12:00:00Z", "2026-01-03T12:00:00Z", "2026-01-04T12:00:00Z"));
  EXPECT_THAT(first("0 12 * * MON-FRI"),
              ElementsAre("2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z", "2026-01-05T12:00:00Z"));
  EXPECT_THAT(first("0 12 * * 1-7/3"), // Monday, Thursday, Sunday
              ElementsAre("2026-01-01T12:00:00Z", "2026-01-04T12:00:00Z", "2026-01-05T12:00:00Z"));
  EXPECT_THAT(
      first("0 12 * * */2", 4), // Sunday, Tuesday, Thursday, Saturday
      ElementsAre("2026-01-01T12:00:00Z", "2026-01-03T12:00:00Z", "2026-01-04T12:00:00Z", "2026-01-06T12:00:00Z"));
}

TEST(UnixCron, OfTwoRestrictedDayFieldsEitherWillDo) {
  EXPECT_THAT(first("30 4 1,15 * 5", 6), // crontab(5)'s own example
              ElementsAre("2026-01-01T04:30:00Z", "2026-01-02T04:30:00Z", "2026-01-09T04:30:00Z",
                          "2026-01-15T04:30:00Z", "2026-01-16T04:30:00Z", "2026-01-23T04:30:00Z"));
  EXPECT_THAT(first("0 0 31 2 MON", 2), ElementsAre("2026-02-02T00:00:00Z", "2026-02-09T00:00:00Z"));
  EXPECT_THAT(first("0 0 5 * 0-7", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"));
}

TEST(UnixCron, ADayFieldThatBeginsWithAStarRestrictsTheOther) {
  EXPECT_THAT(first("0 0 13 * *", 2), ElementsAre("2026-01-13T00:00:00Z", "2026-02-13T00:00:00Z"));
  EXPECT_THAT(first("0 0 */2 * 1"), // Mondays on odd days
              ElementsAre("2026-01-05T00:00:00Z", "2026-01-19T00:00:00Z", "2026-02-09T00:00:00Z"));
  EXPECT_THAT(first("0 0 13 * */5"), // a 13th that is a Sunday or a Friday
              ElementsAre("2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z", "2026-09-13T00:00:00Z"));
  EXPECT_THAT(first("0 0 13 * *,MON", 2), ElementsAre("2026-01-13T00:00:00Z", "2026-02-13T00:00:00Z"));
  EXPECT_THAT(first("0 0 1-7 * 1", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")); // either
}

TEST(UnixCron, ASearchForADayThatNeverComesEnds) {
  EXPECT_THAT(first("0 0 30 2 *"), ElementsAre());
  EXPECT_EQ(made("0 0 30 2 *").count(utc("2026-01-01T00:00:00Z"), utc("2190-01-01T00:00:00Z"), 10), 0);
}

TEST(UnixCron, CountAndLastFollowTheDayRules) {
  const auto from = utc("2025-12-31T23:59:59Z"), to = utc("2026-12-31T23:59:59Z");
  for (const auto* expression : {"30 4 1,15 * 5", "0 0 */2 * 1", "*/20 1 13 * */5", "0 0 1-7 * 1"}) {
    const auto t = made(expression);
    const auto all = walk(t, from, 1000);
    const auto past = std::ranges::upper_bound(all, to);
    EXPECT_EQ(t.count(from, to, 1000), past - all.begin()) << expression;
    EXPECT_EQ(t.last(from, to), *(past - 1)) << expression;
  }
}

TEST(UnixCron, MacrosStandForTheirFields) {
  EXPECT_THAT(first("@yearly", 2), ElementsAre("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
  EXPECT_THAT(first("@annually", 2), ElementsAre("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
  EXPECT_THAT(first("@monthly", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"));
  EXPECT_THAT(first("@weekly", 2), ElementsAre("2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"));
  EXPECT_THAT(first("@daily", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"));
  EXPECT_THAT(first(" @Midnight ", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"));
  EXPECT_THAT(first("@HOURLY", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"));
  EXPECT_THAT(fires(made("@daily", "Asia/Shanghai"), "2026-01-01T00:00:00Z", 1), ElementsAre("2026-01-01T16:00:00Z"));
  EXPECT_EQ(made("@daily").what(), timetable::kind::cron);
}

TEST(UnixCron, EveryIsAFixedRateOnTheGridOfTheEpoch) {
  EXPECT_EQ(made("@every 30s").what(), timetable::kind::every);
  EXPECT_THAT(first("@every 1m30s", 2), ElementsAre("2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"));
  EXPECT_THAT(fires(made("@EVERY 500ms", "America/New_York"), "1970-01-01T00:00:00Z", 2),
              ElementsAre("1970-01-01T00:00:00.500Z", "1970-01-01T00:00:01Z"));
  EXPECT_EQ(refusal("@every 100ms"), "accepted");
}

TEST(UnixCron, ZonesAndDstRulesApply) {
  EXPECT_THAT(fires(made("30 2 * * *", "America/New_York"), "2026-03-07T12:00:00Z", 1),
              ElementsAre("2026-03-09T06:30:00Z"));
  EXPECT_THAT(fires(made("30 2 * * *", "America/New_York", {.vixie = true}), "2026-03-07T12:00:00Z", 1),
              ElementsAre("2026-03-08T07:00:00Z"));
  EXPECT_THAT(fires(made("30 * * * *", "America/New_York", {.vixie = true}), "2026-11-01T05:00:00Z", 2),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"));
  EXPECT_EQ(refusal("* * * * *", "Mars/Olympus"), "1: timezone: \"Mars/Olympus\" is not a name of the zone data (an "
                                                  "IANA name such as Europe/Berlin or UTC)");
  EXPECT_EQ(refusal("@every 30s", "").substr(0, 12), "1: timezone:");
  EXPECT_EQ(refusal("@every 30s", std::string(100'000, 'x')).substr(0, 12), "1: timezone:");
}

// --- random expressions against fields as lists of numbers, minute by minute ---

using random_source = std::mt19937_64;

/// 0 <= result < n
int below(random_source& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }

struct plain_field {
  std::string text;
  std::set<int> values;

  bool restricted() const { return text.front() != '*'; }
};

void add_item(plain_field& f, int min, int max, random_source& random) {
  const int a = min + below(random, max - min + 1), b = min + below(random, max - min + 1);
  const int from = std::min(a, b), to = std::max(a, b), step = 1 + below(random, max - min);
  const auto put = [&f](int first, int last, int by) {
    for (int v = first; v <= last; v += by) f.values.insert(v);
  };
  const auto range = std::to_string(from) + "-" + std::to_string(to), by = "/" + std::to_string(step);
  switch (below(random, 6)) {
  case 0: f.text += "*" + by; return put(min, max, step);
  case 1: f.text += range; return put(from, to, 1);
  case 2: f.text += range + by; return put(from, to, step);
  default: f.text += std::to_string(from); return put(from, from, 1);
  }
}

plain_field any_field(int min, int max, random_source& random) {
  plain_field f;
  if (below(random, 3) == 0) {
    f.text = "*";
    for (int v = min; v <= max; ++v) f.values.insert(v);
    return f;
  }
  for (int items = 1 + below(random, 3); items > 0; --items) {
    add_item(f, min, max, random);
    f.text += items > 1 ? "," : "";
  }
  return f;
}

TEST(UnixCron, AgreesWithASearchMinuteByMinute) {
  random_source random{1};
  std::size_t seen = 0;
  for (int round = 0; round < 300; ++round) {
    const auto minute = any_field(0, 59, random), hour = any_field(0, 23, random), day = any_field(1, 31, random),
               month = any_field(1, 12, random), weekday = any_field(0, 7, random);
    const auto expression = minute.text + ' ' + hour.text + ' ' + day.text + ' ' + month.text + ' ' + weekday.text;
    const instant begin =
        std::chrono::sys_days{std::chrono::year{1980} / 1 / 1} + std::chrono::minutes{random() % (60ULL * 365 * 1440)};
    const auto end = begin + std::chrono::days{20};
    std::vector<instant> expected;
    for (auto t = begin + std::chrono::minutes{1}; t <= end; t += std::chrono::minutes{1}) {
      const auto date = std::chrono::floor<std::chrono::days>(t);
      const std::chrono::year_month_day ymd{date};
      const auto in_day = std::chrono::floor<std::chrono::minutes>(t - date).count();
      const int w = static_cast<int>(std::chrono::weekday{date}.c_encoding());
      const bool by_day = day.values.contains(static_cast<int>(static_cast<unsigned>(ymd.day())));
      const bool by_weekday = weekday.values.contains(w) || (w == 0 && weekday.values.contains(7));
      const bool date_matches = day.restricted() && weekday.restricted() ? by_day || by_weekday : by_day && by_weekday;
      if (date_matches && month.values.contains(static_cast<int>(static_cast<unsigned>(ymd.month()))) &&
          hour.values.contains(static_cast<int>(in_day / 60)) && minute.values.contains(static_cast<int>(in_day % 60)))
        expected.push_back(t);
    }
    const auto t = made(expression);
    auto answered = walk(t, begin, expected.size() + 1);
    if (!answered.empty() && answered.back() > end) answered.pop_back();
    ASSERT_EQ(answered, expected) << expression << " after " << text(begin);
    EXPECT_EQ(t.count(begin, end, 1'000'000), static_cast<std::int64_t>(expected.size())) << expression;
    seen += expected.size();
  }
  EXPECT_GT(seen, 10'000U); // the windows were not empty
}

const std::string fields_needed = "5 fields are needed (minute hour day-of-month month day-of-week), not ";

TEST(UnixCronError, TheNumberOfFieldsIsFive) {
  EXPECT_EQ(refusal(""), "1: " + fields_needed + "0");
  EXPECT_EQ(refusal("* * *"), "6: " + fields_needed + "3");
  EXPECT_EQ(refusal("0 0 12 * * ?"), "12: " + fields_needed + "6; seconds and years belong to dialect: quartz");
  EXPECT_EQ(refusal("0 0 12 * * ? 2026"), "12: " + fields_needed + "7; seconds and years belong to dialect: quartz");
  EXPECT_EQ(refusal("0 0 12 * * /bin/date -u now"), "12: " + fields_needed + "8");
}

TEST(UnixCronError, ValuesLieInTheirFieldsRange) {
  EXPECT_EQ(refusal("60 * * * *"), "1: minute: 60 is not in 0-59");
  EXPECT_EQ(refusal("* 24 * * *"), "3: hour: 24 is not in 0-23");
  EXPECT_EQ(refusal("* * 0 * *"), "5: day-of-month: 0 is not in 1-31");
  EXPECT_EQ(refusal("* * 32 * *"), "5: day-of-month: 32 is not in 1-31");
  EXPECT_EQ(refusal("* * * 13 *"), "7: month: 13 is not in 1-12");
  EXPECT_EQ(refusal("* * * * 8"), "9: day-of-week: 8 is not in 0-7");
  EXPECT_EQ(refusal("* 1,99999999999999999999 * * *"), "5: hour: 99999999999999999999 is not in 0-23");
}

TEST(UnixCronError, StepsBelongToAStarOrARange) {
  EXPECT_EQ(refusal("5/15 * * * *"), "2: minute: a step needs * or a range before it, as in */5 or 10-30/5");
  EXPECT_EQ(refusal("/15 * * * *"), "1: minute: a step needs * or a range before it, as in */5 or 10-30/5");
  EXPECT_EQ(refusal("* * * * MON/2"), "12: day-of-week: a step needs * or a range before it, as in */5 or 10-30/5");
  EXPECT_EQ(refusal("*/0 * * * *"), "3: minute: the step 0 is not in 1-60");
  EXPECT_EQ(refusal("*/61 * * * *"), "3: minute: the step 61 is not in 1-60");
  EXPECT_EQ(refusal("* */25 * * *"), "5: hour: the step 25 is not in 1-24");
  EXPECT_EQ(refusal("* * 1-5/32 * *"), "9: day-of-month: the step 32 is not in 1-31");
  EXPECT_EQ(refusal("* * * */13 *"), "9: month: the step 13 is not in 1-12");
  EXPECT_EQ(refusal("* * * * */8"), "11: day-of-week: the step 8 is not in 1-7");
  EXPECT_EQ(refusal("*/ * * * *"), "3: minute: a step of 1-60 must follow the /");
  EXPECT_EQ(refusal("*/5/2 * * * *"), "4: minute: unexpected \"/2\" in \"*/5/2\"");
}

TEST(UnixCronError, RangesRunForwards) {
  EXPECT_EQ(refusal("50-10 * * * *"),
            "1: minute: the range \"50-10\" runs backwards, and ranges of Unix cron do not wrap round");
  EXPECT_EQ(refusal("* * * NOV-FEB *"),
            "7: month: the range \"NOV-FEB\" runs backwards, and ranges of Unix cron do not wrap round");
  EXPECT_EQ(refusal("* * * * FRI-SUN"),
            "9: day-of-week: the range \"FRI-SUN\" runs backwards, and ranges of Unix cron do not wrap round");
  EXPECT_EQ(refusal("* * * * MON-5"), "9: day-of-week: the range \"MON-5\" mixes a name and a number");
  EXPECT_EQ(refusal("1- * * * *"), "3: minute: the range \"1-\" has no end");
  EXPECT_EQ(refusal("* 1-2-3 * * *"), "6: hour: unexpected \"-3\" in \"1-2-3\"");
}

TEST(UnixCronError, NamesAreThreeLettersOfTheirOwnField) {
  EXPECT_EQ(refusal("* * * JANUARY *"), "7: month: \"JANUARY\" is not a month (JAN-DEC or 1-12)");
  EXPECT_EQ(refusal("* * * * Monday"),
            "9: day-of-week: \"Monday\" is not a weekday (SUN-SAT or 0-7, 0 and 7 are Sunday)");
  EXPECT_EQ(refusal("JAN * * * *"), "1: minute: \"JAN\" is not a number");
  EXPECT_EQ(refusal("* * * * MON-XYZ"),
            "13: day-of-week: \"XYZ\" is not a weekday (SUN-SAT or 0-7, 0 and 7 are Sunday)");
}

TEST(UnixCronError, WhatIsQuartzsIsSaidToBeQuartzs) {
  EXPECT_EQ(refusal("* * ? * *"), "5: day-of-month: ? belongs to dialect: quartz");
  EXPECT_EQ(refusal("? * * * *"), "1: minute: ? belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * L * *"), "5: day-of-month: L belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * l-3 * *"), "5: day-of-month: L belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * LW * *"), "5: day-of-month: L belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * 15W * *"), "7: day-of-month: W belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * * * 5L"), "10: day-of-week: L belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * * * FRIL"), "9: day-of-week: L belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * * * 5#2"), "10: day-of-week: # belongs to dialect: quartz");
  EXPECT_EQ(refusal("* * * * FRI#2"), "12: day-of-week: # belongs to dialect: quartz");
}

TEST(UnixCronError, GarbageIsRefused) {
  EXPECT_EQ(refusal("*5 * * * *"), "2: minute: unexpected \"5\" in \"*5\"");
  EXPECT_EQ(refusal("** * * * *"), "2: minute: unexpected \"*\" in \"**\"");
  EXPECT_EQ(refusal("1,,2 * * * *"), "3: minute: a value is missing after the comma");
  EXPECT_EQ(refusal(",1 * * * *"), "1: minute: a value is missing before the comma");
  EXPECT_EQ(refusal("10am * * * *"), "3: minute: unexpected \"am\" in \"10am\"");
  EXPECT_EQ(refusal("* * * * -1"), "9: day-of-week: unexpected \"-1\"");
}

TEST(UnixCronError, MacrosAreKnownAndStandAlone) {
  EXPECT_EQ(refusal("@reboot"), "1: @reboot names no instant: a job fires by time, whatever is started");
  EXPECT_EQ(refusal(" @fortnightly"),
            "2: \"@fortnightly\" is unknown; known are @yearly, @annually, @monthly, @weekly, "
            "@daily, @midnight, @hourly and @every DURATION");
  EXPECT_EQ(refusal("@").substr(0, 18), "1: \"@\" is unknown;");
  EXPECT_EQ(refusal("@daily 5"), "8: @daily stands alone");
  EXPECT_EQ(refusal("* @daily"), "9: " + fields_needed + "2");
}

TEST(UnixCronError, EveryTakesOneDuration) {
  EXPECT_EQ(refusal("@every"), "7: @every: a duration must follow, such as @every 30s");
  EXPECT_EQ(refusal("@every 1m 30s"), "11: @every: a duration is one word, such as 1m30s; unexpected \"30s\"");
  EXPECT_EQ(refusal("@every 30"),
            "8: @every: duration \"30\" has no unit: write 30s for seconds, or 30ms, 30m, 30h, 30d");
  EXPECT_EQ(refusal("@every 99ms"), "8: @every: 99ms is shorter than 100ms");
  EXPECT_EQ(refusal("@every 0s"), "8: @every: 0s is shorter than 100ms");
  EXPECT_EQ(refusal("@every -30s").substr(0, 3), "8: ");
}

} // namespace
} // namespace xxl::schedule::test
