#include "actors/admin/job_registry.hpp"
#include "protocol/errors.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

/// What reached the catalog, in order, and the answers it still owes.
struct catalog_script {
  std::vector<std::string> seen;
  std::deque<std::function<void()>> owed;
  bool hold = false; ///< answers wait until a test lets them go
};
using script_ptr = std::shared_ptr<catalog_script>;

template <class R>
caf::result<R> reply(catalog_actor::pointer self, const script_ptr& script, std::string what, R answer) {
  script->seen.push_back(std::move(what));
  auto promise = self->make_response_promise<R>();
  auto deliver = [promise, answer]() mutable { promise.deliver(answer); };
  if (script->hold)
    script->owed.emplace_back(deliver);
  else
    deliver();
  return promise;
}

catalog_actor::behavior_type fake_catalog(catalog_actor::pointer self, script_ptr script) {
  return {
      [=](groups_atom) { // a test lets the oldest answer go: promises are kept inside their actor
        if (!script->owed.empty()) {
          script->owed.front()();
          script->owed.pop_front();
        }
        return std::vector<group_view>{};
      },
      [=](apply_atom, apply_request& r) {
        return reply(self, script, "apply " + r.source,
                     std::vector<apply_change>{{"job", "orders", r.jobs.empty() ? "" : r.jobs[0].name, "changed", ""}});
      },
      [](jobs_atom, const job_query&) { return std::vector<job_view>{}; },
      [](executors_atom) { return std::vector<executor_view>{}; },
      [](triggers_atom, const trigger_query&) { return std::vector<trigger_view>{}; },
      [](audit_atom, jobs_atom, const audit_query&) { return std::vector<audit_job>{}; },
      [](audit_atom, versions_atom, const audit_query&) { return std::vector<audit_version>{}; },
      [](audit_atom, gaps_atom, const audit_query&) { return std::vector<audit_gap>{}; },
      [](audit_atom, triggers_atom, const audit_query&) { return std::vector<audit_trigger>{}; },
      [=](describe_atom, const job_ref& ref) { return reply(self, script, "describe " + ref.name, job_detail{}); },
      [=](trigger_atom, const trigger_request& r) {
        return reply(self, script, "trigger " + r.job.name + " " + r.request,
                     trigger_receipt{trigger_id{7}, instant{}, false});
      },
      [=](pause_atom, const pause_request& r) {
        return reply(self, script, std::string{r.pause ? "pause " : "resume "} + r.job.name, pause_answer{true, {}});
      },
      [=](next_atom, const job_ref& ref, std::uint32_t) {
        return reply(self, script, "next " + ref.name, std::vector<instant>{instant{}});
      },
      [](kill_atom, const kill_request&) { return kill_answer{}; },
      [](cluster_atom) { return cluster_view{}; },
      [](script_atom, job_id, spec_version) { return script_source{}; },
  };
}

class JobRegistryTest : public xxl::test::ActorTest {
protected:
  script_ptr script = std::make_shared<catalog_script>();
  catalog_actor catalog = sys.spawn(fake_catalog, script);
  metrics_ptr counters = std::make_shared<metrics>();
  job_registry_actor registry;
  int answered = 0;

  JobRegistryTest() { start({}); }
  ~JobRegistryTest() override {
    self->send_exit(registry, caf::exit_reason::user_shutdown);
    self->send_exit(catalog, caf::exit_reason::user_shutdown);
    registry = nullptr;
    catalog = nullptr;
    settle();
  }

  void start(job_registry_config settings) {
    if (registry) self->send_exit(registry, caf::exit_reason::user_shutdown);
    settings.catalog = catalog;
    settings.metrics = counters;
    registry = spawn_job_registry(sys, settings);
    settle();
  }
  std::int64_t awake() { return counters->snapshot()["job_registry.awake"]; }
  void let_go() {
    while (!script->owed.empty()) ask<std::vector<group_view>>(catalog, groups_atom_v);
  }
  /// Asks without taking the answer.
  template <class... Ts> void post(Ts... request) {
    self->request(registry, caf::infinite, std::move(request)...);
    settle();
  }
  void post_pause(const std::string& job, bool on = true) {
    post(pause_atom_v, pause_request{{"orders", job}, on, "ann"});
  }
  void post_apply(const std::string& source, std::vector<std::string> jobs) {
    apply_request r;
    r.source = source;
    for (auto& name : jobs) {
      job_spec spec;
      spec.group = "orders";
      spec.name = name;
      r.jobs.push_back(spec);
    }
    post(apply_atom_v, std::move(r));
  }
  using seen = std::vector<std::string>;
};

TEST_F(JobRegistryTest, RequestsReachTheCatalogAndTheirAnswersComeBack) {
  EXPECT_TRUE(ask<pause_answer>(registry, pause_atom_v, pause_request{{"orders", "a"}, true, "ann"})->changed);
  EXPECT_EQ(ask<trigger_receipt>(registry, trigger_atom_v, trigger_request{{"orders", "a"}, {}, "r1", "ann"})->trigger,
            trigger_id{7});
  EXPECT_EQ(ask<std::vector<instant>>(registry, next_atom_v, job_ref{"orders", "a"}, std::uint32_t{3})->size(), 1u);
  EXPECT_TRUE(ask<job_detail>(registry, describe_atom_v, job_ref{"orders", "a"}));
  EXPECT_EQ(ask<std::vector<apply_change>>(registry, apply_atom_v, apply_request{})->size(), 1u);
  EXPECT_EQ(script->seen, (seen{"pause a", "trigger a r1", "next a", "describe a", "apply "}));
  EXPECT_EQ(awake(), 1);
}

TEST_F(JobRegistryTest, AnIdleJobIsPassivatedAndWokenAgain) {
  post_pause("a");
  post_pause("b");
  EXPECT_EQ(awake(), 2);
  advance(40s);
  post_pause("b", false);
  advance(25s);
  EXPECT_EQ(awake(), 1) << "b was asked meanwhile";
  advance(30s);
  EXPECT_EQ(awake(), 0);
  post_pause("a", false);
  EXPECT_EQ(awake(), 1);
  EXPECT_EQ(script->seen.back(), "resume a");
}

TEST_F(JobRegistryTest, AJobWithAnUnansweredRequestIsNotPassivated) {
  job_registry_config settings;
  settings.idle = 5s;
  start(settings);
  script->hold = true;
  post_pause("a");
  advance(20s);
  EXPECT_EQ(awake(), 1);
  let_go();
  advance(10s);
  EXPECT_EQ(awake(), 0);
}

TEST_F(JobRegistryTest, AnApplyWaitsForTheAwakeJobsItNamesAndNothingOvertakesIt) {
  script->hold = true;
  post_pause("a");
  post_apply("files", {"a", "z"});
  post_pause("b");
  EXPECT_EQ(script->seen, (seen{"pause a"})) << "the apply waits for a's answer, b waits behind the apply";
  EXPECT_EQ(counters->snapshot()["job_registry.waiting"], 1);
  let_go();
  EXPECT_EQ(script->seen, (seen{"pause a", "apply files", "pause b"}));
  EXPECT_EQ(counters->snapshot()["job_registry.waiting"], 0);
}

TEST_F(JobRegistryTest, AnApplyOfJobsWithNothingUnderWayGoesStraightThrough) {
  script->hold = true;
  post_pause("a");
  post_apply("files", {"b", "c"});
  EXPECT_EQ(script->seen, (seen{"pause a", "apply files"}));
  let_go();
}

TEST_F(JobRegistryTest, TwoAppliesBehindOneAnotherKeepTheirOrder) {
  script->hold = true;
  post_pause("a");
  post_apply("first", {"a"});
  post_apply("second", {"a"});
  post_pause("a", false);
  let_go();
  EXPECT_EQ(script->seen, (seen{"pause a", "apply first", "apply second", "resume a"}));
}

TEST_F(JobRegistryTest, ACatalogThatDoesNotAnswerIsReportedInTime) {
  job_registry_config settings;
  settings.patience = 5s;
  start(settings);
  script->hold = true;
  auto request = self->request(registry, caf::infinite, pause_atom_v, pause_request{{"orders", "a"}, true, "ann"});
  advance(5s);
  std::string said;
  request.receive([](const pause_answer&) {},
                  [&](const caf::error& e) { said = to_string(code_of(e)) + ": " + text_of(e); });
  EXPECT_EQ(said, "deadline_exceeded: the database did not answer within 5s; look whether a change has happened before "
                  "repeating it");
}

TEST_F(JobRegistryTest, AtTheLimitOfAwakeJobsOtherJobsAreRefused) {
  job_registry_config settings;
  settings.awake_limit = 2;
  start(settings);
  post_pause("a");
  post_pause("b");
  auto third = ask<job_detail>(registry, describe_atom_v, job_ref{"orders", "c"});
  ASSERT_FALSE(third);
  EXPECT_EQ(code_of(third.error()), errc::limit_reached);
  EXPECT_EQ(text_of(third.error()), "2 jobs are being edited or asked about; repeat later");
}

TEST_F(JobRegistryTest, AJobTakesALimitedNumberOfRequests) {
  script->hold = true;
  for (int i = 0; i < 64; ++i) post_pause("a");
  auto refused = ask<pause_answer>(registry, pause_atom_v, pause_request{{"orders", "a"}, true, "ann"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(code_of(refused.error()), errc::limit_reached);
  EXPECT_EQ(text_of(refused.error()), "job orders/a: 64 requests are under way; repeat later");
  let_go();
}

TEST_F(JobRegistryTest, BehindAnApplyOnlySoManyWait) {
  job_registry_config settings;
  settings.waiting_limit = 1;
  start(settings);
  script->hold = true;
  post_pause("a");
  post_apply("files", {"a"});
  post_pause("b");
  auto refused = ask<pause_answer>(registry, pause_atom_v, pause_request{{"orders", "c"}, true, "ann"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(text_of(refused.error()), "1 requests wait for an apply to finish; repeat later");
  let_go();
}

TEST_F(JobRegistryTest, TakesItsJobsAlongWhenItStops) {
  post_pause("a");
  auto before = sys.registry().running();
  self->send_exit(registry, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(sys.registry().running(), before - 2);
}

} // namespace
} // namespace xxl::admin
