// Windows of validity, and what becomes of fires that a calendar excludes.

#include "schedule/misfire.hpp"
#include "schedule/narrowing.hpp"
#include "tests/schedule/agreement.hpp"
#include "tests/schedule/instants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
constexpr std::uint8_t weekend = 1 | 1 << 6, every_weekday = 0x7F;
constexpr std::array<on_excluded, 3> all_ways{on_excluded::skip, on_excluded::next, on_excluded::previous};

std::shared_ptr<const calendar> made(const calendar_rules& rules) { return std::make_shared<const calendar>(rules); }

narrowing observing(const calendar_rules& rules, on_excluded what = on_excluded::skip, std::string zone = "UTC") {
  return {.observed = made(rules), .zone = std::move(zone), .what = what};
}

template <class Function> std::string refusal(Function f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

// --- the window ---

TEST(Window, BothItsEndsAreIncluded) {
  const auto t =
      narrowed(make_cron("0 0 9 * * ?"), {.from = utc("2026-03-02T09:00:00Z"), .until = utc("2026-03-05T09:00:00Z")});
  EXPECT_EQ(t.what(), timetable::kind::cron);
  EXPECT_THAT(walk(t, instant::min(), 9), ElementsAre(utc("2026-03-02T09:00:00Z"), utc("2026-03-03T09:00:00Z"),
                                                      utc("2026-03-04T09:00:00Z"), utc("2026-03-05T09:00:00Z")));
  EXPECT_EQ(t.count(instant::min(), instant::max(), all), 4);
  EXPECT_EQ(t.last(instant::min(), instant::max()), utc("2026-03-05T09:00:00Z"));
  EXPECT_EQ(t.last(instant::min(), utc("2026-03-02T08:59:59Z")), std::nullopt);
  EXPECT_EQ(t.count(utc("2026-03-05T09:00:00Z"), instant::max(), all), 0);
}

TEST(Window, OneInstantMayBeAllOfIt) {
  const auto noon = utc("2026-03-02T12:00:00Z");
  EXPECT_THAT(walk(narrowed(every(1h, std::nullopt), {.from = noon, .until = noon}), instant::min(), 9),
              ElementsAre(noon));
  EXPECT_THAT(walk(narrowed(every(1h, std::nullopt), {.from = noon + 1ms, .until = noon + 1min}), instant::min(), 9),
              IsEmpty());
}

TEST(Window, OneSideMayBeOpen) {
  const auto t = narrowed(every(1h, std::nullopt), {.until = utc("2026-03-02T12:59:00Z")});
  EXPECT_EQ(t.last(instant::min(), instant::max()), utc("2026-03-02T12:00:00Z"));
  EXPECT_EQ(narrowed(at(instant::min() + 1ms), {.from = instant::min()}).next(instant::min()), instant::min() + 1ms);
  EXPECT_EQ(narrowed(at(instant::max()), {.until = instant::max()}).next(instant::min()), instant::max());
  EXPECT_EQ(narrowed(at(instant{}), {}).next(instant::min()), instant{});
}

TEST(Window, HoldsForWhatAFireIsMovedTo) {
  auto n = observing({.exclude_weekdays = weekend}, on_excluded::next);
  n.until = utc("2026-03-08T23:59:59Z"); // Sunday
  EXPECT_EQ(walk(narrowed(make_cron("0 0 9 * * ?"), n), utc("2026-03-06T00:00:00Z"), 9).size(), 1U);
  EXPECT_EQ(moved(utc("2026-03-08T09:00:00Z"), n), std::nullopt);
  n.until = utc("2026-03-09T09:00:00Z");
  n.from = n.until;
  EXPECT_EQ(fires(narrowed(make_cron("0 0 9 ? * SUN"), n), "2026-03-01T00:00:00Z", 9),
            std::vector<std::string>{"2026-03-09T09:00:00Z"});
}

TEST(Narrowed, NoneStaysAsItIs) {
  EXPECT_EQ(narrowed(timetable{}, observing({.exclude_weekdays = every_weekday})).what(), timetable::kind::none);
}

TEST(Narrowed, AFixedDelayGoesOnAtTheNextIncludedInstant) {
  for (const auto what : all_ways) {
    auto n = observing({.exclude_weekdays = weekend}, what);
    const auto t = narrowed(after(5s), n);
    EXPECT_EQ(t.what(), timetable::kind::after);
    EXPECT_EQ(t.after_end(utc("2026-03-06T12:00:00Z")), utc("2026-03-06T12:00:05Z"));
    EXPECT_EQ(t.after_end(utc("2026-03-06T23:59:58Z")), utc("2026-03-09T00:00:00Z"));
    n.until = utc("2026-03-08T00:00:00Z");
    EXPECT_EQ(narrowed(after(5s), n).after_end(utc("2026-03-06T23:59:58Z")), std::nullopt) << "it has ended";
  }
}

TEST(Narrowed, WhatMakesNoSenseIsRefused) {
  const auto n = observing({}, on_excluded::next, "Mars/Olympus");
  EXPECT_EQ(refusal([&] { return narrowed(at(instant{}), n); }),
            "timezone: \"Mars/Olympus\" is not a name of the zone data");
  EXPECT_EQ(refusal([&] { return moved(instant{}, n); }), "timezone: \"Mars/Olympus\" is not a name of the zone data");
  EXPECT_EQ(refusal([&] { return first_included(instant{}, n); }),
            "timezone: \"Mars/Olympus\" is not a name of the zone data");
  EXPECT_EQ(refusal([] { return narrowed(at(instant{}), {.from = instant{1ms}, .until = instant{}}); }),
            "until is earlier than from");
}

// --- excluded days ---

TEST(OnExcluded, SkipDropsTheFire) {
  const auto t = narrowed(make_cron("0 0 9 * * ?"), observing({.exclude_weekdays = weekend}));
  EXPECT_THAT(fires(t, "2026-03-05T09:00:00Z", 2), ElementsAre("2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z"));
}

TEST(OnExcluded, NextAndPreviousKeepTheTimeOfDay) {
  const auto sunday = make_cron("0 0 9 ? * SUN");
  EXPECT_THAT(
      fires(narrowed(sunday, observing({.exclude_weekdays = weekend}, on_excluded::next)), "2026-03-05T00:00:00Z", 2),
      ElementsAre("2026-03-09T09:00:00Z", "2026-03-16T09:00:00Z"));
  EXPECT_THAT(fires(narrowed(sunday, observing({.exclude_weekdays = weekend}, on_excluded::previous)),
                    "2026-03-05T00:00:00Z", 2),
              ElementsAre("2026-03-06T09:00:00Z", "2026-03-13T09:00:00Z"));
}

TEST(OnExcluded, FiresThatMeetAreOne) {
  const auto t = narrowed(make_cron("0 0 9 * * ?"), observing({.exclude_weekdays = weekend}, on_excluded::next));
  EXPECT_THAT(fires(t, "2026-03-06T00:00:00Z", 3),
              ElementsAre("2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z"));
  EXPECT_EQ(t.count(utc("2026-03-06T00:00:00Z"), utc("2026-03-13T00:00:00Z"), all), 5);
}

TEST(OnExcluded, MovedFiresMayChangeTheirOrder) {
  // Saturday 10:00 and Sunday 08:00
  const auto t =
      narrowed(make_cron("0 0 8/2 ? * SAT,SUN"), observing({.exclude_weekdays = weekend}, on_excluded::next));
  EXPECT_THAT(fires(t, "2026-03-08T12:00:00Z", 2), ElementsAre("2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z"));
}

TEST(OnExcluded, TheFirstAndTheLastIncludedDayEndTheSearch) {
  const calendar_rules one_day{.include = {dates{2026y / March / 4, 2026y / March / 4}},
                               .exclude_weekdays = every_weekday};
  const auto t = make_cron("0 0 9 ? * FRI");
  EXPECT_THAT(fires(narrowed(t, observing(one_day, on_excluded::next)), "1970-01-01T00:00:00Z", 3),
              ElementsAre("2026-03-04T09:00:00Z"));
  EXPECT_THAT(fires(narrowed(t, observing(one_day, on_excluded::previous)), "1970-01-01T00:00:00Z", 3),
              ElementsAre("2026-03-04T09:00:00Z"));
  EXPECT_THAT(fires(narrowed(t, observing(one_day)), "1970-01-01T00:00:00Z", 3), IsEmpty());
  EXPECT_EQ(moved(utc("2026-03-05T09:00:00Z"), observing(one_day, on_excluded::next)), std::nullopt);
  EXPECT_EQ(moved(utc("2026-03-03T09:00:00Z"), observing(one_day, on_excluded::previous)), std::nullopt);
}

TEST(OnExcluded, OutsideTheCalendarsYearsThereIsNoFire) {
  for (const auto what : all_ways) {
    const auto t = narrowed(every(24h, std::nullopt), observing({}, what));
    EXPECT_EQ(t.next(instant::min()), utc("1970-01-01T00:00:00Z"));
    EXPECT_EQ(t.last(instant::min(), instant::max()), utc("2199-12-31T00:00:00Z"));
    EXPECT_EQ(t.next(utc("2199-12-31T00:00:00Z")), std::nullopt);
    EXPECT_EQ(t.count(instant::min(), instant::max(), all), (day_set::end - day_set::begin).count());
    EXPECT_EQ(moved(utc("1969-12-31T12:00:00Z"), observing({}, what)), std::nullopt);
    EXPECT_EQ(moved(instant::min(), observing({}, what)), std::nullopt);
    EXPECT_EQ(moved(instant::max(), observing({}, what)), std::nullopt);
  }
}

// --- hours ---

const calendar_rules office{.exclude_weekdays = weekend, .hours = {{8h, 12h}, {13h, 18h}}};

TEST(Hours, BothEndsOfAWindowAreInside) {
  const auto t = narrowed(every(30min, std::nullopt), observing({.hours = {{8h, 9h}}}));
  EXPECT_THAT(fires(t, "2026-03-02T00:00:00Z", 4), ElementsAre("2026-03-02T08:00:00Z", "2026-03-02T08:30:00Z",
                                                               "2026-03-02T09:00:00Z", "2026-03-03T08:00:00Z"));
  const auto odd = narrowed(at(utc("2026-03-02T09:00:00.001Z")), observing({.hours = {{8h, 9h}}}));
  EXPECT_EQ(odd.next(instant::min()), std::nullopt);
}

TEST(Hours, NextGoesToTheStartOfTheNextWindow) {
  const auto n = observing(office, on_excluded::next);
  EXPECT_EQ(moved(utc("2026-03-06T07:59:59Z"), n), utc("2026-03-06T08:00:00Z"));
  EXPECT_EQ(moved(utc("2026-03-06T12:30:00Z"), n), utc("2026-03-06T13:00:00Z"));
  EXPECT_EQ(moved(utc("2026-03-06T18:00:00.001Z"), n), utc("2026-03-09T08:00:00Z")); // Friday to Monday
  EXPECT_EQ(moved(utc("2026-03-07T18:30:00Z"), n), utc("2026-03-10T08:00:00Z"));     // Saturday, Monday 18:30, Tuesday
  EXPECT_EQ(moved(utc("2026-03-06T17:00:00Z"), n), utc("2026-03-06T17:00:00Z"));
}

TEST(Hours, PreviousGoesToTheEndOfTheLastWindow) {
  const auto n = observing(office, on_excluded::previous);
  EXPECT_EQ(moved(utc("2026-03-06T18:30:00Z"), n), utc("2026-03-06T18:00:00Z"));
  EXPECT_EQ(moved(utc("2026-03-06T12:30:00Z"), n), utc("2026-03-06T12:00:00Z"));
  EXPECT_EQ(moved(utc("2026-03-09T07:00:00Z"), n), utc("2026-03-06T18:00:00Z")); // Monday to Friday
  EXPECT_EQ(moved(utc("2026-03-08T07:00:00Z"), n), utc("2026-03-05T18:00:00Z")); // Sunday, Friday 7:00, Thursday
}

TEST(Hours, EachWindowHasItsFireAtTheEdge) {
  const auto t = narrowed(every(1h, utc("2026-03-06T00:10:00Z")), observing({.hours = {{8h, 9h}}}, on_excluded::next));
  EXPECT_THAT(fires(t, "2026-03-06T00:00:00Z", 4), ElementsAre("2026-03-06T08:00:00Z", "2026-03-06T08:10:00Z",
                                                               "2026-03-07T08:00:00Z", "2026-03-07T08:10:00Z"));
  const auto back =
      narrowed(every(1h, utc("2026-03-06T00:10:00Z")), observing({.hours = {{8h, 9h}}}, on_excluded::previous));
  EXPECT_THAT(fires(back, "2026-03-06T00:00:00Z", 3),
              ElementsAre("2026-03-06T08:10:00Z", "2026-03-06T09:00:00Z", "2026-03-07T08:10:00Z"));
  EXPECT_EQ(back.next(instant::min()), utc("2026-03-05T09:00:00Z")); // of 00:10 to 07:10 on the 6th
}

TEST(Hours, AWindowUpTo24HoldsTheLastMillisecond) {
  const auto n = observing({.hours = {{22h, 24h}}}, on_excluded::previous);
  EXPECT_EQ(moved(utc("2026-03-06T23:59:59.999Z"), n), utc("2026-03-06T23:59:59.999Z"));
  EXPECT_EQ(moved(utc("2026-03-07T00:00:00Z"), n), utc("2026-03-06T23:59:59.999Z"));
}

// --- clocks that change ---

TEST(OnExcluded, ADayOf23Or25HoursIsOneDay) {
  // Berlin: 2026-03-29 has 23 hours, 2026-10-25 has 25; both are Sundays
  const auto hourly = every(1h, std::nullopt);
  const auto no_sundays = narrowed(hourly, observing({.exclude_weekdays = 1}, on_excluded::skip, "Europe/Berlin"));
  EXPECT_EQ(no_sundays.count(utc("2026-03-27T23:00:00Z"), utc("2026-03-29T22:00:00Z"), all), 24);
  EXPECT_EQ(no_sundays.next(utc("2026-03-28T22:00:00Z")), utc("2026-03-29T22:00:00Z"));
  EXPECT_EQ(no_sundays.next(utc("2026-10-24T21:00:00Z")), utc("2026-10-25T23:00:00Z"));
}

TEST(OnExcluded, InAGapTheFirstInstantAfterItAndInAnOverlapTheLaterOne) {
  const auto saturdays = observing({.exclude_weekdays = 1 << 6}, on_excluded::next, "Europe/Berlin");
  EXPECT_EQ(moved(utc("2026-03-28T01:30:00Z"), saturdays), utc("2026-03-29T01:00:00Z")); // 02:30, to 03:00
  EXPECT_EQ(moved(utc("2026-10-24T00:30:00Z"), saturdays), utc("2026-10-25T01:30:00Z")); // 02:30 CEST to 02:30 CET
  // in Sao Paulo Sunday 2018-11-04 began at 01:00
  const auto brazil = observing({.exclude_weekdays = 1 << 6}, on_excluded::next, "America/Sao_Paulo");
  EXPECT_EQ(moved(utc("2018-11-03T03:15:00Z"), brazil), utc("2018-11-04T03:00:00Z"));
}

TEST(OnExcluded, NoFireGoesToADateThatTheZoneSkips) {
  // Apia had no 2011-12-30
  const calendar_rules no_29th{.exclude = {dates{2011y / December / 29, 2011y / December / 29}}};
  EXPECT_EQ(moved(utc("2011-12-29T19:00:00Z"), observing(no_29th, on_excluded::next, "Pacific/Apia")),
            utc("2011-12-30T19:00:00Z")); // 09:00 on the 29th at UTC-10, to 09:00 on the 31st at UTC+14
  const calendar_rules no_31st{.exclude = {dates{2011y / December / 31, 2011y / December / 31}}};
  EXPECT_EQ(moved(utc("2011-12-30T19:00:00Z"), observing(no_31st, on_excluded::previous, "Pacific/Apia")),
            utc("2011-12-29T19:00:00Z"));
}

// --- what never ends ---

TEST(Narrowed, ACalendarThatExcludesEverythingLeavesNothing) {
  for (const auto what : all_ways) {
    for (const auto& rules : {calendar_rules{.exclude_weekdays = every_weekday},
                              calendar_rules{.hours = {{9h, 10h}}, .bases = {made({.hours = {{11h, 12h}}})}}}) {
      const auto t = narrowed(every(1ms, std::nullopt), observing(rules, what, "Europe/Berlin"));
      EXPECT_EQ(t.next(instant::min()), std::nullopt);
      EXPECT_EQ(t.next(instant{}), std::nullopt);
      EXPECT_EQ(t.next(instant::max()), std::nullopt);
      EXPECT_EQ(t.count(instant::min(), instant::max(), all), 0);
      EXPECT_EQ(t.last(instant::min(), instant::max()), std::nullopt);
    }
  }
}

TEST(Narrowed, AJobOfEverySecondWithOneOpenDayAYearIsNotWalked) {
  const calendar_rules rules{.include = {yearly_dates{July / 1, July / 1}}, .exclude_weekdays = every_weekday};
  for (const auto what : all_ways) {
    const auto t = narrowed(make_cron("* * * * * ?", "Europe/Berlin"), observing(rules, what, "Europe/Berlin"));
    EXPECT_EQ(t.next(utc("2026-07-02T00:00:00Z")), utc("2027-06-30T22:00:00Z"));
    EXPECT_EQ(t.count(utc("2026-01-01T00:00:00Z"), utc("2036-01-01T00:00:00Z"), all), 10 * 86400);
    EXPECT_EQ(t.last(instant::min(), utc("2027-06-30T00:00:00Z")), utc("2026-07-01T21:59:59Z"));
  }
}

TEST(Narrowed, APausedYearIsCounted) {
  for (const auto what : all_ways) {
    const auto t = narrowed(make_cron("* * * * * ?"), observing({.exclude_weekdays = weekend}, what));
    EXPECT_EQ(t.count(utc("2025-12-31T23:59:59Z"), utc("2026-12-31T23:59:59Z"), all), 261 * 86400);
    EXPECT_EQ(t.count(utc("2025-12-31T23:59:59Z"), utc("2026-12-31T23:59:59Z"), 1000), 1000);
  }
}

TEST(Narrowed, ExcludedFiresAreNotMissed) {
  // paused from Friday evening to Monday evening: two weekend fires are not due
  const auto t = narrowed(make_cron("0 0 9 * * ?"), observing({.exclude_weekdays = weekend}));
  EXPECT_EQ(span(t, utc("2026-03-06T09:00:00Z"), utc("2026-03-10T20:00:00Z")),
            (passed_over{utc("2026-03-09T09:00:00Z"), utc("2026-03-10T09:00:00Z"), 2}));
  const auto d =
      decide(t, utc("2026-03-06T09:00:00Z"), utc("2026-03-09T20:00:00Z"), {.misfire = misfire::fire_once}, 5s);
  EXPECT_EQ(d.fire, utc("2026-03-09T09:00:00Z"));
  EXPECT_EQ(d.gap, (passed_over{utc("2026-03-06T09:00:00Z"), utc("2026-03-06T09:00:00Z"), 1}));
}

// --- fixed delays ---

TEST(FirstIncluded, IsTheInstantItselfOrTheNextIncludedOne) {
  auto n = observing(office);
  EXPECT_EQ(first_included(utc("2026-03-06T09:00:00.123Z"), n), utc("2026-03-06T09:00:00.123Z"));
  EXPECT_EQ(first_included(utc("2026-03-06T12:30:00Z"), n), utc("2026-03-06T13:00:00Z"));
  EXPECT_EQ(first_included(utc("2026-03-06T19:00:00Z"), n), utc("2026-03-09T08:00:00Z"));
  n.from = utc("2026-03-10T10:00:00Z");
  EXPECT_EQ(first_included(utc("2026-03-06T19:00:00Z"), n), utc("2026-03-10T10:00:00Z"));
  n.until = n.from;
  EXPECT_EQ(first_included(utc("2026-03-10T10:00:00.001Z"), n), std::nullopt);
  EXPECT_EQ(first_included(instant::max(), observing(office)), std::nullopt);
  EXPECT_EQ(first_included(instant::min(), observing(office)), utc("1970-01-01T08:00:00Z"));
  EXPECT_EQ(first_included(instant::max(), {}), instant::max());
}

} // namespace
} // namespace xxl::schedule::test
