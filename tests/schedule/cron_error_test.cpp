// What is no cron expression, and the whole text of each refusal with its column.

#include "schedule/timetable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xxl::schedule {
namespace {

/// "column: message" of the refusal, "accepted" if there is none.
std::string refusal(std::string_view expression, std::string_view zone = "UTC") {
  const auto made = cron(expression, zone);
  const auto* error = std::get_if<parse_error>(&made);
  return error == nullptr ? "accepted" : std::to_string(error->column) + ": " + error->message;
}

const std::string fields_needed =
    "6 or 7 fields are needed (second minute hour day-of-month month day-of-week [year]), not ";

const std::string five_fields =
    "; seconds come first and one of the day fields is ?, or write dialect: unix for the five fields of Unix cron";

TEST(CronError, TheNumberOfFieldsIsSixOrSeven) {
  EXPECT_EQ(refusal(""), "1: " + fields_needed + "0");
  EXPECT_EQ(refusal(" \t "), "1: " + fields_needed + "0");
  EXPECT_EQ(refusal("54 *"), "5: " + fields_needed + "2");
  EXPECT_EQ(refusal("*/5 * * * *"), "12: " + fields_needed + "5" + five_fields);
  EXPECT_EQ(refusal("6 * 0/6 * * ? 2027 * * *"), "20: " + fields_needed + "10");
  EXPECT_EQ(refusal("@daily"), "7: " + fields_needed + "1; @daily belongs to dialect: unix");
  EXPECT_EQ(refusal("@every 30s"), "11: " + fields_needed + "2; @every belongs to dialect: unix");
}

TEST(CronError, ExactlyOneDayFieldIsAQuestionMark) {
  EXPECT_EQ(refusal("* * * * * *"),
            "11: day-of-week: exactly one of day-of-month and day-of-week must be ?, here neither is");
  EXPECT_EQ(refusal("52 45 0/6 ? 12 ?"),
            "16: day-of-week: exactly one of day-of-month and day-of-week must be ?, here both are");
  EXPECT_EQ(refusal("0 ? 0 * * ?"), "3: minute: ? belongs only in day-of-month or day-of-week");
  EXPECT_EQ(refusal("44 0 * * 1 ? ?"), "14: year: ? belongs only in day-of-month or day-of-week");
  EXPECT_EQ(refusal("48 14 10 5 * ?,2"), "14: day-of-week: ? stands alone, not in \"?,2\"");
  EXPECT_EQ(refusal("23 0 * 5? * ?"), "9: day-of-month: unexpected \"?\" in \"5?\"");
  EXPECT_EQ(refusal("0 0 0 ?5 * ?"), "7: day-of-month: ? stands alone, not in \"?5\"");
  EXPECT_EQ(refusal("0 0 0 ?5 * 2"), "7: day-of-month: ? stands alone, not in \"?5\"");
  EXPECT_EQ(refusal("0 0 0 2? * MON"), "8: day-of-month: unexpected \"?\" in \"2?\"");
  EXPECT_EQ(refusal("0 0 0 5 * ?#2"), "11: day-of-week: ? stands alone, not in \"?#2\"");
}

TEST(CronError, ValuesLieInTheirFieldsRange) {
  EXPECT_EQ(refusal("97 * * * * ?"), "1: second: 97 is not in 0-59");
  EXPECT_EQ(refusal("0 60 * * * ?"), "3: minute: 60 is not in 0-59");
  EXPECT_EQ(refusal("0 0 24 * * ?"), "5: hour: 24 is not in 0-23");
  EXPECT_EQ(refusal("0 0 0 0 * ?"), "7: day-of-month: 0 is not in 1-31");
  EXPECT_EQ(refusal("0 0 0 32W * ?"), "7: day-of-month: 32 is not in 1-31");
  EXPECT_EQ(refusal("0 0 0 * 13 ?"), "9: month: 13 is not in 1-12");
  EXPECT_EQ(refusal("0 0 0 ? * 0#2"), "11: day-of-week: 0 is not in 1-7");
  EXPECT_EQ(refusal("0 0 0 ? * 8"), "11: day-of-week: 8 is not in 1-7");
  EXPECT_EQ(refusal("0 0 0 * * ? 1969"), "13: year: 1969 is not in 1970-2199");
  EXPECT_EQ(refusal("0 0 0 * * ? 2026,2200"), "18: year: 2200 is not in 1970-2199");
  EXPECT_EQ(refusal("5 2147483648 * * * ?"), "3: minute: 2147483648 is not in 0-59");
  EXPECT_EQ(refusal("5 99999999999999999999999 * * * ?"), "3: minute: 99999999999999999999999 is not in 0-59");
  EXPECT_EQ(refusal("0 7-95 * * * ?"), "5: minute: 95 is not in 0-59");
  EXPECT_EQ(refusal("0 0 0 99 * ?"), "7: day-of-month: 99 is not in 1-31"); // Quartz's internal mark for *
}

TEST(CronError, StepsAreAtLeastOneAndAtMostTheFieldsLimit) {
  EXPECT_EQ(refusal("0/0 * * * * ?"), "3: second: the step 0 is not in 1-59");
  EXPECT_EQ(refusal("*/60 * * * * ?"), "3: second: the step 60 is not in 1-59");
  EXPECT_EQ(refusal("0 1/ * * * ?"), "5: minute: a step of 1-59 must follow the /");
  EXPECT_EQ(refusal("0 0 / * * ?"), "6: hour: a step of 1-23 must follow the /");
  EXPECT_EQ(refusal("0 0 /24 * * ?"), "6: hour: the step 24 is not in 1-23");
  EXPECT_EQ(refusal("0 0/-5 * * * ?"), "5: minute: a step of 1-59 must follow the /");
  EXPECT_EQ(refusal("0 0 0 1/32 * ?"), "9: day-of-month: the step 32 is not in 1-31");
  EXPECT_EQ(refusal("0 0 0 1 1/13 ?"), "11: month: the step 13 is not in 1-12");
  EXPECT_EQ(refusal("0 0 0 ? * 2-6/8"), "15: day-of-week: the step 8 is not in 1-7");
  EXPECT_EQ(refusal("0 10-51/70 * * * ?"), "9: minute: the step 70 is not in 1-59");
  EXPECT_EQ(refusal("0 1/5/7 * * * ?"), "6: minute: unexpected \"/7\" in \"1/5/7\"");
  EXPECT_EQ(refusal("0 1/X * * * ?"), "5: minute: a step of 1-59 must follow the /");
  EXPECT_EQ(refusal("0 0 0 1 1 ? 2026/230"), "18: year: the step 230 is not in 1-229");
}

TEST(CronError, RangesHaveTwoEndsOfOneKind) {
  EXPECT_EQ(refusal("0 5- * * * ?"), "5: minute: the range \"5-\" has no end");
  EXPECT_EQ(refusal("0 5-* * * * ?"), "5: minute: the range \"5-*\" has no end");
  EXPECT_EQ(refusal("0 -5 * * * ?"), "3: minute: unexpected \"-5\"");
  EXPECT_EQ(refusal("0 0 1-2-3 * * ?"), "8: hour: unexpected \"-3\" in \"1-2-3\"");
  EXPECT_EQ(refusal("0 0 0 1 1-2- ?"), "12: month: unexpected \"-\" in \"1-2-\"");
  EXPECT_EQ(refusal("0 0 0 * JAN-3 ?"), "9: month: the range \"JAN-3\" mixes a name and a number");
  EXPECT_EQ(refusal("0 0 0 ? * 2-FRI"), "11: day-of-week: the range \"2-FRI\" mixes a name and a number");
  EXPECT_EQ(refusal("0 0 0 * * ? 2034-2022"),
            "13: year: the range \"2034-2022\" runs backwards, and years do not wrap round");
}

TEST(CronError, NamesAreThreeLettersOfTheirOwnField) {
  EXPECT_EQ(refusal("0 0 0 * JANUARY ?"), "9: month: \"JANUARY\" is not a month (JAN-DEC or 1-12)");
  EXPECT_EQ(refusal("0 0 0 * JAN-FOO ?"), "13: month: \"FOO\" is not a month (JAN-DEC or 1-12)");
  EXPECT_EQ(refusal("0 0 0 * MON ?"), "9: month: \"MON\" is not a month (JAN-DEC or 1-12)");
  EXPECT_EQ(refusal("0 0 0 * JAN* ?"), "12: month: unexpected \"*\" in \"JAN*\"");
  EXPECT_EQ(refusal("0 0 0 ? * MO"), "11: day-of-week: \"MO\" is not a weekday (SUN-SAT or 1-7, 1 is Sunday)");
  EXPECT_EQ(refusal("0 0 0 ? * MONDAY"), "11: day-of-week: \"MONDAY\" is not a weekday (SUN-SAT or 1-7, 1 is Sunday)");
  EXPECT_EQ(refusal("0 0 0 ? * WEDS-X"), "11: day-of-week: \"WEDS\" is not a weekday (SUN-SAT or 1-7, 1 is Sunday)");
  EXPECT_EQ(refusal("0 30 Ralf * * ?"), "6: hour: \"Ralf\" is not a number");
  EXPECT_EQ(refusal("JAN * * * * ?"), "1: second: \"JAN\" is not a number");
  EXPECT_EQ(refusal("0 0 0 * * ? X"), "13: year: \"X\" is not a number");
}

TEST(CronError, LAndWAndNthStandInTheirOwnFields) {
  EXPECT_EQ(refusal("L * * * * ?"), "1: second: L belongs only in day-of-month or day-of-week");
  EXPECT_EQ(refusal("0 0 0L * * ?"), "6: hour: L belongs only in day-of-month or day-of-week");
  EXPECT_EQ(refusal("0 0 0 * L ?"), "9: month: L belongs only in day-of-month or day-of-week");
  EXPECT_EQ(refusal("0 0 0 * JANL ?"), "9: month: \"JANL\" is not a month (JAN-DEC or 1-12)");
  EXPECT_EQ(refusal("0 0 0 5L * ?"), "8: day-of-month: unexpected \"L\" in \"5L\"");
  EXPECT_EQ(refusal("1W * * * * ?"), "2: second: W belongs only in day-of-month");
  EXPECT_EQ(refusal("0 0 0 ? * 2W"), "12: day-of-week: W belongs only in day-of-month");
  EXPECT_EQ(refusal("0 0 0 W * ?"), "7: day-of-month: \"W\" is not a number");
  EXPECT_EQ(refusal("0 0 5#2 * * ?"), "6: hour: # belongs only in day-of-week");
  EXPECT_EQ(refusal("0 0 0 5#2 * ?"), "8: day-of-month: # belongs only in day-of-week");
}

TEST(CronError, DaysOfTheMonthByLAndW) {
  EXPECT_EQ(refusal("0 0 0 L-31 * ?"), "9: day-of-month: 31 in L-n is not in 0-30");
  EXPECT_EQ(refusal("0 0 0 L- * ?"), "9: day-of-month: a number of days, 0-30, must follow L-");
  EXPECT_EQ(refusal("0 0 0 LX * ?"), "8: day-of-month: unexpected \"X\" in \"LX\"");
  EXPECT_EQ(refusal("0 0 0 LW-3 * ?"), "9: day-of-month: unexpected \"-3\" in \"LW-3\"");
  EXPECT_EQ(refusal("0 0 0 L/2 * ?"), "8: day-of-month: unexpected \"/2\" in \"L/2\"");
  EXPECT_EQ(refusal("0 0 0 1W5 * ?"), "9: day-of-month: unexpected \"5\" in \"1W5\"");
  EXPECT_EQ(refusal("0 0 0 1-15W * ?"), "11: day-of-month: unexpected \"W\" in \"1-15W\"");
}

TEST(CronError, WeekdaysByLAndNthStandAlone) {
  EXPECT_EQ(refusal("0 0 0 ? * 6L,2"), "11: day-of-week: \"6L\" cannot stand in a list");
  EXPECT_EQ(refusal("0 0 0 ? * 2,L"), "13: day-of-week: \"L\" cannot stand in a list");
  EXPECT_EQ(refusal("0 0 0 ? * MON#1,FRI"), "11: day-of-week: \"MON#1\" cannot stand in a list");
  EXPECT_EQ(refusal("0 0 0 ? * 2,6#3"), "13: day-of-week: \"6#3\" cannot stand in a list");
  EXPECT_EQ(refusal("0 0 0 ? * MON-FRI#2"), "18: day-of-week: unexpected \"#2\" in \"MON-FRI#2\"");
  EXPECT_EQ(refusal("0 0 0 ? * 2-6L"), "14: day-of-week: unexpected \"L\" in \"2-6L\"");
  EXPECT_EQ(refusal("0 0 0 ? * 2L5"), "13: day-of-week: unexpected \"5\" in \"2L5\"");
  EXPECT_EQ(refusal("0 0 0 ? * 2#"), "13: day-of-week: a number of 1-5 must follow the #");
  EXPECT_EQ(refusal("0 0 0 ? * 2#0"), "13: day-of-week: 0 after # is not in 1-5");
  EXPECT_EQ(refusal("0 0 0 ? * 2#11"), "13: day-of-week: 11 after # is not in 1-5");
  EXPECT_EQ(refusal("0 0 0 ? * LX"), "11: day-of-week: \"LX\" is not a weekday (SUN-SAT or 1-7, 1 is Sunday)");
}

TEST(CronError, WhatQuartzIgnoresIsRefused) {
  EXPECT_EQ(refusal("10am * * * * ?"), "3: second: unexpected \"am\" in \"10am\"");
  EXPECT_EQ(refusal("0 *5 * * * ?"), "4: minute: unexpected \"5\" in \"*5\"");
  EXPECT_EQ(refusal("0 ** * * * ?"), "4: minute: unexpected \"*\" in \"**\"");
  EXPECT_EQ(refusal("0 *-5 * * * ?"), "4: minute: unexpected \"-5\" in \"*-5\"");
  EXPECT_EQ(refusal("0 0 0 * 5:30 ?"), "10: month: unexpected \":30\" in \"5:30\"");
  EXPECT_EQ(refusal("1 * . * * ?"), "5: hour: unexpected \".\"");
  EXPECT_EQ(refusal("0 1,2, * * * ?"), "7: minute: a value is missing after the comma");
  EXPECT_EQ(refusal("0 1,,2 * * * ?"), "5: minute: a value is missing after the comma");
  EXPECT_EQ(refusal("0 ,1 * * * ?"), "3: minute: a value is missing before the comma");
  EXPECT_EQ(refusal("0 0 10 * * ?,"), "12: day-of-week: ? stands alone, not in \"?,\"");
}

TEST(CronError, ColumnsCountFromTheStartOfTheTextWhateverTheBlanks) {
  EXPECT_EQ(refusal("\t 0   70 * * * ?"), "7: minute: 70 is not in 0-59");
  EXPECT_EQ(refusal("0 0\n0 * * ?"), "12: " + fields_needed + "5" + five_fields);
}

TEST(CronError, TheFirstFieldThatIsWrongIsNamed) {
  EXPECT_EQ(refusal("0 70 99 * * *"), "3: minute: 70 is not in 0-59");
}

TEST(CronError, AZoneThatTheDataDoesNotKnowIsRefused) {
  EXPECT_EQ(refusal("0 0 0 * * ?", "Mars/Olympus"), "1: timezone: \"Mars/Olympus\" is not a name of the zone data (an "
                                                    "IANA name such as Europe/Berlin or UTC)");
  EXPECT_EQ(refusal("0 0 0 * * ?", ""),
            "1: timezone: \"\" is not a name of the zone data (an IANA name such as Europe/Berlin or UTC)");
}

} // namespace
} // namespace xxl::schedule
