// Every error of a list of calendars has a file here, and its whole text is compared.

#include "config/calendar_of.hpp"
#include "config/calendar_reader.hpp"
#include "config/job_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace xxl;
using namespace xxl::config;
using testing::ElementsAre;
using testing::IsEmpty;

/// The calendars of some files, as they are read together.
struct reading {
  explicit reading(std::vector<std::string> texts) {
    for (std::size_t i = 0; i < texts.size(); ++i)
      sources.emplace_back("jobs" + std::to_string(i + 1) + ".yaml", std::move(texts[i]));
    for (auto& source : sources) {
      auto root = parse_yaml(source, problems);
      yaml_reader in{source, problems};
      if (root) files.push_back(read_calendars(in, *root->find("calendars")));
    }
    std::vector<calendar_in_file> all;
    for (std::size_t i = 0; i < files.size(); ++i)
      for (auto& calendar : files[i]) all.push_back({&sources[i], &calendar});
    specs = resolve_calendars(all, problems);
  }

  std::vector<source_text> sources;
  problem_list problems;
  std::vector<std::vector<declared_calendar>> files;
  calendar_specs specs;
};

std::string errors_of(const std::string& yaml) { return report(reading{{yaml}}.problems); }

/// The whole text of an error: place and message, the line, the caret.
std::string at(std::size_t line, std::size_t column, const std::string& message, const std::string& source_line) {
  return "jobs1.yaml:" + std::to_string(line) + ":" + std::to_string(column) + ": " + message + "\n" + source_line +
         "\n" + std::string(column - 1, ' ') + "^";
}

/// A line of a calendar that is right otherwise stands in line 3.
void expect_in_calendar(const std::string& line, std::size_t column, const std::string& message) {
  EXPECT_EQ(errors_of("calendars:\n  - name: work\n    " + line + "\n"), at(3, column, message, "    " + line));
}

std::vector<std::string> names_of(const std::optional<calendar_spec>& spec) {
  std::vector<std::string> names;
  if (spec)
    for (auto& layer : spec->layers) names.push_back(layer.name);
  return names;
}

TEST(CalendarReader, ReadsAllThatACalendarSays) {
  reading r{{R"(calendars:
  - name: work
    exclude: [2026-10-01..2026-10-07, 12-25]
    include: ["2026-10-10"]
    exclude_weekdays: [SAT, sun]
    hours: ["08:00-12:00", 13:00-18:00]
)"}};
  ASSERT_EQ(report(r.problems), "");
  auto& spec = r.specs.at("work");
  ASSERT_TRUE(spec);
  calendar_layer expected{"work", {"2026-10-01..2026-10-07", "12-25"}, {"2026-10-10"},
                          0x41,   {"08:00-12:00", "13:00-18:00"},      {}};
  EXPECT_EQ(spec->layers, std::vector{expected});
  auto made = std::get<0>(calendar_of(*spec));
  using namespace std::chrono;
  EXPECT_FALSE(made->days().has(local_days{year{2026} / 10 / 2}));
  EXPECT_TRUE(made->days().has(local_days{year{2026} / 10 / 10}));
  EXPECT_EQ(made->hours().size(), 2u);
}

TEST(CalendarReader, BasesStandBeforeWhatIsBuiltOnThemAcrossFiles) {
  reading r{{"calendars:\n  - {name: top, calendars: [left, right]}\n  - {name: left, calendars: [ground]}\n",
             "calendars:\n  - {name: right, calendars: [ground], exclude: [05-01]}\n  - name: ground\n"
             "    exclude_weekdays: [SUN]\n"}};
  ASSERT_EQ(report(r.problems), "");
  auto& top = r.specs.at("top");
  EXPECT_THAT(names_of(top), ElementsAre("ground", "left", "right", "top"));
  EXPECT_THAT(top->layers[1].bases, ElementsAre(0));
  EXPECT_THAT(top->layers[2].bases, ElementsAre(0));
  EXPECT_THAT(top->layers[3].bases, ElementsAre(1, 2));
  using namespace std::chrono;
  auto made = std::get<0>(calendar_of(*top));
  EXPECT_FALSE(made->days().has(local_days{year{2027} / 5 / 1}));
  EXPECT_FALSE(made->days().has(local_days{year{2026} / 10 / 4})); // a Sunday
  EXPECT_TRUE(made->days().has(local_days{year{2026} / 10 / 5}));
}

TEST(CalendarReader, EntriesAreRefusedWhereTheyAreWrong) {
  expect_in_calendar("exclude: [2026-02-29]", 15, "exclude: \"2026-02-29\" does not exist");
  expect_in_calendar("exclude: [12-25, 2026-10-01..2026-10-32]", 34, "exclude: \"2026-10-32\" does not exist");
  expect_in_calendar("include: [\"2026-10-01..10-07\"]", 16,
                     "include: \"2026-10-01..10-07\" mixes a full date and one of each year");
  expect_in_calendar("exclude: 12-25", 14, "exclude: expected a list, found 12-25");
  expect_in_calendar("exclude: [[12-25]]", 15, "exclude: expected text, found a list");
  expect_in_calendar("exclude_weekdays: [SAT, Sonntag]", 29,
                     "exclude_weekdays: \"Sonntag\" is no weekday: write SUN, MON, TUE, WED, THU, FRI or SAT");
  expect_in_calendar("exclude_weekdays: [SAT, sat]", 29, "exclude_weekdays: \"sat\" is there twice");
  expect_in_calendar("hours: [\"08:00-25:00\"]", 20, "hours: \"25:00\" is not in 00:00-24:00");
  expect_in_calendar(
      "hours: [22:00-06:00]", 13,
      "hours: \"22:00-06:00\" runs backwards: over midnight write two windows, up to 24:00 and from 00:00");
  expect_in_calendar("hours: []", 12, "hours: the list is empty, so nothing could run: leave it out for the whole day");
}

TEST(CalendarReader, ListsAreBounded) {
  std::string list = "exclude: [01-01";
  for (int i = 1; i <= 1000; ++i) list += ", 01-01";
  EXPECT_THAT(errors_of("calendars:\n  - name: work\n    " + list + "]\n"),
              testing::StartsWith("jobs1.yaml:3:14: exclude: 1001 entries, at most 1000 are allowed\n"));
}

TEST(CalendarReader, KeysAreKnown) {
  expect_in_calendar("holidays: []", 5,
                     "unknown key \"holidays\" in a calendar; known are name, exclude, include, exclude_weekdays, "
                     "hours, calendars");
  expect_in_calendar("excludes: []", 5, "unknown key \"excludes\" in a calendar; did you mean \"exclude\"?");
  expect_in_calendar("timezone: UTC", 5,
                     "\"timezone\" does not stand in a calendar itself: write schedule: {..., timezone: ...} of the "
                     "job");
  EXPECT_EQ(errors_of("calendars: work\n"), at(1, 12, "calendars: expected a list, found work", "calendars: work"));
  EXPECT_EQ(errors_of("calendars: [work]\n"),
            at(1, 13, "expected a calendar (a mapping, \"key: value\"), found work", "calendars: [work]"));
  EXPECT_EQ(errors_of("calendars: [{exclude: []}]\n"),
            at(1, 13, "a calendar has no name", "calendars: [{exclude: []}]"));
  EXPECT_EQ(errors_of("calendars: [{name: my work}]\n"),
            at(1, 20,
               "name: \"my work\" is not a calendar's name: 1 to 128 of A-Z, a-z, 0-9, ., _ and -, beginning with a "
               "letter or a digit",
               "calendars: [{name: my work}]"));
}

TEST(CalendarReader, ANameIsDefinedOnce) {
  EXPECT_EQ(report(reading{{"calendars: [{name: work}]\n", "calendars: [{name: work}]\n"}}.problems),
            "jobs2.yaml:1:20: calendar \"work\" is defined twice; first at jobs1.yaml:1:20\ncalendars: [{name: "
            "work}]\n                   ^");
}

TEST(CalendarReader, ABaseIsDefined) {
  expect_in_calendar("calendars: [holidays]", 17,
                     "calendars: \"holidays\" is not defined in these files: add it under calendars:, or name the file "
                     "that defines it too");
  expect_in_calendar("calendars: [w0rk]", 17,
                     "calendars: \"w0rk\" is not defined in these files; did you mean \"work\"?");
  const std::string twice = "  - {name: b, calendars: [a, a]}";
  EXPECT_EQ(errors_of("calendars:\n  - {name: a}\n" + twice + "\n"),
            at(3, 30, "calendars: \"a\" is there twice", twice));
}

TEST(CalendarReader, ACircleIsNamedOnce) {
  expect_in_calendar("calendars: [work]", 17, "calendars: they go in a circle: work -> work");
  const std::string three = "  - {name: x, calendars: [a]}";
  reading r{{"calendars:\n  - {name: a, calendars: [b]}\n  - {name: b, calendars: [x]}\n" + three +
             "\n  - {name: z, calendars: [x]}\n"}};
  EXPECT_EQ(report(r.problems), at(4, 27, "calendars: they go in a circle: a -> b -> x -> a", three));
  for (auto* name : {"a", "b", "x", "z"}) EXPECT_EQ(r.specs.at(name), std::nullopt) << name;
}

TEST(CalendarReader, AnErrorBringsNoOtherWithIt) {
  reading r{{"calendars:\n  - {name: bad, exclude: [x]}\n  - {name: good, calendars: [bad]}\n"}};
  EXPECT_EQ(r.problems.size(), 1u);
  EXPECT_THAT(names_of(r.specs.at("bad")), IsEmpty());
  EXPECT_EQ(r.specs.at("good"), std::nullopt);
}

/// c0 is built on c1, that on c2, and so on.
std::string chain(int length) {
  std::string text = "calendars:\n";
  for (int i = 0; i < length; ++i)
    text += "  - {name: c" + std::to_string(i) + ", calendars: [" +
            (i + 1 < length ? "c" + std::to_string(i + 1) : "") + "]}\n";
  return text;
}

TEST(CalendarReader, NoMoreThanSevenStandBehindOne) {
  reading most{{chain(8)}};
  EXPECT_EQ(report(most.problems), "");
  EXPECT_EQ(names_of(most.specs.at("c0")).size(), 8u);
  EXPECT_EQ(errors_of(chain(9)),
            at(9, 28,
               "calendars: at most 7 others may stand behind a calendar: c0 -> c1 -> c2 -> c3 -> c4 -> c5 -> c6 -> c7 "
               "-> c8",
               "  - {name: c7, calendars: [c8]}"));
  EXPECT_THAT(
      errors_of("calendars: [{name: a},{name: b},{name: c},{name: d},{name: e},{name: f},{name: g},{name: h},"
                "{name: top, calendars: [a,b,c,d,e,f,g,h]}]\n"),
      testing::StartsWith(
          "jobs1.yaml:1:100: calendar \"top\" is built on 8 others: at most 7 others may stand behind a calendar\n"));
  EXPECT_NE(errors_of(chain(10'000)), ""); // and nothing recurses that deep
}

TEST(CalendarReader, HoursHaveSomethingInCommon) {
  const std::string line = "  - {name: late, calendars: [early], hours: [\"18:00-20:00\"]}";
  EXPECT_EQ(
      errors_of("calendars:\n  - {name: early, hours: [\"06:00-08:00\"]}\n" + line + "\n"),
      at(3, 12, "calendar \"late\" has no hours: its own and those of its calendars have nothing in common", line));
}

// --- schedules that observe one ---

job_set jobs_with(const std::string& schedule) {
  return read_jobs(
      {source_text{"jobs1.yaml", "version: 1\ngroups: [{name: orders}]\njobs:\n  - name: a\n    group: orders"
                                 "\n    handler: h\n    schedule: " +
                                     schedule + "\n"},
       source_text{"jobs2.yaml", "version: 1\ncalendars:\n  - {name: work, exclude_weekdays: [SAT, SUN]}\n"
                                 "  - {name: bad, exclude: [2026-02-30]}\n"}},
      {.timezone = "Asia/Shanghai"});
}

/// What is wrong in the schedule of line 7, without the error of the calendar "bad".
std::string schedule_error(const std::string& schedule) {
  auto set = jobs_with(schedule);
  std::string found;
  for (auto& problem : set.problems.kept())
    if (problem.file == "jobs1.yaml") found += std::to_string(problem.where.column) + ": " + problem.message;
  return found;
}

TEST(ObservedCalendar, TravelsWithTheSchedule) {
  auto set = jobs_with("{every: 1h, calendar: work, on_excluded: next, from: 2026-01-01T00:00:00Z, "
                       "until: 2026-01-01T00:00:00Z}");
  ASSERT_EQ(set.jobs.size(), 1u);
  auto& schedule = set.jobs[0].schedule;
  EXPECT_THAT(names_of(schedule.calendar), ElementsAre("work"));
  EXPECT_EQ(schedule.calendar_zone, "Asia/Shanghai");
  EXPECT_EQ(schedule.on_excluded, excluded_rule::next);
  EXPECT_EQ(schedule.from, schedule.until);
  EXPECT_TRUE(schedule.from);
  EXPECT_EQ(jobs_with("{every: 1h, calendar: work, timezone: Europe/Berlin}").jobs.at(0).schedule.calendar_zone,
            "Europe/Berlin");
  EXPECT_EQ(
      jobs_with("{cron: \"0 0 9 * * ?\", calendar: work, timezone: Europe/Berlin}").jobs.at(0).schedule.calendar_zone,
      "Europe/Berlin");
}

TEST(ObservedCalendar, IsDefinedAndRight) {
  EXPECT_EQ(schedule_error("{every: 1h, calendar: wrok}"),
            "37: calendar: \"wrok\" is not defined in these files; did you mean \"work\"?");
  EXPECT_EQ(schedule_error("{every: 1h, calendar: bad}"), "");
  EXPECT_THAT(jobs_with("{every: 1h, calendar: bad}").jobs, IsEmpty());
  EXPECT_EQ(schedule_error("{every: 1h, calendar: [work]}"), "37: calendar: expected text, found a list");
  EXPECT_EQ(schedule_error("{every: 1h, calendars: [work]}"),
            "27: \"calendars\" does not stand in a schedule itself: write calendar: NAME");
}

TEST(ObservedCalendar, WhatGoesWithItIsChecked) {
  EXPECT_EQ(schedule_error("{every: 1h, on_excluded: next}"),
            "40: on_excluded: there is no calendar: write calendar: NAME, or leave it out");
  EXPECT_EQ(schedule_error("{every: 1h, calendar: work, on_excluded: jump}"),
            "56: unknown on_excluded \"jump\"; known are skip, next, previous");
  EXPECT_EQ(schedule_error("{every: 1h, timezone: UTC}"),
            "37: timezone: stands only with cron, here the schedule is every");
  EXPECT_EQ(schedule_error("{every: 1h, calendar: work, timezone: Mars}"),
            "53: timezone: \"Mars\" is unknown: write an IANA name such as Asia/Shanghai, or UTC");
  EXPECT_EQ(schedule_error("{every: 1h, from: 2026-01-02T00:00:00Z, until: 2026-01-01T00:00:00Z}"),
            "62: until: earlier than from, so nothing could run");
}

} // namespace
