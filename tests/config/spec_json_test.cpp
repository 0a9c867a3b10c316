#include "config/spec_json.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace xxl;
using config::from_json;
using config::to_json;

job_spec full() {
  job_spec spec;
  spec.group = "orders";
  spec.name = "close-stale";
  spec.schedule = cron_schedule{"0 */5 * * * ?", "Asia/Shanghai"};
  spec.work = handler_work{"closeStale"};
  spec.params = "--limit 500\n\"订单\"";
  spec.route = route_strategy::random;
  spec.misfire = misfire_policy::fire_once;
  spec.timeout = 30s;
  spec.owner = "team-orders";
  spec.enabled = false;
  return spec;
}

std::string error(std::string_view text) {
  auto result = from_json(text);
  auto* why = std::get_if<std::string>(&result);
  return why ? *why : "read";
}

TEST(SpecJson, EverySpecComesBackAsItWas) {
  auto spec = full();
  for (schedule_spec s :
       {schedule_spec{no_schedule{}}, schedule_spec{cron_schedule{"* * * * * ?", "UTC"}},
        schedule_spec{every_schedule{100ms, std::nullopt}}, schedule_spec{every_schedule{1h, from_ms(17)}},
        schedule_spec{after_schedule{30s}}, schedule_spec{at_schedule{from_ms(1'796'086'800'000)}}}) {
    for (work_spec w :
         {work_spec{handler_work{"h"}}, work_spec{script_work{script_language::python, "print('hi')\n"}}}) {
      spec.schedule = s;
      spec.work = w;
      EXPECT_EQ(from_json(to_json(spec)), (std::variant<job_spec, std::string>{spec})) << to_json(spec);
    }
  }
}

TEST(SpecJson, TheStoredTextIsStable) { // it is in databases: when this test fails, old rows cannot be read
  EXPECT_EQ(
      to_json(full()),
      R"({"block":"serial","enabled":false,"group":"orders","handler":"closeStale","misfire":"fire_once","name":"close-stale",)"
      R"("owner":"team-orders","params":"--limit 500\n\"订单\"","route":"random",)"
      R"("schedule":{"cron":"0 */5 * * * ?","timezone":"Asia/Shanghai"},"timeout":30000})");
}

TEST(SpecJson, AnUnknownKeyIsIgnoredAndAMissingOneIsTheDefault) {
  job_spec expected;
  expected.work = handler_work{"h"};
  EXPECT_EQ(from_json(R"({"handler":"h","colour":3})"), (std::variant<job_spec, std::string>{expected}));
}

TEST(SpecJson, RetriesComeBackAsTheyWere) {
  job_spec spec;
  spec.work = handler_work{"h"};
  spec.retry = {5, true, false, true};
  EXPECT_EQ(from_json(to_json(spec)), (std::variant<job_spec, std::string>{spec}));
  EXPECT_EQ(error(R"({"handler":"h","retries":101})"),
            "stored specification: retries is not a whole number from 0 to 100");
  EXPECT_EQ(error(R"({"handler":"h","retries":1,"retry_on":["killed"]})"),
            "stored specification: retry_on has something that is none of failed, timed_out, lost");
}

TEST(SpecJson, WhatNarrowsAScheduleComesBackAsItWas) {
  auto spec = full();
  spec.schedule = cron_schedule{"0 30 2 * * ?",  "Europe/Berlin",     cron_dialect::five_fields,
                                gap_rule::shift, overlap_rule::first, false};
  spec.schedule.from = from_ms(1);
  spec.schedule.until = from_ms(2);
  spec.schedule.max_runs = 3;
  spec.schedule.jitter = 4ms;
  spec.schedule.calendar.layers = {{"weekends", {}, {"2026-02-14"}, 0b1000001, {}, {}},
                                   {"workdays", {"10-01..10-07"}, {}, 0, {"08:00-18:00"}, {0}}};
  spec.schedule.calendar_zone = "Europe/Berlin";
  spec.schedule.on_excluded = excluded_rule::previous;
  spec.misfire = misfire_policy::fire_all;
  spec.misfire_cap = 5;
  spec.misfire_deadline = 6s;
  EXPECT_EQ(from_json(to_json(spec)), (std::variant<job_spec, std::string>{spec})) << to_json(spec);
  spec.schedule = cron_schedule{"0 30 2 * * ?", "UTC", cron_dialect::quartz, gap_rule::skip, overlap_rule::last, true};
  EXPECT_EQ(from_json(to_json(spec)), (std::variant<job_spec, std::string>{spec})) << to_json(spec);
}

TEST(SpecJson, WhatNarrowsAScheduleIsCheckedWhenItIsRead) {
  auto with = [](const std::string& more) {
    return error(R"({"handler":"h","schedule":{"every":1000,)" + more + "}}");
  };
  EXPECT_EQ(with(R"("max_runs":"3")"), "stored specification: max_runs is not a whole number");
  EXPECT_EQ(with(R"("calendar":3)"), "stored specification: calendar is not a list");
  EXPECT_EQ(with(R"("calendar":[3])"), "stored specification: calendar is not a list of objects");
  EXPECT_EQ(with(R"("calendar":[{"exclude_weekdays":128}])"),
            "stored specification: exclude_weekdays is not a set of weekdays");
  EXPECT_NE(with(R"("calendar":[{"exclude":[3]}])").find("stored specification: "), std::string::npos);
  EXPECT_EQ(with(R"("on_excluded":"jump")"),
            "stored specification: on_excluded \"jump\" is unknown; known are skip, next, previous");
  EXPECT_EQ(error(R"({"handler":"h","schedule":{"cron":"* * * * * ?","dst":"quartz"}})"),
            "stored specification: dst \"quartz\" is not vixie");
  EXPECT_EQ(error(R"({"handler":"h","misfire_cap":0})"), "stored specification: misfire_cap is out of range");
}

TEST(SpecJson, TextThatIsNotUtf8DoesNotThrow) {
  auto spec = full();
  spec.params = "\xFF";
  EXPECT_NE(to_json(spec).find("\"params\":\"\xEF\xBF\xBD\""), std::string::npos);
}

TEST(SpecJson, AValueThatIsUnknownIsAnError) {
  EXPECT_EQ(error("[]"), "stored specification: it is not an object");
  EXPECT_EQ(error("{}"), "stored specification: neither handler nor script is there");
  EXPECT_EQ(error(R"({"handler":7})"), "stored specification: handler is not text");
  EXPECT_EQ(error(R"({"script":7})"), "stored specification: script is not an object");
  EXPECT_EQ(error(R"({"handler":"h","route":"failover"})"),
            "stored specification: route \"failover\" is unknown; known are first, last, round, random");
  EXPECT_EQ(error(R"({"handler":"h","timeout":"30s"})"),
            "stored specification: timeout is not a whole number of milliseconds");
  EXPECT_EQ(error(R"({"handler":"h","timeout":18446744073709551615})"),
            "stored specification: timeout is not a whole number of milliseconds");
  EXPECT_EQ(error(R"({"handler":"h","schedule":{"moon":"full"}})"),
            "stored specification: schedule is none of none, cron, every, after, at");
  EXPECT_EQ(error(R"({"handler":"h","enabled":1})"), "stored specification: enabled is neither true nor false");
  EXPECT_EQ(
      error("{"),
      "stored specification: [json.exception.parse_error.101] parse error at line 1, column 2: syntax error while "
      "parsing object key - unexpected end of input; expected string literal");
}

} // namespace
