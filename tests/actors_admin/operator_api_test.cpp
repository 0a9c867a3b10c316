#include "actors/admin/operator_api.hpp"
#include "protocol/errors.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <memory>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

/// What stands behind the operator's door, and what was asked of it.
struct house {
  std::vector<trigger_view> triggers;
  std::vector<executor_view> executors;
  std::vector<session_id> connected; ///< their logs can be asked for
  std::vector<std::pair<session_id, log_query>> asked_logs;
  log_chunk chunk;
  int applied = 0;
  bool mute = false; ///< the catalog does not answer lists of triggers
};
using house_ptr = std::shared_ptr<house>;

catalog_actor::behavior_type fake_catalog(catalog_actor::pointer self, house_ptr h) {
  return {
      [](groups_atom) { return std::vector<group_view>(2); },
      [](apply_atom, apply_request&) { return std::vector<apply_change>{}; },
      [](jobs_atom, const job_query&) -> caf::result<std::vector<job_view>> {
        return caf::error{make_error(errc::unavailable, "database: gone")};
      },
      [=](executors_atom) { return h->executors; },
      [=](triggers_atom, const trigger_query& q) -> caf::result<std::vector<trigger_view>> {
        if (h->mute) return self->make_response_promise<std::vector<trigger_view>>();
        std::vector<trigger_view> found;
        for (auto& t : h->triggers)
          if (!q.id || t.id == *q.id) found.push_back(t);
        return found;
      },
      [](describe_atom, const job_ref&) { return job_detail{}; },
      [](trigger_atom, const trigger_request&) { return trigger_receipt{}; },
      [](pause_atom, const pause_request&) { return pause_answer{}; },
      [](kill_atom, const kill_request&) {
        return kill_answer{2, 1, 0, {}};
      },
      [](cluster_atom) { return cluster_view{}; },
      [](next_atom, const job_ref&, std::uint32_t) { return std::vector<instant>{}; },
      [](script_atom, job_id, spec_version) { return script_source{}; },
      [](audit_atom, jobs_atom, const audit_query&) { return std::vector<audit_job>(1); },
      [](audit_atom, versions_atom, const audit_query&) { return std::vector<audit_version>(2); },
      [](audit_atom, gaps_atom, const audit_query&) { return std::vector<audit_gap>(3); },
      [](audit_atom, triggers_atom, const audit_query&) { return std::vector<audit_trigger>(4); },
  };
}

job_registry_actor::behavior_type fake_registry(job_registry_actor::pointer, house_ptr h) {
  return {
      [=](apply_atom, apply_request& r) {
        ++h->applied;
        return std::vector<apply_change>(r.groups.size() + r.jobs.size());
      },
      [](describe_atom, const job_ref&) { return job_detail{}; },
      [](trigger_atom, const trigger_request&) {
        return trigger_receipt{trigger_id{9}, instant{}, true};
      },
      [](pause_atom, const pause_request& r) {
        return pause_answer{r.pause, {}};
      },
      [](next_atom, const job_ref&, std::uint32_t n) { return std::vector<instant>(n); },
  };
}

executor_registry_actor::behavior_type fake_executors(executor_registry_actor::pointer, house_ptr h) {
  return {
      [=](executors_atom) { return h->connected; },
      [=](log_atom, session_id session, const log_query& q) -> caf::result<log_chunk> {
        h->asked_logs.emplace_back(session, q);
        if (std::find(h->connected.begin(), h->connected.end(), session) == h->connected.end())
          return caf::error{make_error(errc::unavailable,
                                       "executor session " + to_string(session) + " is not connected to this admin")};
        return h->chunk;
      },
  };
}

class OperatorApiTest : public xxl::test::ActorTest {
protected:
  house_ptr h = std::make_shared<house>();
  catalog_actor catalog = sys.spawn(fake_catalog, h);
  job_registry_actor jobs = sys.spawn(fake_registry, h);
  executor_registry_actor executors = sys.spawn(fake_executors, h);
  metrics_ptr counters = std::make_shared<metrics>();
  operator_actor api;

  OperatorApiTest() {
    operator_api_config settings;
    settings.catalog = catalog;
    settings.jobs = jobs;
    settings.executors = executors;
    settings.metrics = counters;
    settings.limit = 3;
    settings.stats = [] {
      node_stats s;
      s.node = "n1";
      s.values["ring.entries"] = 5;
      return s;
    };
    api = spawn_operator_api(sys, settings);
    settle();
  }
  ~OperatorApiTest() override {
    self->send_exit(api, caf::exit_reason::user_shutdown);
    self->send_exit(catalog, caf::exit_reason::user_shutdown);
    self->send_exit(jobs, caf::exit_reason::user_shutdown);
    self->send_exit(executors, caf::exit_reason::user_shutdown);
    api = nullptr;
    catalog = nullptr;
    jobs = nullptr;
    executors = nullptr;
    settle();
  }

  template <class R> static std::string error(const caf::expected<R>& x) {
    return x ? "no error" : to_string(code_of(x.error())) + ": " + text_of(x.error());
  }
  trigger_view& add_trigger(std::int64_t id, trigger_state state, std::int64_t session) {
    trigger_view t;
    t.id.value = id;
    t.group = "orders";
    t.executor = "host-1";
    t.state = state;
    t.session.value = session;
    t.fire = instant{5s};
    return h->triggers.emplace_back(t);
  }
  executor_view& add_executor(std::int64_t session, std::string state = "live", std::string name = "host-1") {
    executor_view x;
    x.session.value = session;
    x.group = "orders";
    x.name = std::move(name);
    x.state = std::move(state);
    return h->executors.emplace_back(x);
  }
  caf::expected<log_chunk> log(std::int64_t id, std::uint64_t from = 1) {
    return ask<log_chunk>(api, log_atom_v, log_query{trigger_id{id}, instant{}, from, 100});
  }
};

TEST_F(OperatorApiTest, EachRequestGoesToTheActorThatKnows) {
  EXPECT_EQ(ask<std::vector<group_view>>(api, groups_atom_v)->size(), 2u);
  EXPECT_EQ(ask<trigger_receipt>(api, trigger_atom_v, trigger_request{{"orders", "a"}, {}, "r", "ann"})->trigger,
            trigger_id{9});
  EXPECT_TRUE(ask<pause_answer>(api, pause_atom_v, pause_request{{"orders", "a"}, true, "ann"})->changed);
  EXPECT_EQ(ask<std::vector<instant>>(api, next_atom_v, job_ref{"orders", "a"}, std::uint32_t{4})->size(), 4u);
  EXPECT_TRUE(ask<job_detail>(api, describe_atom_v, job_ref{"orders", "a"}));
  EXPECT_EQ(ask<node_stats>(api, stats_atom_v)->values.at("ring.entries"), 5);
  EXPECT_EQ(counters->snapshot()["operator.requests"], 6);
  EXPECT_EQ(counters->snapshot()["operator.under_way"], 0);
}

TEST_F(OperatorApiTest, AnErrorFromBehindArrivesAsItIs) {
  EXPECT_EQ(error(ask<std::vector<job_view>>(api, jobs_atom_v, job_query{})), "unavailable: database: gone");
}

TEST_F(OperatorApiTest, WhatIsInvalidNeverPassesTheDoor) {
  apply_request r;
  r.jobs.emplace_back();
  r.jobs[0].group = "Orders";
  EXPECT_EQ(error(ask<std::vector<apply_change>>(api, apply_atom_v, r))
                .find("invalid_argument: job Orders/: group \"Orders\""),
            0u);
  EXPECT_EQ(h->applied, 0);
  job_query q;
  q.limit = 0;
  EXPECT_EQ(error(ask<std::vector<job_view>>(api, jobs_atom_v, q)),
            "invalid_argument: limit is out of range: 1 to 1000");
  EXPECT_EQ(error(ask<std::vector<instant>>(api, next_atom_v, job_ref{"orders", "a"}, std::uint32_t{1'001})),
            "invalid_argument: 1 to 1000 fires can be asked for");
  EXPECT_EQ(error(ask<trigger_receipt>(api, trigger_atom_v, trigger_request{{"orders", "a"}, {}, "", "ann"})),
            "invalid_argument: request id is empty");
  EXPECT_EQ(error(log(0)), "invalid_argument: trigger 0 is out of range");
  EXPECT_EQ(counters->snapshot()["operator.refused"], 5);
}

TEST_F(OperatorApiTest, ExecutorsAreMarkedAsConnectedHere) {
  add_executor(11);
  add_executor(12, "live", "host-2");
  h->connected = {session_id{12}};
  auto views = ask<std::vector<executor_view>>(api, executors_atom_v);
  ASSERT_TRUE(views) << error(views);
  EXPECT_FALSE((*views)[0].connected);
  EXPECT_TRUE((*views)[1].connected);
}

TEST_F(OperatorApiTest, ALogIsAskedOfTheExecutorThatRanTheTriggerWithTheLedgersFireTime) {
  add_trigger(7, trigger_state::running, 11);
  h->connected = {session_id{11}};
  h->chunk.lines = {"hello"};
  auto chunk = log(7, 3);
  ASSERT_TRUE(chunk) << error(chunk);
  EXPECT_EQ(chunk->lines, std::vector<std::string>{"hello"});
  ASSERT_EQ(h->asked_logs.size(), 1u);
  EXPECT_EQ(h->asked_logs[0].first, session_id{11});
  EXPECT_EQ(h->asked_logs[0].second.fire, instant{5s});
  EXPECT_EQ(h->asked_logs[0].second.from_line, 3u);
}

TEST_F(OperatorApiTest, TheLogOfAnUnknownTriggerIsNotFound) {
  EXPECT_EQ(error(log(7)), "not_found: there is no trigger 7");
}

TEST_F(OperatorApiTest, ATriggerThatWasNeverOnAnExecutorHasNoLog) {
  add_trigger(7, trigger_state::waiting, 0);
  auto waiting = log(7);
  ASSERT_TRUE(waiting);
  EXPECT_FALSE(waiting->found);
  EXPECT_FALSE(waiting->complete) << "it may still run";
  h->triggers[0].state = trigger_state::failed;
  EXPECT_TRUE(log(7)->complete);
  EXPECT_TRUE(h->asked_logs.empty());
}

TEST_F(OperatorApiTest, TheNextLifeOfAnExecutorServesTheLogsOfTheLast) {
  add_trigger(7, trigger_state::succeeded, 11);
  add_executor(11, "ended");
  add_executor(12, "live", "host-2");
  add_executor(13);
  h->connected = {session_id{12}, session_id{13}};
  h->chunk.lines = {"from before"};
  auto chunk = log(7);
  ASSERT_TRUE(chunk) << error(chunk);
  EXPECT_EQ(chunk->lines, std::vector<std::string>{"from before"});
  EXPECT_EQ(h->asked_logs.back().first, session_id{13});
}

TEST_F(OperatorApiTest, WithoutASuccessorTheFirstErrorIsTold) {
  add_trigger(7, trigger_state::lost, 11);
  add_executor(11, "ended");
  EXPECT_EQ(error(log(7)), "unavailable: executor session 11 is not connected to this admin");
  EXPECT_EQ(counters->snapshot()["operator.under_way"], 0);
}

TEST_F(OperatorApiTest, AFinishedTriggersLogEndsEvenIfItsExecutorNeverSaidSo) {
  add_trigger(7, trigger_state::lost, 11);
  h->connected = {session_id{11}};
  EXPECT_TRUE(log(7)->complete);
  h->chunk.lines = {"last words"};
  EXPECT_FALSE(log(7)->complete) << "more may follow these lines";
  h->triggers[0].state = trigger_state::running;
  h->chunk.lines.clear();
  EXPECT_FALSE(log(7)->complete);
}

TEST_F(OperatorApiTest, AChunkBeyondTheLimitsIsNotPassedOn) {
  add_trigger(7, trigger_state::running, 11);
  h->connected = {session_id{11}};
  h->chunk.lines = {std::string(300'000, 'x')};
  EXPECT_EQ(error(log(7)), "internal: executor host-1: log chunk is too large");
}

TEST_F(OperatorApiTest, RequestsUnderWayAreLimitedAndASilentDatabaseEndsThem) {
  h->mute = true;
  std::vector<std::string> said;
  for (int i = 0; i < 3; ++i) self->request(api, caf::infinite, triggers_atom_v, trigger_query{});
  settle();
  EXPECT_EQ(error(ask<std::vector<group_view>>(api, groups_atom_v)),
            "limit_reached: 3 requests of operators are under way; repeat later");
  EXPECT_EQ(ask<node_stats>(api, stats_atom_v).error(), make_error(errc::limit_reached, ""));
  advance(35s);
  EXPECT_EQ(counters->snapshot()["operator.under_way"], 0);
  EXPECT_EQ(ask<std::vector<group_view>>(api, groups_atom_v)->size(), 2u);
}

TEST_F(OperatorApiTest, AnAuditsListsComeFromTheDatabase) {
  audit_query q;
  q.first = q.last = job_id{7};
  EXPECT_EQ(ask<std::vector<audit_job>>(api, audit_atom_v, jobs_atom_v, q)->size(), 1u);
  EXPECT_EQ(ask<std::vector<audit_version>>(api, audit_atom_v, versions_atom_v, q)->size(), 2u);
  EXPECT_EQ(ask<std::vector<audit_gap>>(api, audit_atom_v, gaps_atom_v, q)->size(), 3u);
  EXPECT_EQ(ask<std::vector<audit_trigger>>(api, audit_atom_v, triggers_atom_v, q)->size(), 4u);
}

TEST_F(OperatorApiTest, AnAuditThatNamesNoJobsIsRefused) {
  const std::string text = "invalid_argument: first job 0 is out of range";
  EXPECT_EQ(error(ask<std::vector<audit_job>>(api, audit_atom_v, jobs_atom_v, audit_query{})), text);
  EXPECT_EQ(error(ask<std::vector<audit_version>>(api, audit_atom_v, versions_atom_v, audit_query{})), text);
  EXPECT_EQ(error(ask<std::vector<audit_gap>>(api, audit_atom_v, gaps_atom_v, audit_query{})), text);
  EXPECT_EQ(error(ask<std::vector<audit_trigger>>(api, audit_atom_v, triggers_atom_v, audit_query{})), text);
}

} // namespace
} // namespace xxl::admin
