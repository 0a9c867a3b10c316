#include "actors/executor/builtin_handlers.hpp"
#include "actors/executor/executor_node.hpp"
#include "actors/executor/runners.hpp"
#include "tests/actors_executor/fakes.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using test::make_order;
using test::our_session;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// In place of the pool: keeps what it is given until the test ends it.
class held_handlers final : public handler_runner {
public:
  explicit held_handlers(std::shared_ptr<run_recorder> r) : recorder{std::move(r)} {}
  void submit(std::vector<handler_task> tasks) override {
    for (auto& t : tasks)
      if (recorder->begin(t.what)) running.push_back(t.what);
  }
  void end(std::size_t index = 0) {
    auto r = running.at(index);
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(index));
    recorder->end(r, trigger_state::succeeded, state_reason::none, "done");
  }
  std::vector<std::int64_t> ids() const {
    std::vector<std::int64_t> all;
    for (auto& r : running) all.push_back(r->task.trigger.value);
    return all;
  }
  std::shared_ptr<run_recorder> recorder;
  std::vector<run_ptr> running;
};

/// What the runners told the others.
struct told_all {
  std::vector<outcome> outcomes;
  std::vector<orders_taken> taken;
  std::vector<runs_given_back> back;
  std::vector<progress> reports;
  std::vector<run_ptr> processes;
  std::vector<std::int64_t> finished;
};
using told_ptr = std::shared_ptr<told_all>;

executor_node_actor::behavior_type fake_node(executor_node_actor::stateful_pointer<test::fake_state>, told_ptr told) {
  return {
      [](node_peers&) {},
      [](const lead_told&) {},
      [](orders_came&) {},
      [](ack_came) {},
      [](const settled_came&) {},
      [](const kill_came&) {},
      [=](orders_taken taken) { told->taken.push_back(taken); },
      [=](const runs_given_back& back) { told->back.push_back(back); },
      [=](open_report& open) { told->reports.insert(told->reports.end(), open.triggers.begin(), open.triggers.end()); },
      [](results_spooled&) {},
      [](spool_health) {},
      [](session_noted) {},
      [](dial_tick) {},
      [](beat_tick) {},
      [](callback_tick) {},
      [](lease_tick) {},
      [](forget_tick) {},
      [](script_atom, job_id, spec_version, std::uint64_t) { return script_source{}; },
      [](drain_request) { return true; },
  };
}

callback_spool_actor::behavior_type fake_spool(told_ptr told) {
  return {
      [=](results& what) {
        EXPECT_EQ(what.session, our_session);
        told->outcomes.insert(told->outcomes.end(), what.outcomes.begin(), what.outcomes.end());
      },
      [](const results_committed&) {},
      [](session_began) {},
      [](life_over) {},
      [](spool_retry_tick) {},
  };
}

script_host_actor::behavior_type fake_scripts(told_ptr told) {
  return {
      [=](const processes_to_start& what) {
        told->processes.insert(told->processes.end(), what.runs.begin(), what.runs.end());
      },
      [](source_retry_tick) {},
  };
}

class RunnersTest : public xxl::test::ActorTest {
protected:
  RunnersTest() {
    handler_registry handlers;
    add_builtin_handlers(handlers);
    node = sys.spawn(fake_node, told);
    spool = sys.spawn(fake_spool, told);
    scripts = sys.spawn(fake_scripts, told);
    runners_config c;
    c.limits = {.max_running = 3, .queue_limit = 2};
    c.node = node;
    c.spool = spool;
    c.scripts = scripts;
    c.handlers = pool;
    c.registry = std::make_shared<const handler_registry>(std::move(handlers));
    c.recorder = recorder;
    c.ended = ended;
    c.trust = trust;
    c.on_finished = [told = told](const order& o, const outcome&) { told->finished.push_back(o.trigger.value); };
    c.counters = counters;
    c.time = &clock;
    runners = spawn_runners(sys, std::move(c));
    trust->begin(our_session);
    trust->renew(clock.boot(), 1h);
    settle();
  }
  ~RunnersTest() override {
    auto stop = [&](auto&... actors) { (self->send_exit(actors, caf::exit_reason::kill), ...); };
    stop(runners, node, spool, scripts);
  }
  void send(std::vector<order> orders) {
    self->send(runners, intake{our_session, {5}, 1, std::move(orders)});
    settle();
  }
  void end(std::size_t index = 0) {
    pool->end(index);
    settle();
  }
  static order timed(std::int64_t id, std::chrono::milliseconds timeout) {
    auto o = make_order(id);
    o.timeout = timeout;
    return o;
  }

  told_ptr told = std::make_shared<told_all>();
  metrics_ptr counters = std::make_shared<metrics>();
  std::shared_ptr<ended_runs> ended = std::make_shared<ended_runs>();
  std::shared_ptr<lease> trust = std::make_shared<lease>();
  std::shared_ptr<log_buffer> log = std::make_shared<log_buffer>(*counters, log_buffer::limits{});
  test::temporary_directory place;
  std::shared_ptr<start_journal> journal = std::make_shared<start_journal>(place.path(), "boot");
  std::shared_ptr<run_recorder> recorder = std::make_shared<run_recorder>(trust, journal, log, ended, clock, *counters);
  std::shared_ptr<held_handlers> pool = std::make_shared<held_handlers>(recorder);
  executor_node_actor node;
  callback_spool_actor spool;
  script_host_actor scripts;
  runners_actor runners;
};

TEST_F(RunnersTest, ARunsResultHasItsMeasuredTimesAndGoesToTheSpool) {
  send({make_order(1)});
  auto started = clock.now();
  advance(40ms);
  end();
  ASSERT_THAT(told->outcomes, SizeIs(1));
  auto& x = told->outcomes[0];
  EXPECT_EQ(x.trigger, trigger_id{1});
  EXPECT_EQ(x.state, trigger_state::succeeded);
  EXPECT_EQ(x.message, "done");
  EXPECT_EQ(x.started, started);
  EXPECT_EQ(x.ended, started + 40ms);
  EXPECT_EQ(x.fire, test::a_fire);
  EXPECT_THAT(told->finished, ElementsAre(1));
}

TEST_F(RunnersTest, TheNodeHearsWhenOrdersAreQueued) {
  send({make_order(1), make_order(2, 2)});
  ASSERT_THAT(told->taken, SizeIs(1));
  EXPECT_EQ(told->taken[0].connection, 1u);
  EXPECT_EQ(told->taken[0].count, 2u);
}

TEST_F(RunnersTest, AboveTheQueueLimitRunsAreDiscarded) {
  send({make_order(1), make_order(2), make_order(3)});
  ASSERT_THAT(told->outcomes, SizeIs(1));
  EXPECT_EQ(told->outcomes[0].trigger, trigger_id{3});
  EXPECT_EQ(told->outcomes[0].state, trigger_state::discarded);
  EXPECT_EQ(told->outcomes[0].reason, state_reason::queue_full);
  EXPECT_EQ(told->outcomes[0].started, instant{});
  EXPECT_EQ(counters->snapshot()["runner.discarded"], 1);
}

TEST_F(RunnersTest, AnUnknownHandlerFailsAndTheMessageNamesTheKnownOnes) {
  send({make_order(1, 1, handler_work{"closeStale"})});
  ASSERT_THAT(told->outcomes, SizeIs(1));
  EXPECT_EQ(told->outcomes[0].reason, state_reason::handler_unknown);
  EXPECT_EQ(told->outcomes[0].message, "no handler \"closeStale\" on this executor; it has command, demo, noop");
}

TEST_F(RunnersTest, ScriptsAndCommandsGoToTheScriptHost) {
  send({make_order(1, 1, script_work{}), make_order(2, 2, handler_work{"command"}), make_order(3, 3)});
  EXPECT_THAT(told->processes, SizeIs(2));
  EXPECT_THAT(pool->ids(), ElementsAre(3));
}

TEST_F(RunnersTest, WithoutTrustNothingStartsAndWithItWhatWaitsDoes) {
  trust->begin(our_session);
  send({make_order(1)});
  EXPECT_THAT(pool->ids(), IsEmpty());
  trust->renew(clock.boot(), 10s);
  self->send(runners, start_waiting{});
  settle();
  EXPECT_THAT(pool->ids(), ElementsAre(1));
}

TEST_F(RunnersTest, WhatHasNotStartedGoesBackWithItsReason) {
  send({make_order(1), make_order(2)});
  self->send(runners, give_back_waiting{state_reason::shutdown});
  settle();
  ASSERT_THAT(told->back, SizeIs(1));
  EXPECT_EQ(told->back[0].reason, state_reason::shutdown);
  ASSERT_THAT(told->back[0].runs, SizeIs(1));
  EXPECT_EQ(told->back[0].runs[0]->task.trigger, trigger_id{2});
  EXPECT_EQ(told->back[0].runs[0]->epoch, epoch_id{5});
}

TEST_F(RunnersTest, ARunWhoseTurnComesWithoutTrustGoesBack) {
  ended->push({std::make_shared<run>(make_order(9), our_session, epoch_id{5}, 1, clock.boot()),
               clock.now(),
               trigger_state::failed,
               state_reason::none,
               {},
               true});
  settle();
  EXPECT_THAT(told->back, IsEmpty()) << "a run that this table does not hold";
  send({make_order(1, 1, script_work{})});
  trust->begin(our_session);
  EXPECT_FALSE(recorder->begin(told->processes.at(0)));
  settle();
  ASSERT_THAT(told->back, SizeIs(1));
  EXPECT_EQ(told->back[0].reason, state_reason::not_started);
  EXPECT_THAT(told->outcomes, IsEmpty());
}

TEST_F(RunnersTest, ARunOfAnEndedSessionNeverStarts) {
  send({make_order(1, 1, script_work{})});
  trust->begin({4712});
  trust->renew(clock.boot(), 1h);
  EXPECT_FALSE(recorder->begin(told->processes.at(0))) << "the leader may have given it to somebody else";
}

TEST_F(RunnersTest, ARunIsInTheJournalBeforeItStarts) {
  send({make_order(1)}); // the pool of this test begins it at once
  start_journal next_life{place.path(), "boot"};
  EXPECT_THAT(next_life.before(), ElementsAre(::testing::Pair(our_session, ElementsAre(trigger_id{1}))));
}

TEST_F(RunnersTest, WithoutAJournalNothingStartsAndTheRunsGoBack) {
  std::filesystem::remove_all(place.path());
  send({make_order(1, 1, script_work{})});
  EXPECT_FALSE(recorder->begin(told->processes.at(0)));
  settle();
  ASSERT_THAT(told->back, SizeIs(1));
  EXPECT_EQ(told->back[0].reason, state_reason::journal_failed);
  EXPECT_THAT(told->outcomes, IsEmpty());
  EXPECT_EQ(counters->at("journal.write_failures").load(), 1);
}

TEST_F(RunnersTest, AResultEchoesWhatItsEndNeeds) {
  auto o = make_order(1);
  o.follows = true;
  o.attempt = 3;
  send({o});
  end();
  ASSERT_THAT(told->outcomes, SizeIs(1));
  EXPECT_TRUE(told->outcomes[0].follows);
  EXPECT_EQ(told->outcomes[0].attempt, 3);
}

TEST_F(RunnersTest, ATimedOutHandlerIsCancelledAndItsVerdictReplaced) {
  send({timed(1, 10s)});
  auto r = pool->running.at(0);
  advance(9'999ms);
  EXPECT_FALSE(r->cancelled());
  advance(1ms);
  EXPECT_TRUE(r->cancelled());
  EXPECT_THAT(told->outcomes, IsEmpty());
  end();
  ASSERT_THAT(told->outcomes, SizeIs(1));
  EXPECT_EQ(told->outcomes[0].state, trigger_state::timed_out);
  EXPECT_EQ(told->outcomes[0].reason, state_reason::deadline);
}

TEST_F(RunnersTest, AHandlerThatIgnoresItsTimeoutIsToldAtOnceAndBlocksOnlyItsJob) {
  send({timed(1, 10s), timed(2, 10s)});
  advance(10'250ms);
  ASSERT_THAT(told->outcomes, SizeIs(1));
  EXPECT_EQ(told->outcomes[0].state, trigger_state::timed_out);
  EXPECT_EQ(told->outcomes[0].reason, state_reason::still_running);
  send({make_order(3, 3)});
  EXPECT_THAT(pool->ids(), ElementsAre(1, 3));
  end();
  EXPECT_THAT(told->outcomes, SizeIs(1)) << "its row is final already";
  EXPECT_THAT(pool->ids(), ElementsAre(3, 2));
}

TEST_F(RunnersTest, RunningHandlersCanAllBeCancelled) {
  send({make_order(1, 1), make_order(2, 2)});
  self->send(runners, cancel_running{});
  settle();
  for (auto& r : pool->running) EXPECT_TRUE(r->cancelled());
}

TEST_F(RunnersTest, WhatIsOpenAfterASecondIsReportedLazily) {
  send({make_order(1), make_order(2)});
  send({make_order(3, 3)});
  end(1);
  advance(3s);
  ASSERT_THAT(told->reports, SizeIs(2));
  for (auto& p : told->reports) EXPECT_EQ(p.state, p.trigger.value == 1 ? trigger_state::running : trigger_state::sent);
  end();
  end();
  told->reports.clear();
  advance(5s);
  EXPECT_THAT(told->reports, IsEmpty());
  EXPECT_EQ(counters->snapshot()["runner.running"], 0);
}

TEST_F(RunnersTest, AKillEndsWhatWaitsAtOnceAndWhatRunsWhenItsWorkEnds) {
  send({make_order(1), make_order(2)});
  self->send(runners, kill_runs{{{{1}, {1}, 1, test::a_fire, 1}, {{2}, {1}, 1, test::a_fire, 1}}});
  settle();
  ASSERT_THAT(told->outcomes, ::testing::SizeIs(1));
  EXPECT_EQ(told->outcomes[0].trigger, trigger_id{2});
  EXPECT_EQ(told->outcomes[0].state, trigger_state::killed);
  EXPECT_TRUE(pool->running[0]->cancelled());
  end();
  ASSERT_THAT(told->outcomes, ::testing::SizeIs(2));
  EXPECT_EQ(told->outcomes[1].state, trigger_state::killed);
}

TEST_F(RunnersTest, AKilledHandlerThatGoesOnIsReportedSo) {
  send({make_order(1)});
  self->send(runners, kill_runs{{{{1}, {1}, 1, test::a_fire, 1}}});
  advance(249ms);
  EXPECT_THAT(told->outcomes, IsEmpty());
  advance(1ms);
  ASSERT_THAT(told->outcomes, ::testing::SizeIs(1));
  EXPECT_EQ(told->outcomes[0].state, trigger_state::killed);
  EXPECT_EQ(told->outcomes[0].reason, state_reason::still_running);
  EXPECT_EQ(told->outcomes[0].message, "went on after it was killed");
}

} // namespace
} // namespace xxl::executor
