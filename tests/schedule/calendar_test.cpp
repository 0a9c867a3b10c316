// Which days and times a calendar includes.

#include "schedule/calendar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace xxl::schedule {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr std::uint8_t sunday = 1, saturday = 1 << 6;

std::shared_ptr<const calendar> made(const calendar_rules& rules) { return std::make_shared<const calendar>(rules); }

bool includes(const calendar& c, year_month_day date) { return c.days().has(local_days{date}); }

/// The included days of a year.
int days_of(const calendar& c, int y) {
  int n = 0;
  for (local_days d{year{y} / 1 / 1}; d < local_days{year{y + 1} / 1 / 1}; d += days{1}) n += c.days().has(d) ? 1 : 0;
  return n;
}

template <class Function> std::string refusal(Function f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Calendar, WithoutRulesHoldsEveryDayOfItsYearsAndAllDay) {
  const calendar c{{}};
  EXPECT_TRUE(includes(c, 1970y / January / 1));
  EXPECT_TRUE(includes(c, 2199y / December / 31));
  EXPECT_FALSE(includes(c, 1969y / December / 31));
  EXPECT_FALSE(includes(c, 2200y / January / 1));
  EXPECT_EQ(c.days().next(local_days::min()), day_set::begin);
  EXPECT_EQ(c.days().next(local_days::max()), day_set::end);
  EXPECT_EQ(c.days().last(local_days::max()), day_set::end - days{1});
  EXPECT_EQ(c.days().last(local_days::min()), std::nullopt);
  ASSERT_EQ(c.hours().size(), 1U);
  EXPECT_EQ(c.hours()[0].end, 24h);
}

TEST(Calendar, ExcludesDatesRangesAndWeekdays) {
  const calendar c{{.exclude = {dates{2026y / October / 1, 2026y / October / 7}, yearly_dates{May / 1, May / 1}},
                    .exclude_weekdays = sunday | saturday}};
  EXPECT_TRUE(includes(c, 2026y / September / 30));
  EXPECT_FALSE(includes(c, 2026y / October / 1));
  EXPECT_FALSE(includes(c, 2026y / October / 7));
  EXPECT_TRUE(includes(c, 2026y / October / 8));
  EXPECT_FALSE(includes(c, 2026y / October / 10)); // Saturday
  EXPECT_TRUE(includes(c, 2027y / October / 1));
  EXPECT_FALSE(includes(c, 2027y / May / 1));
  EXPECT_FALSE(includes(c, 2198y / May / 1));
  EXPECT_EQ(days_of(c, 2026), 261 - 5 - 1);
}

TEST(Calendar, DatesOfEachYearWrapOverNewYear) {
  const calendar c{{.exclude = {yearly_dates{December / 24, January / 2}}}};
  EXPECT_FALSE(includes(c, 1970y / January / 1));
  EXPECT_FALSE(includes(c, 1970y / January / 2));
  EXPECT_TRUE(includes(c, 1970y / January / 3));
  EXPECT_TRUE(includes(c, 2026y / December / 23));
  EXPECT_FALSE(includes(c, 2026y / December / 24));
  EXPECT_FALSE(includes(c, 2027y / January / 2));
  EXPECT_FALSE(includes(c, 2199y / December / 31));
  EXPECT_EQ(days_of(c, 2026), 365 - 10);
}

TEST(Calendar, The29thOfFebruaryExistsInLeapYearsOnly) {
  const auto excluded = [](yearly_dates range, int y) {
    const calendar c{{.exclude = {range}}};
    return (year{y}.is_leap() ? 366 : 365) - days_of(c, y);
  };
  EXPECT_EQ(excluded({February / 29, February / 29}, 2028), 1);
  EXPECT_EQ(excluded({February / 29, February / 29}, 2027), 0);
  EXPECT_EQ(excluded({February / 29, February / 29}, 2100), 0);
  EXPECT_EQ(excluded({February / 28, March / 1}, 2028), 3);
  EXPECT_EQ(excluded({February / 28, March / 1}, 2027), 2);
  EXPECT_EQ(excluded({February / 29, March / 2}, 2027), 2);
  EXPECT_EQ(excluded({February / 27, February / 29}, 2027), 2);
  EXPECT_EQ(excluded({March / 1, February / 29}, 2027), 365);
  EXPECT_EQ(excluded({March / 1, February / 28}, 2028), 365);
}

TEST(Calendar, IncludeWinsOverItsOwnExclusionsAndThoseOfItsBases) {
  const auto holidays = made({.exclude = {dates{2026y / October / 1, 2026y / October / 7}}});
  const calendar work{
      {.exclude = {dates{2026y / October / 9, 2026y / October / 9}},
       .include = {dates{2026y / October / 5, 2026y / October / 5}, dates{2026y / October / 9, 2026y / October / 10}},
       .exclude_weekdays = sunday | saturday,
       .bases = {holidays}}};
  EXPECT_FALSE(includes(work, 2026y / October / 2));
  EXPECT_TRUE(includes(work, 2026y / October / 5));  // of the base
  EXPECT_TRUE(includes(work, 2026y / October / 9));  // of its own dates
  EXPECT_TRUE(includes(work, 2026y / October / 10)); // of its weekdays
  EXPECT_FALSE(includes(work, 2026y / October / 11));
}

TEST(Calendar, WhatABaseIncludesAnotherOneMayStillExclude) {
  const auto bridge =
      made({.include = {dates{2026y / October / 10, 2026y / October / 10}}, .exclude_weekdays = saturday});
  const auto weekends = made({.exclude_weekdays = sunday | saturday});
  const calendar both{{.bases = {bridge, weekends}}};
  EXPECT_TRUE(includes(*bridge, 2026y / October / 10));
  EXPECT_FALSE(includes(both, 2026y / October / 10));
}

/// "begin-end" in ms since midnight.
std::vector<std::string> hours_of(const calendar& c) {
  std::vector<std::string> result;
  for (const auto& part : c.hours())
    result.push_back(std::to_string(part.begin.count()) + "-" + std::to_string(part.end.count()));
  return result;
}

TEST(Calendar, HoursAreAnyOfItsWindowsAndHoldInEveryBase) {
  const auto hours = [](std::vector<time_window> windows, std::vector<std::shared_ptr<const calendar>> bases = {}) {
    return calendar{{.hours = std::move(windows), .bases = std::move(bases)}};
  };
  EXPECT_THAT(hours_of(hours({{13s, 14s}, {1s, 2s}})), ElementsAre("1000-2001", "13000-14001"));
  EXPECT_THAT(hours_of(hours({{1s, 5s}, {2s, 3s}, {5s, 8s}})), ElementsAre("1000-8001"));
  EXPECT_THAT(hours_of(hours({{23h, 24h}})), ElementsAre("82800000-86400000"));
  const auto morning = std::make_shared<const calendar>(hours({{1s, 10s}, {20s, 30s}}));
  EXPECT_THAT(hours_of(hours({{5s, 25s}}, {morning})), ElementsAre("5000-10001", "20000-25001"));
  EXPECT_THAT(hours_of(hours({}, {morning})), ElementsAre("1000-10001", "20000-30001"));
  EXPECT_THAT(hours_of(hours({{11s, 19s}}, {morning})), ElementsAre());
}

TEST(Calendar, RulesThatMeanNothingAreRefused) {
  const std::string range = "a range of dates has two days that exist, the first one first";
  const std::string window = "a time window lies in one day, and its first time is the earlier one";
  const auto excluding = [](date_range r) { return refusal([r] { return calendar{{.exclude = {r}}}; }); };
  const auto at = [](time_window w) { return refusal([w] { return calendar{{.hours = {w}}}; }); };
  EXPECT_EQ(excluding(dates{2026y / February / 29, 2026y / March / 1}), range);
  EXPECT_EQ(excluding(dates{2026y / March / 2, 2026y / March / 1}), range);
  EXPECT_EQ(excluding(yearly_dates{February / 30, March / 1}), "a date of each year exists in leap years");
  EXPECT_EQ(at({8h, 8h}), window);
  EXPECT_EQ(at({-1s, 8h}), window);
  EXPECT_EQ(at({8h, 24h + 1s}), window);
}

} // namespace
} // namespace xxl::schedule
