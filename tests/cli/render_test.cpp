#include "cli/render.hpp"
#include "tests/cli/views.hpp"

#include <gtest/gtest.h>

namespace xxl::cli {
namespace {

using namespace test;

TEST(Render, Groups) {
  group_view automatic, fixed;
  automatic.spec.name = "orders";
  automatic.spec.title = "Order service";
  automatic.executors = 2;
  automatic.jobs = 12;
  fixed.spec.name = "billing";
  fixed.spec.mode = address_mode::fixed;
  fixed.spec.addresses = {"host-1", "host-2"};
  fixed.paused = true;
  EXPECT_EQ(render(std::vector{automatic, fixed}), "GROUP    TITLE          ADDRESSES      PAUSED  EXECUTORS  JOBS\n"
                                                   "orders   Order service  auto           no      2          12\n"
                                                   "billing  -              host-1 host-2  yes     0          0\n");
}

TEST(Render, Jobs) {
  auto paused = cron_job();
  paused.paused = true;
  paused.spec.enabled = false;
  paused.next.reset();
  paused.spec.schedule = every_schedule{30s, noon};
  EXPECT_EQ(render(std::vector{cron_job(), delayed_script(), paused}),
            "JOB                 SCHEDULE                                 WORK                STATE             NEXT   "
            "                   LAST                      VERSION  OWNER\n"
            "orders/close-stale  cron 0 */5 * * * ? Asia/Shanghai         handler closeStale  active            "
            "2026-12-01T12:05:00.000Z  2026-12-01T12:00:00.000Z  3        team-orders\n"
            "orders/sweep        after 1m30s                              python script       active            after "
            "the run             2026-12-01T12:00:00.000Z  1        -\n"
            "orders/close-stale  every 30s from 2026-12-01T12:00:00.000Z  handler closeStale  paused, disabled  -      "
            "                   2026-12-01T12:00:00.000Z  3        team-orders\n");
}

TEST(Render, AJobThatCannotBeUsedStandsInTheListWithItsProblemBelow) {
  EXPECT_EQ(
      render(std::vector{delayed_script(), unusable_job()}),
      "JOB                 SCHEDULE     WORK           STATE     NEXT                      LAST                   "
      "   VERSION  OWNER\n"
      "orders/sweep        after 1m30s  python script  active    after the run             2026-12-01T12:00:00."
      "000Z  1        -\n"
      "orders/of-tomorrow  ?            ?              unusable  2026-12-01T12:00:00.000Z  -                      "
      "   2        -\n"
      "\nProblems\n"
      "JOB                 PROBLEM\n"
      "orders/of-tomorrow  stored specification: route \"moon\" is unknown\n");
}

TEST(Render, AJobThatCannotBeUsedIsDescribedByItsProblem) {
  job_detail d;
  d.job = unusable_job();
  d.job.paused = true;
  EXPECT_EQ(render(d), "Job:      orders/of-tomorrow\n"
                       "Id:       9\n"
                       "Version:  2\n"
                       "State:    paused, unusable\n"
                       "Problem:  stored specification: route \"moon\" is unknown; apply the job anew\n"
                       "Next:     2026-12-01T12:00:00.000Z\n"
                       "Last:     -\n");
}

TEST(Render, Executors) {
  executor_view x;
  x.session.value = 42;
  x.group = "orders";
  x.name = "host-1";
  x.address = "host-1 pid 7";
  x.version = "0.1.0";
  x.state = "live";
  x.started = noon;
  x.lease_until = noon + 10s;
  x.connected = true;
  EXPECT_EQ(render(std::vector{x}), "EXECUTOR       STATE  CONNECTED  STARTED                   LEASE UNTIL            "
                                    "   VERSION  ADDRESS       SESSION\n"
                                    "orders/host-1  live   yes        2026-12-01T12:00:00.000Z  "
                                    "2026-12-01T12:00:10.000Z  0.1.0    host-1 pid 7  42\n");
}

TEST(Render, Triggers) {
  EXPECT_EQ(render(std::vector{failed_trigger(), waiting_trigger()}),
            "TRIGGER  JOB                 FIRE                      STATE                  CAUSE     ATTEMPT  EXECUTOR "
            " LATENESS  DURATION  MESSAGE\n"
            "1042     orders/close-stale  2026-12-01T12:00:00.000Z  failed (exit_code)     retry     2        host-1   "
            " 3ms       1s500ms   exit code 3\\nsee the log\n"
            "1043     orders/sweep        2026-12-01T12:05:00.000Z  waiting (no_executor)  schedule  1        -        "
            " -         -         -\n");
}

TEST(Render, JobInDetail) {
  job_detail d;
  d.job = cron_job();
  d.job.spec.retry = {.retries = 2, .on_timed_out = false, .on_lost = true};
  d.group_paused = true;
  d.next_fires = {noon + 5min, noon + 10min};
  d.triggers = {failed_trigger()};
  d.gaps = {{noon - 10min, noon - 5min, 2, noon, state_reason::paused}};
  constexpr auto* expected = R"(Job:       orders/close-stale
Id:        7
Version:   3
State:     active (its group is paused)
Schedule:  cron 0 */5 * * * ? Asia/Shanghai
Work:      handler closeStale
Params:    --limit 500
Route:     round
Block:     serial
Misfire:   skip
Timeout:   30s
Retries:   2 on failed, lost
Owner:     team-orders
Next:      2026-12-01T12:05:00.000Z
Last:      2026-12-01T12:00:00.000Z

Next fires
2026-12-01T12:05:00.000Z
2026-12-01T12:10:00.000Z

Newest triggers
TRIGGER  FIRE                      STATE               CAUSE  ATTEMPT  EXECUTOR  LATENESS  DURATION  MESSAGE
1042     2026-12-01T12:00:00.000Z  failed (exit_code)  retry  2        host-1    3ms       1s500ms   exit code 3\nsee the log

Fires passed over
FROM                      TO                        FIRES  REASON  RECORDED
2026-12-01T11:50:00.000Z  2026-12-01T11:55:00.000Z  2      paused  2026-12-01T12:00:00.000Z
)";
  EXPECT_EQ(render(d), expected);
}

TEST(Render, AJobWithNothingBehindItHasNoEmptySections) {
  job_detail d;
  d.job = delayed_script();
  constexpr auto* expected = R"(Job:       orders/sweep
Id:        8
Version:   1
State:     active
Schedule:  after 1m30s
Work:      python script
Params:    -
Route:     round
Block:     serial
Misfire:   skip
Timeout:   none
Retries:   none
Owner:     -
Next:      after the run
Last:      2026-12-01T12:00:00.000Z
)";
  EXPECT_EQ(render(d), expected);
}

TEST(Render, Cluster) {
  cluster_view c;
  c.epoch = {17};
  c.leader = "admin-1";
  c.now = noon;
  c.lag = 12ms;
  c.nodes = {{"admin-1", "host-1:7788", "0.1.0", noon - 1h, noon - 40ms, -3ms, true},
             {"admin-2", "host-2:7788", "0.1.0", noon - 2h, noon - 1'250ms, {}, false}};
  c.takeovers = {{{17}, "admin-1", noon - 1h, takeover_cause::lost, "admin-2", 1'720ms},
                 {{16}, "admin-2", noon - 2h, takeover_cause::first, "", {}}};
  constexpr auto* expected = R"(Now:     2026-12-01T12:00:00.000Z
Leader:  admin-1
Epoch:   17
State:   active
Lag:     12ms

Admins
NODE     LEADS  LAST SEEN  CLOCK OFFSET  STARTED                   VERSION  ADDRESS
admin-1  yes    now        -3 ms         2026-12-01T11:00:00.000Z  0.1.0    host-1:7788
admin-2  no     1.2 s ago  -             2026-12-01T10:00:00.000Z  0.1.0    host-2:7788

Takeovers, newest first
TAKEOVER                  BY       FROM     CAUSE  GAP      EPOCH
2026-12-01T11:00:00.000Z  admin-1  admin-2  lost   1720 ms  17
2026-12-01T10:00:00.000Z  admin-2  -        first  -        16
)";
  EXPECT_EQ(render(c), expected);
}

TEST(Render, Kills) {
  EXPECT_EQ(render(kill_answer{1, 0, 0, {}}, true), "killed before it was sent");
  EXPECT_EQ(render(kill_answer{0, 1, 0, {}}, true), "marked; its executor ends it");
  EXPECT_EQ(render(kill_answer{0, 0, 1, {}}, true), "was marked for killing already");
  EXPECT_EQ(render(kill_answer{0, 0, 0, trigger_state::succeeded}, true), "has ended already: succeeded");
  EXPECT_EQ(render(kill_answer{3, 2, 0, {}}, false), "3 killed before being sent, 2 marked; their executors end them");
  EXPECT_EQ(render(kill_answer{}, false), "nothing is open");
}

TEST(Render, TriggerInDetail) {
  constexpr auto* expected = R"(Trigger:   1042
Job:       orders/close-stale
Version:   3
State:     failed (exit_code)
Cause:     retry
Attempt:   2
Fire:      2026-12-01T12:00:00.000Z
Planned:   2026-12-01T12:00:00.000Z
Claimed:   2026-12-01T11:59:59.900Z
Sent:      -
Started:   2026-12-01T12:00:00.003Z
Ended:     2026-12-01T12:00:01.503Z
Lateness:  3ms
Duration:  1s500ms
Executor:  host-1
Session:   9007199254740993
Params:    --limit 500
Message:   exit code 3\nsee the log
)";
  EXPECT_EQ(render(failed_trigger()), expected);
}

TEST(Render, FiresOnePerLine) {
  EXPECT_EQ(render(std::vector<instant>{noon, noon + 250ms}), "2026-12-01T12:00:00.000Z\n2026-12-01T12:00:00.250Z\n");
}

TEST(Render, Stats) {
  node_stats s;
  s.node = "admin-1";
  s.leads = true;
  s.epoch.value = 4;
  s.values = {{"claim.last_ms", 12}, {"ring.entries", 5'000}};
  EXPECT_EQ(render(s), "node:           admin-1\n"
                       "leads:          yes\n"
                       "epoch:          4\n"
                       "claim.last_ms:  12\n"
                       "ring.entries:   5000\n");
}

TEST(Render, ChangesSaysWhatChangedAndCountsTheRest) {
  std::vector<apply_change> changes{{"group", "orders", "", "created", ""},
                                    {"job", "orders", "a", "unchanged", ""},
                                    {"job", "orders", "b", "changed", "schedule, timeout"},
                                    {"job", "orders", "c", "failed", "schedule: bad\nvery bad"}};
  EXPECT_EQ(render_changes(changes), "group orders created\n"
                                     "job orders/b changed: schedule, timeout\n"
                                     "job orders/c failed: schedule: bad\\nvery bad\n");
  change_counts n;
  for (auto& c : changes) n.add(c);
  EXPECT_EQ(to_string(n), "1 created, 1 changed, 1 unchanged, 1 failed");
}

} // namespace
} // namespace xxl::cli
