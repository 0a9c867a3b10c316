#include "config/spec_json.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire_size.hpp"
#include "tests/actors_admin/operator_catalog_fixture.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using storage::error_kind;

TEST_F(CatalogTest, ApplyCreatesGroupsThenJobsInBulk) {
  std::vector<job_spec> jobs;
  for (int i = 0; i < 500; ++i) jobs.push_back(job("j" + std::to_string(i)));
  auto out = apply({group("orders")}, jobs);
  ASSERT_EQ(out.size(), 501u);
  EXPECT_EQ(out[0], "group orders created");
  EXPECT_EQ(out[1], "job orders/j0 created");
  EXPECT_EQ(out[500], "job orders/j499 created");
  EXPECT_EQ(db->calls["create_jobs"], 1);
  EXPECT_EQ(db->calls["find_jobs"], 1);
  EXPECT_EQ(db->calls["find_job"], 0);
  EXPECT_EQ(heard->jobs.size(), 500u);
  EXPECT_EQ(heard->groups, 1);
  EXPECT_EQ(db->notes.back().who, "ann");
  EXPECT_EQ(db->notes.back().what, "apply");
  EXPECT_EQ(db->jobs[0].next, instant{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + 1h + 60s);
}

TEST_F(CatalogTest, ApplyingTheSameAgainWritesAndTellsNothing) {
  apply({group("orders")}, {job("a"), job("b")});
  auto notes = db->notes.size();
  heard->jobs.clear();
  heard->groups = 0;
  EXPECT_EQ(apply({group("orders")}, {job("a"), job("b")}),
            (lines{"group orders unchanged", "job orders/a unchanged", "job orders/b unchanged"}));
  EXPECT_EQ(db->notes.size(), notes);
  EXPECT_EQ(db->calls["edit_job"], 0);
  EXPECT_TRUE(heard->jobs.empty());
  EXPECT_EQ(heard->groups, 0);
}

TEST_F(CatalogTest, ApplyEditsOnlyWhatChangedAndNamesTheKeys) {
  apply({group("orders")}, {job("a"), job("b")});
  heard->jobs.clear();
  auto changed = job("b", every_schedule{30s, {}}, "--limit 5");
  changed.timeout = 5s;
  EXPECT_EQ(apply({group("orders", "Order service")}, {job("a"), changed}),
            (lines{"group orders changed: title", "job orders/a unchanged",
                   "job orders/b changed: schedule, params, timeout"}));
  EXPECT_EQ(db->calls["edit_job"], 1);
  EXPECT_EQ(heard->jobs, std::vector<job_id>{job_id{2}});
  EXPECT_EQ(db->job("b").version, 2);
  EXPECT_EQ(std::get<job_spec>(xxl::config::from_json(db->job("b").spec)), changed);
}

TEST_F(CatalogTest, ApplyNeverTouchesAPause) {
  apply({group("orders")}, {job("a")});
  pause("a");
  apply({}, {job("a", every_schedule{30s, {}})});
  EXPECT_TRUE(db->job("a").paused);
  EXPECT_FALSE(db->job("a").next);
}

TEST_F(CatalogTest, ApplyTakesEnabledFromTheFile) {
  apply({group("orders")}, {job("a")});
  auto off = job("a");
  off.enabled = false;
  EXPECT_EQ(apply({}, {off}), (lines{"job orders/a changed: enabled"}));
  EXPECT_FALSE(db->job("a").enabled);
  EXPECT_FALSE(db->job("a").next);
}

TEST_F(CatalogTest, OneBadJobDoesNotStopTheOthers) {
  db->add_group("orders");
  auto stray = job("x");
  stray.group = "ordres";
  EXPECT_EQ(apply({}, {job("a", cron_schedule{"61 * * * * ?", "UTC"}), stray, job("late", at_schedule{instant{}}),
                       job("b"), job("b")})
                .size(),
            5u);
  auto out = apply({}, {job("a", cron_schedule{"61 * * * * ?", "UTC"}), stray, job("late", at_schedule{instant{}}),
                        job("c"), job("c")});
  EXPECT_EQ(out[0].find("job orders/a failed: schedule: "), 0u) << out[0];
  EXPECT_EQ(out[1], "job ordres/x failed: there is no group \"ordres\"; did you mean \"orders\"?");
  EXPECT_EQ(out[2], "job orders/late failed: schedule: at 1970-01-01T00:00:00Z is in the past");
  EXPECT_EQ(out[3], "job orders/c created");
  EXPECT_EQ(out[4], "job orders/c failed: named twice in one request");
}

TEST_F(CatalogTest, AJobThatTheDatabaseRefusesIsSetAsideAlone) {
  db->add_group("orders");
  db->refused_names = {"bad"};
  EXPECT_EQ(apply({}, {job("a"), job("b"), job("bad"), job("c")}),
            (lines{"job orders/a created", "job orders/b created", "job orders/bad failed: job bad is refused",
                   "job orders/c created"}));
  EXPECT_EQ(db->jobs.size(), 3u);
  EXPECT_EQ(heard->jobs.size(), 3u);
}

TEST_F(CatalogTest, AJobCreatedByAnotherAdminMeanwhileIsEdited) {
  db->add_group("orders");
  apply({}, {job("a")});
  auto theirs = db->jobs[0];
  theirs.id = job_id{77};
  theirs.name = "b";
  db->jobs.push_back(theirs);
  db->hidden_from_find_jobs = {"b"};
  EXPECT_EQ(apply({}, {job("b", every_schedule{30s, {}})}), (lines{"job orders/b changed: schedule"}));
}

TEST_F(CatalogTest, ACreationWhoseAnswerWasLostIsFoundToBeOurs) {
  db->add_group("orders");
  db->faults = {{"create_jobs", error_kind::unknown_outcome, true}};
  EXPECT_EQ(apply({}, {job("a"), job("b")}), (lines{"job orders/a created", "job orders/b created"}));
  EXPECT_EQ(db->jobs.size(), 2u);
  EXPECT_EQ(heard->jobs.size(), 2u);
  EXPECT_EQ(db->calls["connect"], 2);
}

TEST_F(CatalogTest, AnEditWhoseAnswerWasLostIsWrittenOnce) {
  apply({group("orders")}, {job("a")});
  db->faults = {{"edit_job", error_kind::unknown_outcome, true}};
  EXPECT_EQ(apply({}, {job("a", every_schedule{30s, {}})}), (lines{"job orders/a changed: schedule"}));
  EXPECT_EQ(db->edits.size(), 1u);
  EXPECT_EQ(db->job("a").version, 2);
}

TEST_F(CatalogTest, AnUnreachableDatabaseIsUnavailableAndTriedAgainAtTheNextRequest) {
  db->add_group("orders");
  db->faults = {{"connect", error_kind::unavailable}};
  EXPECT_EQ(apply({}, {job("a")}), (lines{"unavailable: database: connect failed on purpose"}));
  EXPECT_EQ(db->calls["connect"], 1);
  EXPECT_EQ(apply({}, {job("a")}), (lines{"job orders/a created"}));
  EXPECT_EQ(db->calls["connect"], 2);
  EXPECT_EQ(counters->snapshot()["catalog.errors"], 1);
}

TEST_F(CatalogTest, AConnectionFoundDeadIsOpenedAgainAtOnce) {
  apply({group("orders")}, {});
  db->faults = {{"find_jobs", error_kind::unavailable}};
  EXPECT_EQ(apply({}, {job("a")}), (lines{"job orders/a created"}));
  EXPECT_EQ(db->calls["connect"], 2);
}

TEST_F(CatalogTest, ARequestThatFailsForGoodHalfWayStillTellsWhatIsCommitted) {
  db->add_group("orders");
  apply({}, {job("a")});
  heard->jobs.clear();
  db->faults = {{"edit_job", error_kind::fatal}};
  auto out = apply({group("billing")}, {job("a", every_schedule{30s, {}})});
  EXPECT_EQ(out, (lines{"internal: database: edit_job failed on purpose"}));
  EXPECT_EQ(heard->groups, 1);
  EXPECT_TRUE(heard->jobs.empty());
}

TEST_F(CatalogTest, AnOutcomeThatStaysUnknownIsSaidSo) {
  apply({group("orders")}, {job("a")});
  db->faults = {{"edit_job", error_kind::unknown_outcome}, {"connect", error_kind::unavailable}};
  EXPECT_EQ(
      error(pause("a")),
      "deadline_exceeded: the database did not confirm the change, which may have happened: connect failed on purpose");
}

TEST_F(CatalogTest, PauseAndResumeAnswerWhetherTheyChangedAnything) {
  apply({group("orders")}, {job("a")});
  heard->jobs.clear();
  auto first = pause("a");
  ASSERT_TRUE(first) << error(first);
  EXPECT_TRUE(first->changed);
  EXPECT_FALSE(first->next);
  EXPECT_EQ(heard->jobs.size(), 1u);
  auto again = pause("a");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(heard->jobs.size(), 1u) << "nothing was committed";
  auto resumed = pause("a", false);
  ASSERT_TRUE(resumed);
  EXPECT_TRUE(resumed->changed);
  EXPECT_EQ(resumed->next, clock.now() + 60s);
  EXPECT_EQ(db->notes.back().what, "resume");
}

TEST_F(CatalogTest, APauseWhoseAnswerWasLostWasStillAChange) {
  apply({group("orders")}, {job("a")});
  heard->jobs.clear();
  db->faults = {{"edit_job", error_kind::unknown_outcome, true}};
  auto answer = pause("a");
  ASSERT_TRUE(answer) << error(answer);
  EXPECT_TRUE(answer->changed);
  EXPECT_EQ(db->edits.size(), 1u);
  EXPECT_EQ(heard->jobs.size(), 1u);
}

TEST_F(CatalogTest, UnknownNamesGetTheNearestOne) {
  apply({group("orders")}, {job("close-stale"), job("other")});
  EXPECT_EQ(error(pause("close-stal")),
            "not_found: there is no job \"orders/close-stal\"; did you mean \"close-stale\"?");
  auto wrong_group = ask<job_detail>(catalog, describe_atom_v, job_ref{"order", "x"});
  EXPECT_EQ(error(wrong_group), "not_found: there is no group \"order\"; did you mean \"orders\"?");
  job_query q;
  q.name = "othr";
  EXPECT_EQ(error(ask<std::vector<job_view>>(catalog, jobs_atom_v, q)),
            "not_found: there is no job \"othr\"; did you mean \"other\"?");
  trigger_query t;
  t.group = "orders";
  t.job = "nothing-like-it";
  EXPECT_EQ(error(ask<std::vector<trigger_view>>(catalog, triggers_atom_v, t)),
            "not_found: there is no job \"orders/nothing-like-it\"");
  t.job = "other";
  auto none = ask<std::vector<trigger_view>>(catalog, triggers_atom_v, t);
  ASSERT_TRUE(none) << error(none);
  EXPECT_TRUE(none->empty());
}

TEST_F(CatalogTest, ADeletedJobDoesNotExistUntilItIsAppliedAgain) {
  apply({group("orders")}, {job("a")});
  db->job("a").deleted = clock.now();
  db->job("a").next.reset();
  EXPECT_EQ(error(pause("a")), "not_found: there is no job \"orders/a\"");
  EXPECT_EQ(apply({}, {job("a")}), (lines{"job orders/a created"}));
  EXPECT_FALSE(db->job("a").deleted);
  EXPECT_TRUE(db->job("a").next);
}

TEST_F(CatalogTest, ARequestIdStartsOneTriggerOnly) {
  apply({group("orders")}, {job("a")});
  auto trigger = [&](std::string id) {
    return ask<trigger_receipt>(catalog, trigger_atom_v,
                                trigger_request{{"orders", "a"}, std::string{"--x"}, std::move(id), "ann"});
  };
  auto first = trigger("r1");
  ASSERT_TRUE(first) << error(first);
  EXPECT_EQ(first->fire, clock.now());
  EXPECT_FALSE(first->repeated);
  clock.step(5s);
  auto again = trigger("r1");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->trigger, first->trigger);
  EXPECT_EQ(again->fire, first->fire);
  EXPECT_EQ(db->manuals.size(), 1u);
  EXPECT_EQ(db->manuals[0].params, "--x");
  EXPECT_EQ(db->manuals[0].version, 1);
}

TEST_F(CatalogTest, ATriggerWhoseAnswerWasLostIsNotARepetition) {
  apply({group("orders")}, {job("a")});
  db->faults = {{"insert_manual", error_kind::unknown_outcome, true}};
  auto receipt = ask<trigger_receipt>(catalog, trigger_atom_v, trigger_request{{"orders", "a"}, {}, "r1", "ann"});
  ASSERT_TRUE(receipt) << error(receipt);
  EXPECT_FALSE(receipt->repeated);
  EXPECT_EQ(db->manuals.size(), 1u);
}

TEST_F(CatalogTest, TriggerIdsComeFromBlocksOfAThousand) {
  apply({group("orders")}, {job("a")});
  for (int i = 0; i < 1'001; ++i)
    ASSERT_TRUE(ask<trigger_receipt>(catalog, trigger_atom_v,
                                     trigger_request{{"orders", "a"}, {}, "r" + std::to_string(i), "ann"}));
  EXPECT_EQ(db->calls["take_ids"], 2);
  EXPECT_EQ(db->manuals[999].trigger, trigger_id{1'000});
  EXPECT_EQ(db->manuals[1'000].trigger, trigger_id{1'001});
}

TEST_F(CatalogTest, DescribeShowsTheNextFiresFromTheStoredOneOn) {
  db->add_group("orders", true);
  apply({}, {job("a")});
  db->job("a").next = clock.now() - 10s; // overdue: still what comes next
  auto detail = ask<job_detail>(catalog, describe_atom_v, job_ref{"orders", "a"});
  ASSERT_TRUE(detail) << error(detail);
  EXPECT_TRUE(detail->group_paused);
  ASSERT_EQ(detail->next_fires.size(), 5u);
  EXPECT_EQ(detail->next_fires[0], clock.now() - 10s);
  EXPECT_EQ(detail->next_fires[1], clock.now());
  EXPECT_EQ(detail->job.spec, job("a"));
}

TEST_F(CatalogTest, NextOfAPausedJobIsEmpty) {
  apply({group("orders")}, {job("a"), job("delay", after_schedule{30s})});
  auto next = [&](std::string name, std::uint32_t n) {
    return ask<std::vector<instant>>(catalog, next_atom_v, job_ref{"orders", std::move(name)}, n);
  };
  EXPECT_EQ(next("a", 3)->size(), 3u);
  EXPECT_EQ(*next("delay", 3), std::vector<instant>{clock.now() + 30s}) << "what follows depends on the end of a run";
  pause("a");
  EXPECT_TRUE(next("a", 3)->empty());
}

TEST_F(CatalogTest, ScriptsAreServedByJobAndVersion) {
  auto script = job("s");
  script.work = script_work{script_language::python, "print(1)"};
  apply({group("orders")}, {script, job("a")});
  auto found = ask<script_source>(catalog, script_atom_v, job_id{1}, spec_version{1});
  ASSERT_TRUE(found) << error(found);
  EXPECT_EQ(found->source, "print(1)");
  EXPECT_EQ(found->language, script_language::python);
  EXPECT_EQ(error(ask<script_source>(catalog, script_atom_v, job_id{1}, spec_version{9})),
            "not_found: job 1 version 9 is not known");
  EXPECT_EQ(error(ask<script_source>(catalog, script_atom_v, job_id{2}, spec_version{1})),
            "not_found: job 2 version 1 has no script");
}

// ---- pages

TEST_F(CatalogTest, APageOfJobsEndsWhereTheMessageIsFull) {
  std::vector<job_spec> scripts;
  for (auto* name : {"a", "b", "c", "d"}) {
    scripts.push_back(job(name));
    scripts.back().work = script_work{script_language::shell, std::string(100 * 1'024, '#')};
  }
  scripts.push_back(job("whole"));
  scripts.back().work = script_work{script_language::shell, std::string(limits::script_bytes, '#')};
  apply({group("orders")}, scripts);
  std::vector<std::size_t> pages;
  job_query q;
  for (;;) {
    auto page = ask<std::vector<job_view>>(catalog, jobs_atom_v, q);
    ASSERT_TRUE(page) << error(page);
    if (page->empty()) break;
    pages.push_back(page->size());
    q.after = page->back().id;
  }
  EXPECT_EQ(pages, (std::vector<std::size_t>{2, 2, 1})) << "256 KiB each, a larger job alone";
}

TEST_F(CatalogTest, APageOfTriggersEndsWhereTheMessageIsFull) {
  trigger_view t;
  t.params.assign(limits::params_bytes, 'p');
  t.message.assign(limits::message_bytes, 'm');
  db->triggers.assign(1'000, t);
  trigger_query q;
  q.limit = limits::page_items;
  auto page = ask<std::vector<trigger_view>>(catalog, triggers_atom_v, q);
  ASSERT_TRUE(page) << error(page);
  EXPECT_EQ(page->size(), limits::batch_bytes / wire_size(t));
}

// ---- stored specifications that cannot be used

class UnusableSpecification : public CatalogTest {
protected:
  UnusableSpecification() {
    apply({group("orders")}, {job("a"), job("b"), job("c")});
    db->job("b").spec = R"({"handler":"h","route":"of a newer version"})";
    db->job("b").enabled = false;
  }
  const std::string problem = "stored specification: route \"of a newer version\" is unknown; known are first, last, "
                              "round, random";
};

TEST_F(UnusableSpecification, IsListedWithItsProblemAndTheOthersAsEver) {
  auto jobs = ask<std::vector<job_view>>(catalog, jobs_atom_v, job_query{});
  ASSERT_TRUE(jobs) << error(jobs);
  ASSERT_EQ(jobs->size(), 3u);
  EXPECT_EQ(jobs->at(0).spec, job("a"));
  EXPECT_EQ(jobs->at(0).problem, "");
  auto& b = jobs->at(1);
  EXPECT_EQ(b.problem, problem);
  EXPECT_EQ(b.spec.group + "/" + b.spec.name, "orders/b");
  EXPECT_FALSE(b.spec.enabled);
  EXPECT_EQ(b.next, clock.now() + 60s) << "what stands beside the specification";
  EXPECT_EQ(jobs->at(2).spec, job("c"));
}

TEST_F(UnusableSpecification, IsDescribedWithItsProblem) {
  auto detail = ask<job_detail>(catalog, describe_atom_v, job_ref{"orders", "b"});
  ASSERT_TRUE(detail) << error(detail);
  EXPECT_EQ(detail->job.problem, problem);
  EXPECT_TRUE(detail->next_fires.empty());
}

TEST_F(UnusableSpecification, OfDamagedJsonOrAnUnknownZoneIsSaidSo) {
  auto problem_of = [this](std::string spec) {
    db->job("b").spec = std::move(spec);
    return ask<job_detail>(catalog, describe_atom_v, job_ref{"orders", "b"})->job.problem;
  };
  EXPECT_EQ(problem_of("{").find("stored specification: "), 0u);
  auto zone = xxl::config::to_json(job("b", cron_schedule{"0 0 * * * ?", "Mars/Base"}));
  EXPECT_NE(problem_of(zone).find("Mars/Base"), std::string::npos) << problem_of(zone);
}

TEST_F(UnusableSpecification, RefusesWhatNeedsItAndSaysWhatToDo) {
  const auto text = "internal: job orders/b version 1: " + problem + "; apply the job anew";
  EXPECT_EQ(error(pause("b")), text);
  EXPECT_EQ(error(ask<std::vector<instant>>(catalog, next_atom_v, job_ref{"orders", "b"}, 3u)), text);
  EXPECT_EQ(error(ask<trigger_receipt>(catalog, trigger_atom_v, trigger_request{{"orders", "b"}, {}, "r1", "ann"})),
            text);
  EXPECT_TRUE(db->manuals.empty()) << "no trigger that could never run";
}

TEST_F(UnusableSpecification, IsRepairedByApplyingTheJobAnew) {
  EXPECT_EQ(apply({}, {job("b")}), (lines{"job orders/b changed: " + problem}));
  EXPECT_EQ(db->job("b").version, 2);
  EXPECT_TRUE(db->job("b").enabled);
  auto detail = ask<job_detail>(catalog, describe_atom_v, job_ref{"orders", "b"});
  EXPECT_EQ(detail->job.spec, job("b"));
  EXPECT_EQ(detail->job.problem, "");
  EXPECT_EQ(apply({}, {job("b")}), (lines{"job orders/b unchanged"}));
}

TEST_F(CatalogTest, AJobsKillGoesOnUntilNothingOfItIsOpen) {
  db->add_group("orders");
  apply({}, {job("a")});
  db->open = {{1}, {2}, {3}};
  db->waiting = {{3}};
  db->open_later = {{4}, {5}};
  auto answer = ask<kill_answer>(catalog, kill_atom_v, kill_request{{}, {"orders", "a"}, "ann"});
  ASSERT_TRUE(answer) << error(answer);
  EXPECT_EQ(answer->sent, 4u) << "retries that came meanwhile are killed too";
  EXPECT_EQ(answer->waiting, 1u);
  EXPECT_THAT(heard->killed, ::testing::ElementsAre(trigger_id{3})) << "nobody else ends what waits";
  EXPECT_EQ(db->notes.back().who, "ann");
  EXPECT_EQ(db->notes.back().what, "kill");
}

TEST_F(CatalogTest, AKilledTriggersEndIsTold) {
  trigger_view t;
  t.id = {7};
  t.job = {1};
  t.state = trigger_state::failed;
  db->triggers = {t};
  auto kill = [&](std::int64_t id) {
    return ask<kill_answer>(catalog, kill_atom_v, kill_request{trigger_id{id}, {}, "ann"});
  };
  auto ended = kill(7);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->final, trigger_state::failed);
  EXPECT_TRUE(db->kill_targets.empty());
  db->triggers[0].state = trigger_state::running;
  auto running = kill(7);
  ASSERT_TRUE(running);
  EXPECT_EQ(running->sent, 1u);
  EXPECT_EQ(db->kill_targets.back(), "trigger 7");
  EXPECT_EQ(error(kill(8)), "not_found: there is no trigger 8");
}

TEST_F(CatalogTest, NothingIsEditedByAClockThatWasSetOrIsAstray) {
  db->add_group("orders");
  wall->measured(0ms);
  clock.step(-1h);
  EXPECT_EQ(apply({}, {job("a")}),
            lines{"unavailable: the clock of this admin was set: it is being measured; try again"});
  wall->measured(-3'600'000ms);
  EXPECT_EQ(error(pause("a")), "unavailable: the clock of this admin is -3600000 ms off the database's: set it, or ask "
                               "another admin");
  wall->measured(999ms);
  EXPECT_EQ(apply({}, {job("a")}), lines{"job orders/a created"});
}

} // namespace
} // namespace xxl::admin::test
