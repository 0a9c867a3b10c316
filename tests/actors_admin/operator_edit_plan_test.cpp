// Every row of a table is one edit: the job as it was found, what is done, and everything that is written. Seconds
// count from a minute that every schedule here has a fire on.

#include "actors/admin/edit_plan.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

constexpr instant zero = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
instant at(double seconds) { return zero + std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1'000)}; }

const schedule_spec minutely = every_schedule{60s, {}};
const schedule_spec cron = cron_schedule{"0 * * * * ?", "UTC"};
const schedule_spec half_minutely = every_schedule{30s, {}};
const schedule_spec delay = after_schedule{10s};
const schedule_spec nothing = no_schedule{};
schedule_spec once(double seconds) { return at_schedule{at(seconds)}; }
schedule_spec at_most(std::int64_t runs, schedule_spec s) {
  s.max_runs = runs;
  return s;
}

armed_spec armed(schedule_spec s, bool enabled = true) {
  job_spec spec;
  spec.group = "orders";
  spec.name = "close-stale";
  spec.schedule = std::move(s);
  spec.work = handler_work{"h"};
  spec.enabled = enabled;
  return std::get<armed_spec>(arm_spec(std::move(spec)));
}

/// A job as it is found, in seconds.
struct found {
  std::optional<double> next = {}, last = {};
  bool enabled = true, paused = false, group_paused = false, awaits_end = false, last_open = false, deleted = false;
  std::int64_t fires = 0;
};

storage::locked_job locked(const found& f) {
  storage::locked_job job;
  auto instant_of = [](std::optional<double> s) { return s ? std::optional{at(*s)} : std::nullopt; };
  job.job.next = instant_of(f.next);
  job.job.last = instant_of(f.last);
  job.job.enabled = f.enabled;
  job.job.paused = f.paused;
  job.job.awaits_end = f.awaits_end;
  job.job.fires = f.fires;
  if (f.deleted) job.job.deleted = zero;
  job.group_paused = f.group_paused;
  job.last_fire_open = [open = f.last_open] { return open; };
  return job;
}

std::string seconds(instant t) {
  std::ostringstream out;
  out << std::chrono::duration<double>(t - zero).count();
  return out.str();
}

/// All that an edit writes, as text: what is absent is not said.
std::string text(const storage::job_edit& e) {
  std::string s;
  auto say = [&](const std::string& what) { s += (s.empty() ? "" : " ") + what; };
  if (e.spec) say("spec=" + *e.spec);
  if (!e.enabled) say("disabled");
  if (e.paused) say("paused");
  if (e.deleted) say("deleted");
  if (e.next) say("next=" + seconds(*e.next));
  if (e.awaits_end) say("awaits");
  if (e.move_last) say("last=" + seconds(*e.move_last));
  if (e.gap)
    say("gap=" + seconds(e.gap->from) + ".." + seconds(e.gap->to) + "x" + std::to_string(e.gap->fires) + " " +
        to_string(e.gap->reason));
  return s;
}
std::string text(const std::variant<storage::job_edit, refusal>& x) {
  if (auto* no = std::get_if<refusal>(&x)) return no->text;
  return text(std::get<storage::job_edit>(x));
}

struct change_case {
  const char* what;
  found job;
  schedule_spec before, after;
  double now;
  std::string written;
  bool enable = true;
  friend void PrintTo(const change_case& c, std::ostream* os) { *os << c.what; }
};

class ChangeSpec : public ::testing::TestWithParam<change_case> {};

TEST_P(ChangeSpec, WritesExactly) {
  auto& c = GetParam();
  auto before = armed(c.before, c.job.enabled);
  auto edit = change_spec(locked(c.job), &before, armed(c.after, c.enable), "S", at(c.now));
  EXPECT_EQ(text(edit), c.written) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    ScheduleAlone, ChangeSpec,
    ::testing::Values(
        change_case{"next stays", {.next = 60, .last = 0}, minutely, minutely, 30, "spec=S next=60"},
        change_case{"an overdue next stays for the claim to decide",
                    {.next = 60, .last = 0},
                    minutely,
                    minutely,
                    100,
                    "spec=S next=60"},
        change_case{"awaiting stays", {.last = 0, .awaits_end = true}, delay, delay, 5, "spec=S awaits"},
        change_case{"a paused job stays without next and without a record",
                    {.last = 0, .paused = true},
                    minutely,
                    minutely,
                    200,
                    "spec=S paused"},
        change_case{"a disabled job stays so",
                    {.last = 0, .enabled = false},
                    minutely,
                    minutely,
                    200,
                    "spec=S disabled",
                    false},
        change_case{
            "an `at` in the past is no error while it is unchanged", {.last = 10}, once(10), once(10), 200, "spec=S"}));

INSTANTIATE_TEST_SUITE_P(
    NewSchedule, ChangeSpec,
    ::testing::Values(
        change_case{
            "computes after now", {.next = 60, .last = 0}, minutely, half_minutely, 31, "spec=S next=60 last=31"},
        change_case{
            "strictly after now", {.next = 120, .last = 60}, minutely, half_minutely, 90, "spec=S next=120 last=90"},
        change_case{"within the lead: strictly after the fire that is claimed",
                    {.next = 120, .last = 60},
                    minutely,
                    half_minutely,
                    59.95,
                    "spec=S next=90 last=60"},
        change_case{"never fired", {.next = 60}, minutely, cron, 10, "spec=S next=60 last=10"},
        change_case{"overdue: the span becomes a gap by the old schedule",
                    {.next = 60, .last = 0},
                    minutely,
                    half_minutely,
                    125,
                    "spec=S next=150 last=125 gap=60..120x2 edited"},
        change_case{"overdue exactly now",
                    {.next = 60, .last = 0},
                    minutely,
                    half_minutely,
                    60,
                    "spec=S next=90 last=60 gap=60..60x1 edited"},
        change_case{"to no schedule", {.next = 60, .last = 0}, minutely, nothing, 30, "spec=S"},
        change_case{"to no schedule while overdue",
                    {.next = 60, .last = 0},
                    minutely,
                    nothing,
                    70,
                    "spec=S last=60 gap=60..60x1 edited"},
        change_case{"from no schedule", {}, nothing, minutely, 30, "spec=S next=60 last=30"},
        change_case{"to a later `at`", {.next = 60, .last = 0}, minutely, once(500), 30, "spec=S next=500 last=30"},
        change_case{"to an `at` in the past",
                    {.next = 60, .last = 0},
                    minutely,
                    once(20),
                    30,
                    "schedule: at 2026-01-01T00:00:20Z is in the past"},
        change_case{"to an `at` at the claimed fire",
                    {.next = 120, .last = 60},
                    minutely,
                    once(60),
                    59.95,
                    "schedule: at 2026-01-01T00:01:00Z is in the past"},
        change_case{"to a cron whose years are over",
                    {.next = 60},
                    minutely,
                    cron_schedule{"0 0 0 1 1 ? 2020", "UTC"},
                    30,
                    "schedule: it has no fire after 2026-01-01T00:00:30Z"}));

INSTANTIATE_TEST_SUITE_P(
    FixedDelay, ChangeSpec,
    ::testing::Values(
        change_case{"the last fire is open: awaits its end, last stays",
                    {.next = 60, .last = 0, .last_open = true},
                    minutely,
                    delay,
                    30,
                    "spec=S awaits"},
        change_case{
            "nothing open: now + delay, last stays", {.next = 60, .last = 0}, minutely, delay, 30, "spec=S next=40"},
        change_case{
            "never fired: open is not asked", {.next = 60, .last_open = true}, minutely, delay, 30, "spec=S next=40"},
        change_case{"within the lead: after the claimed fire",
                    {.next = 120, .last = 60},
                    minutely,
                    delay,
                    59.95,
                    "spec=S next=70"},
        change_case{"another delay while it runs",
                    {.last = 0, .awaits_end = true, .last_open = true},
                    after_schedule{20s},
                    delay,
                    5,
                    "spec=S awaits"},
        change_case{"overdue fixed delay: its one fire is passed over",
                    {.next = 60, .last = 0},
                    after_schedule{20s},
                    delay,
                    65,
                    "spec=S next=75 last=60 gap=60..60x1 edited"},
        change_case{"away from a fixed delay in progress",
                    {.last = 0, .awaits_end = true, .last_open = true},
                    delay,
                    minutely,
                    5,
                    "spec=S next=60 last=5"},
        change_case{"held: neither awaits nor next",
                    {.last = 0, .paused = true, .last_open = true},
                    minutely,
                    delay,
                    30,
                    "spec=S paused"}));

INSTANTIATE_TEST_SUITE_P(
    EnableDisable, ChangeSpec,
    ::testing::Values(
        change_case{
            "disable: no next", {.next = 60, .last = 0}, minutely, minutely, 30, "spec=S disabled last=30", false},
        change_case{"disable while overdue",
                    {.next = 60, .last = 0},
                    minutely,
                    minutely,
                    61,
                    "spec=S disabled last=61 gap=60..60x1 disabled",
                    false},
        change_case{"disable ends the awaiting",
                    {.last = 0, .awaits_end = true, .last_open = true},
                    delay,
                    delay,
                    30,
                    "spec=S disabled",
                    false},
        change_case{"enable: what was not due leaves no gap",
                    {.last = 0, .enabled = false},
                    minutely,
                    minutely,
                    200,
                    "spec=S next=240 last=200"},
        change_case{"enable a fixed delay whose run is open",
                    {.last = 0, .enabled = false, .last_open = true},
                    delay,
                    delay,
                    30,
                    "spec=S awaits"},
        change_case{"enable a one shot whose time is over",
                    {.last = 0, .enabled = false},
                    once(10),
                    once(10),
                    200,
                    "spec=S last=200"}));

INSTANTIATE_TEST_SUITE_P(Held, ChangeSpec,
                         ::testing::Values(change_case{"new schedule of a paused job: the paused span by the old one",
                                                       {.last = 30, .paused = true},
                                                       minutely,
                                                       half_minutely,
                                                       200,
                                                       "spec=S paused last=200 gap=60..180x3 paused"},
                                           change_case{"paused, nothing was due",
                                                       {.last = 30, .paused = true},
                                                       minutely,
                                                       half_minutely,
                                                       40,
                                                       "spec=S paused last=40"},
                                           change_case{"group paused: the same",
                                                       {.last = 30, .group_paused = true},
                                                       minutely,
                                                       half_minutely,
                                                       200,
                                                       "spec=S last=200 gap=60..180x3 paused"},
                                           change_case{"group paused before its slice came: overdue",
                                                       {.next = 60, .last = 0, .group_paused = true},
                                                       minutely,
                                                       half_minutely,
                                                       70,
                                                       "spec=S last=70 gap=60..60x1 paused"},
                                           change_case{"disabled while paused: the paused span ends",
                                                       {.last = 30, .paused = true},
                                                       minutely,
                                                       minutely,
                                                       130,
                                                       "spec=S disabled paused last=130 gap=60..120x2 paused",
                                                       false},
                                           change_case{"enabled while paused: the span begins now",
                                                       {.last = 30, .enabled = false, .paused = true},
                                                       minutely,
                                                       minutely,
                                                       200,
                                                       "spec=S paused last=200"}));

INSTANTIATE_TEST_SUITE_P(Revived, ChangeSpec,
                         ::testing::Values(change_case{"a deleted name lives again, with the same schedule",
                                                       {.last = 60, .deleted = true},
                                                       minutely,
                                                       minutely,
                                                       200,
                                                       "spec=S next=240 last=200"},
                                           change_case{"not with an `at` in the past",
                                                       {.last = 60, .deleted = true},
                                                       once(60),
                                                       once(60),
                                                       200,
                                                       "schedule: at 2026-01-01T00:01:00Z is in the past"}));

// ---- the number of runs

storage::job_edit changed(const found& job, const schedule_spec& before, const schedule_spec& after, double now) {
  auto spec = armed(before, job.enabled);
  return std::get<storage::job_edit>(change_spec(locked(job), &spec, armed(after), "S", at(now)));
}

TEST(NumberOfRuns, CountsFromTheScheduleItBelongsTo) {
  EXPECT_TRUE(changed({.next = 60, .last = 0}, minutely, half_minutely, 30).restarts);
  EXPECT_TRUE(changed({.next = 60, .last = 0}, minutely, at_most(3, minutely), 30).restarts);
  EXPECT_TRUE(changed({.last = 60, .deleted = true}, minutely, minutely, 200).restarts) << "another life";
  EXPECT_FALSE(changed({.next = 60, .last = 0}, minutely, minutely, 30).restarts);
  EXPECT_FALSE(changed({.last = 0, .enabled = false}, minutely, minutely, 200).restarts);
}

TEST(NumberOfRuns, AScheduleThatHasHadThemAllStaysWithoutNext) {
  auto three = at_most(3, minutely);
  EXPECT_EQ(text(changed({.last = 180, .enabled = false, .fires = 3}, three, three, 200)), "spec=S last=200");
  EXPECT_EQ(text(changed({.last = 120, .enabled = false, .fires = 2}, three, three, 200)), "spec=S next=240 last=200");
  EXPECT_EQ(text(changed({.last = 180, .fires = 3}, three, at_most(4, minutely), 200)), "spec=S next=240 last=200")
      << "another schedule, counted anew";
  EXPECT_EQ(text(resume_job(locked({.last = 180, .paused = true, .fires = 3}), armed(three), at(900))), "last=900")
      << "no fire was due while it was paused";
  auto delays = at_most(1, delay);
  EXPECT_EQ(text(resume_job(locked({.last = 0, .paused = true, .last_open = true, .fires = 1}), armed(delays), at(9))),
            "");
}

// ---- newer zone data

std::string anew(const found& job, const schedule_spec& schedule, double now) {
  auto edit = plan_anew(locked(job), armed(schedule), at(now));
  return edit ? text(*edit) : "nothing";
}

TEST(PlanAnew, MovesANextFireThatIsNotDueYet) {
  EXPECT_EQ(anew({.next = 75, .last = 0}, cron, 30), "next=60 last=30");
  EXPECT_EQ(anew({.next = 45, .last = 29.9}, cron, 29), "next=60 last=29.9") << "strictly after the last claimed fire";
  EXPECT_EQ(anew({.next = 3600}, cron_schedule{"0 0 0 1 1 ? 2020", "UTC"}, 30), "last=30") << "it has ended";
}

TEST(PlanAnew, LeavesAloneWhatStaysAsItIs) {
  EXPECT_EQ(anew({.next = 60, .last = 0}, cron, 30), "nothing");
  EXPECT_EQ(anew({.next = 45, .last = 0}, cron, 45), "nothing") << "due: the claim decides";
  EXPECT_EQ(anew({.last = 0}, cron, 30), "nothing") << "nothing is planned";
  EXPECT_EQ(anew({.next = 75, .last = 0}, minutely, 30), "nothing") << "no zone";
}

struct pause_case {
  const char* what;
  found job;
  schedule_spec schedule;
  double now;
  std::string written;
  friend void PrintTo(const pause_case& c, std::ostream* os) { *os << c.what; }
};

class PauseJob : public ::testing::TestWithParam<pause_case> {};
TEST_P(PauseJob, WritesExactly) {
  auto& c = GetParam();
  EXPECT_EQ(text(pause_job(locked(c.job), armed(c.schedule, c.job.enabled), at(c.now))), c.written) << c.what;
}
INSTANTIATE_TEST_SUITE_P(
    All, PauseJob,
    ::testing::Values(
        pause_case{"no next from now on", {.next = 60, .last = 0}, minutely, 30, "paused last=30"},
        pause_case{"never fired: the record begins at the pause", {.next = 60}, minutely, 30, "paused last=30"},
        pause_case{"overdue", {.next = 60, .last = 0}, cron, 185, "paused last=185 gap=60..180x3 paused"},
        pause_case{"within the lead: last stays at the claimed fire",
                   {.next = 120, .last = 60},
                   minutely,
                   59.95,
                   "paused last=60"},
        pause_case{"a fixed delay in progress ends its awaiting",
                   {.last = 0, .awaits_end = true, .last_open = true},
                   delay,
                   5,
                   "paused"},
        pause_case{"an overdue fixed delay", {.next = 60, .last = 0}, delay, 61, "paused last=60 gap=60..60x1 paused"},
        pause_case{"without schedule", {}, nothing, 30, "paused"},
        pause_case{"in a paused group: the record is closed up to now",
                   {.last = 30, .group_paused = true},
                   minutely,
                   130,
                   "paused last=130 gap=60..120x2 paused"},
        pause_case{
            "disabled: nothing was due", {.last = 30, .enabled = false}, minutely, 130, "disabled paused last=130"}));

class ResumeJob : public ::testing::TestWithParam<pause_case> {};
TEST_P(ResumeJob, WritesExactly) {
  auto& c = GetParam();
  EXPECT_EQ(text(resume_job(locked(c.job), armed(c.schedule, c.job.enabled), at(c.now))), c.written) << c.what;
}
INSTANTIATE_TEST_SUITE_P(
    All, ResumeJob,
    ::testing::Values(
        pause_case{"the paused span is a gap",
                   {.last = 30, .paused = true},
                   minutely,
                   185,
                   "next=240 last=185 gap=60..180x3 paused"},
        pause_case{"nothing was due", {.last = 30, .paused = true}, minutely, 40, "next=60 last=40"},
        pause_case{
            "within the lead of a claimed fire", {.last = 60, .paused = true}, minutely, 59.95, "next=120 last=60"},
        pause_case{"a one shot that passed meanwhile",
                   {.last = 30, .paused = true},
                   once(60),
                   100,
                   "last=100 gap=60..60x1 paused"},
        pause_case{"a fixed delay whose last fire is open",
                   {.last = 0, .paused = true, .last_open = true},
                   delay,
                   30,
                   "awaits"},
        pause_case{"a fixed delay at rest", {.last = 0, .paused = true}, delay, 30, "next=40"},
        pause_case{"the group stays paused: no next",
                   {.last = 30, .paused = true, .group_paused = true},
                   minutely,
                   185,
                   "last=185 gap=60..180x3 paused"},
        pause_case{"disabled: no next, nothing was due",
                   {.last = 30, .enabled = false, .paused = true},
                   minutely,
                   185,
                   "disabled last=185"}));

TEST(EditPlan, PauseAndResumeTogetherRecordEachFireOnce) {
  found job{.next = 60, .last = 0};
  auto paused = pause_job(locked(job), armed(minutely), at(125));
  ASSERT_EQ(text(paused), "paused last=125 gap=60..120x2 paused");
  found held{.last = 125, .paused = true};
  EXPECT_EQ(text(resume_job(locked(held), armed(minutely), at(241))), "next=300 last=241 gap=180..240x2 paused");
}

struct first_case {
  const char* what;
  schedule_spec schedule;
  bool enabled, group_paused;
  double now;
  std::string expected;
  friend void PrintTo(const first_case& c, std::ostream* os) { *os << c.what; }
};
class FirstFire : public ::testing::TestWithParam<first_case> {};
TEST_P(FirstFire, Is) {
  auto& c = GetParam();
  auto first = first_fire(armed(c.schedule, c.enabled), c.group_paused, at(c.now));
  std::string said;
  if (auto* no = std::get_if<refusal>(&first))
    said = no->text;
  else if (auto next = std::get<std::optional<instant>>(first))
    said = seconds(*next);
  else
    said = "none";
  EXPECT_EQ(said, c.expected) << c.what;
}
INSTANTIATE_TEST_SUITE_P(All, FirstFire,
                         ::testing::Values(first_case{"strictly after now", minutely, true, false, 60, "120"},
                                           first_case{"cron", cron, true, false, 61, "120"},
                                           first_case{"fixed delay: one delay from now", delay, true, false, 5, "15"},
                                           first_case{"no schedule", nothing, true, false, 5, "none"},
                                           first_case{"disabled", minutely, false, false, 5, "none"},
                                           first_case{"group paused", minutely, true, true, 5, "none"},
                                           first_case{"one shot to come", once(60), true, false, 5, "60"},
                                           first_case{"one shot now", once(60), true, false, 60,
                                                      "schedule: at 2026-01-01T00:01:00Z is in the past"},
                                           first_case{"one shot in the past, though disabled", once(60), false, false,
                                                      61, "schedule: at 2026-01-01T00:01:00Z is in the past"},
                                           first_case{"a cron whose years are over",
                                                      cron_schedule{"0 0 0 1 1 ? 2020", "UTC"}, true, false, 0,
                                                      "schedule: it has no fire after 2026-01-01T00:00:00Z"}));

TEST(ChangeOfAnUnusableSpec, PlansAnewAndRecordsTheOneFireThatIsKnown) {
  auto written = [](const found& f, double now, bool enabled = true) {
    return text(change_spec(locked(f), nullptr, armed(minutely, enabled), "S", at(now)));
  };
  EXPECT_EQ(written({.next = 60, .last = 0}, 30), "spec=S next=60 last=30") << "not due yet";
  EXPECT_EQ(written({.next = 60, .last = 0}, 150), "spec=S next=180 last=150 gap=60..60x1 edited");
  EXPECT_EQ(written({.next = 60, .last = 0}, 150, false), "spec=S disabled last=150 gap=60..60x1 disabled");
  EXPECT_EQ(written({.last = 0, .paused = true}, 150), "spec=S paused last=150");
  EXPECT_EQ(written({.last = 0, .deleted = true}, 150), "spec=S next=180 last=150");
}

TEST(ArmedSpec, NamesTheFieldAndColumnOfABadCron) {
  job_spec spec;
  spec.work = handler_work{"h"};
  spec.schedule = cron_schedule{"0 0 25 * * ?", "UTC"};
  auto armed = arm_spec(spec);
  auto* why = std::get_if<std::string>(&armed);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->find("schedule: "), 0u) << *why;
  EXPECT_NE(why->find("(column 5)"), std::string::npos) << *why;
}

TEST(ArmedSpec, RefusesTextThatIsNoSpecification) {
  auto armed = arm_spec("{\"group\": 7}");
  ASSERT_TRUE(std::holds_alternative<std::string>(armed));
  EXPECT_EQ(std::get<std::string>(armed).find("stored specification: "), 0u) << std::get<std::string>(armed);
}

} // namespace
} // namespace xxl::admin
