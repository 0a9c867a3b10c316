// The operator's actors on a real database: from the door to SQLite and back.

#include "actors/admin/catalog.hpp"
#include "actors/admin/job_registry.hpp"
#include "actors/admin/operator_api.hpp"
#include "protocol/errors.hpp"
#include "storage/store.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/temporary_directory.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

executor_registry_actor::behavior_type no_executors(executor_registry_actor::pointer) {
  return {
      [](executors_atom) { return std::vector<session_id>{}; },
      [](log_atom, session_id, const log_query&) -> caf::result<log_chunk> {
        return caf::error{make_error(errc::unavailable, "not connected")};
      },
  };
}

job_spec job(std::string name, schedule_spec s = every_schedule{60s, {}}) {
  job_spec spec;
  spec.group = "orders";
  spec.name = std::move(name);
  spec.schedule = std::move(s);
  spec.work = handler_work{"h"};
  return spec;
}

class OperatorOnSqlite : public xxl::test::ActorTest {
protected:
  xxl::test::temporary_directory place;
  std::unique_ptr<storage::store> store;
  catalog_actor catalog;
  job_registry_actor jobs;
  executor_registry_actor executors = sys.spawn(no_executors);
  operator_actor api;

  OperatorOnSqlite() {
    store = storage::open_store("sqlite://" + (place / "xxl.db").string(), "test");
    store->migrate();
    catalog_config c;
    c.database = store->open_catalog();
    c.time = borrowed(clock);
    c.detached = false;
    catalog = spawn_catalog(sys, std::move(c));
    job_registry_config r;
    r.catalog = catalog;
    jobs = spawn_job_registry(sys, std::move(r));
    operator_api_config o;
    o.catalog = catalog;
    o.jobs = jobs;
    o.executors = executors;
    o.stats = [] { return node_stats{}; };
    api = spawn_operator_api(sys, std::move(o));
    settle();
  }
  ~OperatorOnSqlite() override {
    self->send_exit(api, caf::exit_reason::user_shutdown);
    self->send_exit(jobs, caf::exit_reason::user_shutdown);
    self->send_exit(executors, caf::exit_reason::user_shutdown);
    self->send_exit(catalog, caf::exit_reason::user_shutdown);
    api = nullptr;
    jobs = nullptr;
    executors = nullptr;
    catalog = nullptr;
    settle();
    store.reset();
  }

  std::vector<std::string> apply(std::vector<job_spec> specs) {
    apply_request request;
    request.groups.emplace_back();
    request.groups[0].name = "orders";
    request.jobs = std::move(specs);
    request.who = "ann";
    auto answer = ask<std::vector<apply_change>>(api, apply_atom_v, std::move(request));
    if (!answer) return {text_of(answer.error())};
    std::vector<std::string> said;
    for (auto& c : *answer) said.push_back(c.name + " " + c.change + (c.detail.empty() ? "" : ": " + c.detail));
    return said;
  }
  job_detail describe(const std::string& name) {
    auto detail = ask<job_detail>(api, describe_atom_v, job_ref{"orders", name});
    if (!detail) {
      ADD_FAILURE() << text_of(detail.error());
      return {};
    }
    return *detail;
  }
  pause_answer pause(const std::string& name, bool on) {
    auto answer = ask<pause_answer>(api, pause_atom_v, pause_request{{"orders", name}, on, "ann"});
    if (!answer) {
      ADD_FAILURE() << text_of(answer.error());
      return {};
    }
    return *answer;
  }
  using words = std::vector<std::string>;
};

TEST_F(OperatorOnSqlite, ApplyTwiceThenAChange) {
  EXPECT_EQ(apply({job("a"), job("b")}), (words{" created", "a created", "b created"}));
  EXPECT_EQ(apply({job("a"), job("b")}), (words{" unchanged", "a unchanged", "b unchanged"}));
  EXPECT_EQ(apply({job("a"), job("b", cron_schedule{"0 0 * * * ?", "UTC"})}),
            (words{" unchanged", "a unchanged", "b changed: schedule"}));
  auto b = describe("b");
  EXPECT_EQ(b.job.version, 2);
  EXPECT_EQ(b.job.spec, job("b", cron_schedule{"0 0 * * * ?", "UTC"}));
  EXPECT_EQ(b.next_fires.size(), 5u);
  EXPECT_EQ(describe("a").job.version, 1);
}

TEST_F(OperatorOnSqlite, AThousandJobsInOneRequest) {
  std::vector<job_spec> specs;
  for (int i = 0; i < 999; ++i) specs.push_back(job("j" + std::to_string(i)));
  EXPECT_EQ(apply(specs).back(), "j998 created");
  job_query q;
  q.limit = 1'000;
  EXPECT_EQ(ask<std::vector<job_view>>(api, jobs_atom_v, q)->size(), 999u);
  EXPECT_EQ(ask<std::vector<group_view>>(api, groups_atom_v)->at(0).jobs, 999u);
}

TEST_F(OperatorOnSqlite, PauseAndResumeLeaveOneGapForThePausedSpan) {
  apply({job("a")});
  auto begin = clock.now();
  EXPECT_TRUE(pause("a", true).changed);
  EXPECT_FALSE(describe("a").job.next);
  EXPECT_FALSE(pause("a", true).changed);
  clock.step(150s);
  auto resumed = pause("a", false);
  EXPECT_TRUE(resumed.changed);
  EXPECT_EQ(resumed.next, begin + 180s);
  auto detail = describe("a");
  ASSERT_EQ(detail.gaps.size(), 1u);
  EXPECT_EQ(detail.gaps[0].from, begin + 60s);
  EXPECT_EQ(detail.gaps[0].to, begin + 120s);
  EXPECT_EQ(detail.gaps[0].fires, 2);
  EXPECT_EQ(detail.gaps[0].reason, state_reason::paused);
  EXPECT_EQ(detail.job.version, 3);
}

TEST_F(OperatorOnSqlite, AnOverdueFireThatIsEditedAwayLeavesAGap) {
  apply({job("a")});
  auto begin = clock.now();
  clock.step(130s);
  apply({job("a", every_schedule{30s, {}})});
  auto detail = describe("a");
  EXPECT_EQ(detail.job.next, begin + 150s);
  ASSERT_EQ(detail.gaps.size(), 1u);
  EXPECT_EQ(detail.gaps[0].fires, 2);
  EXPECT_EQ(detail.gaps[0].reason, state_reason::edited);
}

TEST_F(OperatorOnSqlite, ATriggerByHandIsInTheLedgerOnce) {
  apply({job("a", no_schedule{})});
  auto once = [&] {
    return *ask<trigger_receipt>(api, trigger_atom_v, trigger_request{{"orders", "a"}, "--x", "r1", "ann"});
  };
  auto first = once();
  auto again = once();
  EXPECT_FALSE(first.repeated);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(first.trigger, again.trigger);
  auto triggers = describe("a").triggers;
  ASSERT_EQ(triggers.size(), 1u);
  EXPECT_EQ(triggers[0].cause, trigger_cause::manual);
  EXPECT_EQ(triggers[0].state, trigger_state::waiting);
  EXPECT_EQ(triggers[0].params, "--x");
  EXPECT_EQ(triggers[0].fire, clock.now());
  auto log = ask<log_chunk>(api, log_atom_v, log_query{first.trigger, first.fire, 1, 10});
  ASSERT_TRUE(log) << text_of(log.error());
  EXPECT_FALSE(log->found);
}

TEST_F(OperatorOnSqlite, MistypedNamesAreAnswered) {
  apply({job("close-stale")});
  auto wrong = ask<job_detail>(api, describe_atom_v, job_ref{"orders", "close-stael"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(code_of(wrong.error()), errc::not_found);
  EXPECT_EQ(text_of(wrong.error()), "there is no job \"orders/close-stael\"; did you mean \"close-stale\"?");
}

} // namespace
} // namespace xxl::admin
