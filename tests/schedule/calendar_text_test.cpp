// The language of calendars, and the whole text of each refusal with its column.

#include "schedule/calendar_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xxl::schedule {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

/// "column: message" of the refusal, "accepted" if there is none.
template <class Answer> std::string refusal(const Answer& answer) {
  const auto* error = std::get_if<parse_error>(&answer);
  return error == nullptr ? "accepted" : std::to_string(error->column) + ": " + error->message;
}

TEST(CalendarText, ADateStandsForOneDayOrForOneOfEachYear) {
  EXPECT_EQ(std::get<date_range>(parse_dates("2026-10-01")),
            date_range(dates{2026y / October / 1, 2026y / October / 1}));
  EXPECT_EQ(std::get<date_range>(parse_dates("12-25")), date_range(yearly_dates{December / 25, December / 25}));
  EXPECT_EQ(std::get<date_range>(parse_dates("02-29")), date_range(yearly_dates{February / 29, February / 29}));
  EXPECT_EQ(std::get<date_range>(parse_dates("2024-02-29")),
            date_range(dates{2024y / February / 29, 2024y / February / 29}));
}

TEST(CalendarText, ARangeHasTwoDatesOfOneKind) {
  EXPECT_EQ(std::get<date_range>(parse_dates("2026-10-01..2026-10-07")),
            date_range(dates{2026y / October / 1, 2026y / October / 7}));
  EXPECT_EQ(std::get<date_range>(parse_dates("2026-12-24..2027-01-02")),
            date_range(dates{2026y / December / 24, 2027y / January / 2}));
  EXPECT_EQ(std::get<date_range>(parse_dates("12-24..01-02")), date_range(yearly_dates{December / 24, January / 2}));
  EXPECT_EQ(std::get<date_range>(parse_dates("1970-01-01..2199-12-31")),
            date_range(dates{1970y / January / 1, 2199y / December / 31}));
  EXPECT_EQ(refusal(parse_dates("2026-10-01..10-07")),
            "1: \"2026-10-01..10-07\" mixes a full date and one of each year");
  EXPECT_EQ(refusal(parse_dates("2026-10-07..2026-10-01")),
            "1: \"2026-10-07..2026-10-01\" runs backwards: only dates of each year go over New Year");
}

TEST(CalendarText, ADateExists) {
  EXPECT_EQ(refusal(parse_dates("2026-02-29")), "1: \"2026-02-29\" does not exist");
  EXPECT_EQ(refusal(parse_dates("2026-13-01")), "1: \"2026-13-01\" does not exist");
  EXPECT_EQ(refusal(parse_dates("2026-00-01")), "1: \"2026-00-01\" does not exist");
  EXPECT_EQ(refusal(parse_dates("2026-04-01..2026-04-31")), "13: \"2026-04-31\" does not exist");
  EXPECT_EQ(refusal(parse_dates("02-30")), "1: \"02-30\" exists in no year");
  EXPECT_EQ(refusal(parse_dates("12-24..12-32")), "8: \"12-32\" exists in no year");
  EXPECT_EQ(refusal(parse_dates("12-00")), "1: \"12-00\" exists in no year");
  EXPECT_EQ(refusal(parse_dates("1969-12-31")), "1: \"1969-12-31\" is not in the years 1970-2199");
  EXPECT_EQ(refusal(parse_dates("2199-12-31..2200-01-01")), "13: \"2200-01-01\" is not in the years 1970-2199");
}

TEST(CalendarText, ADateHasAllItsDigitsAndNothingElse) {
  const std::string rest = " is no date: write 2026-10-01, or 10-01 for each year";
  EXPECT_EQ(refusal(parse_dates("")), "1: \"\"" + rest);
  EXPECT_EQ(refusal(parse_dates("..")), "1: \"\"" + rest);
  EXPECT_EQ(refusal(parse_dates("2026-10-1")), "1: \"2026-10-1\"" + rest);
  EXPECT_EQ(refusal(parse_dates("2026/10/01")), "1: \"2026/10/01\"" + rest);
  EXPECT_EQ(refusal(parse_dates("2026-10-01 ")), "1: \"2026-10-01 \"" + rest);
  EXPECT_EQ(refusal(parse_dates("+026-10-01")), "1: \"+026-10-01\"" + rest);
  EXPECT_EQ(refusal(parse_dates("2026-10-01..")), "13: \"\"" + rest);
  EXPECT_EQ(refusal(parse_dates("2026-10-01..2026-10-02..2026-10-03")), "13: \"2026-10-02..2026-10-03\"" + rest);
  EXPECT_EQ(refusal(parse_dates("2026-10-01-2026-10-07")), "1: \"2026-10-01-2026-10-07\"" + rest);
  EXPECT_EQ(refusal(parse_dates(std::string(100'000, '1'))), "1: \"" + std::string(40, '1') + "...\"" + rest);
}

TEST(CalendarText, AWindowIsTwoTimesOfOneDay) {
  EXPECT_EQ(std::get<time_window>(parse_time_window("08:00-18:00")), (time_window{8h, 18h}));
  EXPECT_EQ(std::get<time_window>(parse_time_window("08:00:30-24:00")), (time_window{8h + 30s, 24h}));
  EXPECT_EQ(std::get<time_window>(parse_time_window("00:00-23:59:59")), (time_window{0s, 24h - 1s}));
  EXPECT_EQ(refusal(parse_time_window("18:00-08:00")),
            "1: \"18:00-08:00\" runs backwards: over midnight write two windows, up to 24:00 and from 00:00");
  EXPECT_EQ(refusal(parse_time_window("08:00-08:00")),
            "1: \"08:00-08:00\" is empty: the first time is the earlier one");
  EXPECT_EQ(refusal(parse_time_window("08:00")), "1: \"08:00\" is no time window: write 08:00-18:00");
  EXPECT_EQ(refusal(parse_time_window("08:00..18:00")), "1: \"08:00..18:00\" is no time window: write 08:00-18:00");
}

TEST(CalendarText, ATimeLiesInItsDay) {
  EXPECT_EQ(refusal(parse_time_window("08:60-18:00")), "1: \"08:60\" is not in 00:00-24:00");
  EXPECT_EQ(refusal(parse_time_window("08:00-24:01")), "7: \"24:01\" is not in 00:00-24:00");
  EXPECT_EQ(refusal(parse_time_window("08:00-24:00:01")), "7: \"24:00:01\" is not in 00:00-24:00");
  EXPECT_EQ(refusal(parse_time_window("08:00:60-09:00")), "1: \"08:00:60\" is not in 00:00-24:00");
  EXPECT_EQ(refusal(parse_time_window("99:99-24:00")), "1: \"99:99\" is not in 00:00-24:00");
  EXPECT_EQ(refusal(parse_time_window("8:00-18:00")), "1: \"8:00\" is no time of the day: write 08:00 or 08:00:30");
  EXPECT_EQ(refusal(parse_time_window("08:00-6pm")), "7: \"6pm\" is no time of the day: write 08:00 or 08:00:30");
  EXPECT_EQ(refusal(parse_time_window("08:00-18:00-19:00")),
            "7: \"18:00-19:00\" is no time of the day: write 08:00 or 08:00:30");
  EXPECT_EQ(refusal(parse_time_window("-")), "1: \"\" is no time of the day: write 08:00 or 08:00:30");
}

TEST(CalendarText, AWeekdayIsOneOfSevenNames) {
  EXPECT_EQ(std::get<unsigned>(parse_weekday("SUN")), 0U);
  EXPECT_EQ(std::get<unsigned>(parse_weekday("sat")), 6U);
  EXPECT_EQ(std::get<unsigned>(parse_weekday("Wed")), 3U);
  const std::string rest = " is no weekday: write SUN, MON, TUE, WED, THU, FRI or SAT";
  EXPECT_EQ(refusal(parse_weekday("SATURDAY")), "1: \"SATURDAY\"" + rest);
  EXPECT_EQ(refusal(parse_weekday("7")), "1: \"7\"" + rest);
  EXPECT_EQ(refusal(parse_weekday("")), "1: \"\"" + rest);
}

} // namespace
} // namespace xxl::schedule
