// The judge is judged: a run that is as it must be has no violation, and each thing that may not be is found.

#include "protocol/enums.hpp"
#include "tests/faults/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace xxl::faults {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto every = "faults/every", delayed = "faults/delayed";
constexpr std::int64_t executor_1 = 71;

/// One job that fired each second from 1,000 to 9,000 and was paused after 4,000 and resumed after 6,000, and a fixed
/// delay that ran at 5,000 and 9,500.
class Checker : public ::testing::Test {
protected:
  Checker() {
    e.versions = {version(every, 1, 0), version(every, 2, 4'500), version(every, 3, 6'500), version(every, 4, 9'900)};
    e.versions[1].paused = true;
    e.versions[3].enabled = false;
    for (auto& v : e.versions) e.acts.push_back({"edit", v.job, v.from_ms - 10, v.from_ms + 10});
    e.jobs = {plan_of(e.versions)};
    e.jobs[0].retries = 1;
    for (std::int64_t ms : {1'000, 2'000, 3'000, 4'000, 7'000, 8'000, 9'000}) run(every, ms);
    e.ledger.gaps = {{every, 5'000, 6'000, 2, 6'500, 2, static_cast<int>(state_reason::paused)}};
    e.jobs.push_back({delayed, true, 0, 9'900, {}});
    run(delayed, 5'000);
    run(delayed, 9'500);
    e.executors = {{executor_1, "executor-1"}};
  }

  static e2e::job_version version(const char* job, int number, std::int64_t from_ms) {
    e2e::job_version v;
    v.job = job;
    v.version = number;
    v.from_ms = v.after_ms.emplace(from_ms);
    v.spec = R"({"schedule": {"every": 1000}})";
    return v;
  }

  /// A row that succeeded, with its start.
  void run(const char* job, std::int64_t fire_ms, int attempt = 1) {
    e2e::ledger_row row;
    row.key = {job, fire_ms, "", -1, attempt};
    row.trigger = fire_ms * 10 + attempt;
    row.state = static_cast<int>(trigger_state::succeeded);
    row.session = executor_1;
    row.claimed_ms = fire_ms - 100;
    row.started_ms = fire_ms + 1;
    row.ended_ms = fire_ms + 30;
    e.ledger.rows.push_back(row);
    e.starts.push_back({row.key, executor_1});
  }
  e2e::ledger_row& row_at(std::int64_t fire_ms) {
    return *std::find_if(e.ledger.rows.begin(), e.ledger.rows.end(), [&](auto& r) { return r.key.fire_ms == fire_ms; });
  }
  void drop_row(std::int64_t fire_ms) {
    std::erase_if(e.ledger.rows, [&](auto& r) { return r.key.fire_ms == fire_ms; });
  }
  void drop_start(std::int64_t fire_ms) {
    std::erase_if(e.starts, [&](auto& s) { return s.key.fire_ms == fire_ms; });
  }
  void ended_as(std::int64_t fire_ms, trigger_state state, state_reason reason = state_reason::none) {
    row_at(fire_ms).state = static_cast<int>(state);
    row_at(fire_ms).reason = static_cast<int>(reason);
  }
  /// An executor that was away from 2,500 to 20,000, and a row that ended at 12,500 because of it.
  void cut_host_loses(std::int64_t fire_ms) {
    e.cuts = {{"executor-1", 2'500, 20'000}};
    ended_as(fire_ms, trigger_state::lost, state_reason::session_ended);
    row_at(fire_ms).ended_ms = 12'500;
  }

  std::vector<std::string> rules() {
    std::vector<std::string> found;
    for (auto& x : check(e).violations) found.push_back(x.rule);
    return found;
  }

  evidence e;
};

TEST_F(Checker, ARunAsItMustBeIsClean) {
  auto v = check(e);
  EXPECT_THAT(rules(), IsEmpty());
  EXPECT_TRUE(v.clean());
  EXPECT_EQ(v.fires, 11);
  EXPECT_EQ(v.lost, 0);
  EXPECT_EQ(v.doubled, 0);
  EXPECT_EQ(v.gaps, 1);
}

TEST_F(Checker, TheSameKeyTwiceIsDoubled) {
  e.starts.push_back(e.starts[2]);
  e.starts.push_back(e.starts[2]);
  EXPECT_THAT(rules(), ElementsAre("doubled"));
  EXPECT_EQ(check(e).doubled, 2);
}

TEST_F(Checker, AnotherAttemptOfTheSameFireIsNotDoubled) {
  ended_as(3'000, trigger_state::failed, state_reason::handler_error);
  run(every, 3'000, 2);
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Checker, ADueFireThatIsNowhereIsLost) {
  drop_row(3'000);
  drop_start(3'000);
  EXPECT_THAT(rules(), ElementsAre("due, and nowhere"));
  EXPECT_EQ(check(e).lost, 1);
}

TEST_F(Checker, TheLastFireBeforeAnEditIsDueToo) {
  drop_row(9'000);
  drop_start(9'000);
  EXPECT_THAT(rules(), ElementsAre("due, and nowhere"));
}

TEST_F(Checker, AStartWithoutARowIsFound) {
  drop_row(3'000);
  EXPECT_THAT(rules(), ElementsAre("started, and not in the ledger"));
}

TEST_F(Checker, ASuccessWithoutAStartIsLost) {
  drop_start(3'000);
  EXPECT_THAT(rules(), ElementsAre("ended without a start"));
  EXPECT_EQ(check(e).lost, 1);
}

TEST_F(Checker, ALostRowCountsWithItsStart) {
  ended_as(3'000, trigger_state::lost, state_reason::session_ended);
  EXPECT_THAT(rules(), IsEmpty());
  EXPECT_EQ(check(e).lost_rows, 1);
}

TEST_F(Checker, ALostRowWithoutAStartIsAViolation) {
  ended_as(3'000, trigger_state::lost, state_reason::session_ended);
  drop_start(3'000);
  EXPECT_THAT(rules(), ElementsAre("ended without a start"));
}

TEST_F(Checker, ALostRowWithoutAStartIsExcusedByACutHost) {
  cut_host_loses(3'000);
  drop_start(3'000);
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Checker, AnotherExecutorsCutExcusesNothing) {
  cut_host_loses(3'000);
  drop_start(3'000);
  e.cuts[0].executor = "executor-2";
  EXPECT_THAT(rules(), ElementsAre("ended without a start"));
}

TEST_F(Checker, ARowThatWasLostBeforeTheCutIsNotExcused) {
  cut_host_loses(3'000);
  drop_start(3'000);
  row_at(3'000).ended_ms = 2'400;
  EXPECT_THAT(rules(), ElementsAre("ended without a start"));
}

TEST_F(Checker, AFailureForWantOfAnExecutorIsCountedAndExcusedByNothing) {
  ended_as(3'000, trigger_state::failed, state_reason::no_executor);
  drop_start(3'000);
  e.jobs[0].retries = 0;
  EXPECT_THAT(rules(), ElementsAre("ended without a start"));
  EXPECT_EQ(check(e).no_executor, 1);
}

TEST_F(Checker, AKilledRowNeedsNoStartIfItsKillWasAskedFor) {
  ended_as(3'000, trigger_state::killed);
  drop_start(3'000);
  EXPECT_THAT(rules(), ElementsAre("ended without a start"));
  e.to_be_killed = {row_at(3'000).trigger};
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Checker, ARowWhoseKillWasConfirmedMustEndAsKilled) {
  e.to_be_killed = e.killed = {row_at(3'000).trigger};
  EXPECT_THAT(rules(), ElementsAre("killed, and ended otherwise"));
  ended_as(3'000, trigger_state::killed);
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Checker, AKillThatCameTooLateChangesNothing) {
  e.to_be_killed = {row_at(3'000).trigger};
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Checker, ARowThatStaysOpenIsLost) {
  ended_as(3'000, trigger_state::running);
  EXPECT_THAT(rules(), ElementsAre("never ended"));
  EXPECT_EQ(check(e).lost, 1);
}

TEST_F(Checker, AFailureWithRetriesLeftMustBeRepeated) {
  ended_as(3'000, trigger_state::failed, state_reason::handler_error);
  EXPECT_THAT(rules(), ElementsAre("no retry followed"));
}

TEST_F(Checker, AFailureWithoutRetriesMustNotBeRepeated) {
  ended_as(3'000, trigger_state::failed, state_reason::handler_error);
  run(every, 3'000, 2);
  e.jobs[0].retries = 0;
  EXPECT_THAT(rules(), ElementsAre("a retry that nothing called for"));
}

TEST_F(Checker, ALostRunIsNotRepeatedUnasked) {
  ended_as(3'000, trigger_state::lost, state_reason::session_ended);
  run(every, 3'000, 2);
  EXPECT_THAT(rules(), ElementsAre("a retry that nothing called for"));
}

TEST_F(Checker, AFireThatWasNotDueIsFound) {
  run(every, 3'500);
  EXPECT_THAT(rules(), ElementsAre("fired and was not due"));
}

TEST_F(Checker, AFireAfterTheEndIsFound) {
  run(every, 10'000);
  EXPECT_THAT(rules(), ElementsAre("fired and was not due"));
}

TEST_F(Checker, AStartBeforeItsTimeIsFound) {
  row_at(3'000).started_ms = 2'900;
  EXPECT_THAT(rules(), ElementsAre("started before its time"));
}

TEST_F(Checker, AFireDuringAPauseIsFound) {
  e.ledger.gaps[0] = {every, 6'000, 6'000, 1, 6'500, 2, static_cast<int>(state_reason::paused)};
  run(every, 5'000);
  EXPECT_THAT(rules(), ElementsAre("fired while the job was paused"));
}

TEST_F(Checker, AFireThatIsInAGapRowTooIsFound) {
  run(every, 5'000);
  EXPECT_THAT(rules(), ElementsAre("in the ledger and in a gap row", "fired while the job was paused"));
}

TEST_F(Checker, AGapOfAMisfireIsLost) {
  e.ledger.gaps[0].reason = static_cast<int>(state_reason::misfire);
  EXPECT_THAT(rules(), ElementsAre("a gap row that no edit or pause wrote"));
  EXPECT_EQ(check(e).lost, 2);
}

TEST_F(Checker, AGapThatReachesBackBehindItsPauseIsFound) {
  e.ledger.gaps[0].from_ms = 4'000;
  e.ledger.gaps[0].fires = 3;
  EXPECT_THAT(rules(),
              ElementsAre("in the ledger and in a gap row", "a gap row that lies outside of what its edit ended"));
}

TEST_F(Checker, AGapIntoTheFutureIsFound) {
  e.ledger.gaps[0].to_ms = 3'606'000;
  e.ledger.gaps[0].fires = 3'602;
  auto found = rules();
  EXPECT_NE(std::find(found.begin(), found.end(), "a gap row that lies outside of what its edit ended"), found.end());
}

TEST_F(Checker, AGapThatCountsWronglyIsFound) {
  e.ledger.gaps[0].fires = 1;
  EXPECT_THAT(rules(), ElementsAre("a gap row that counts wrongly"));
}

TEST_F(Checker, AGapOfAnotherEditsTimeIsFound) {
  e.ledger.gaps[0].at_ms = 6'400;
  EXPECT_THAT(rules(), ElementsAre("a gap row that lies outside of what its edit ended"));
}

TEST_F(Checker, AGapOfAFixedDelayThatNobodyTouchedIsFound) {
  e.ledger.gaps.push_back({delayed, 7'000, 7'000, 1, 7'000, 1, static_cast<int>(state_reason::edited)});
  EXPECT_THAT(rules(), ElementsAre("a gap row that no edit or pause asked for"));
}

TEST_F(Checker, AFireOverdueAtAnEditMayBeItsGap) {
  drop_row(4'000);
  drop_start(4'000);
  e.ledger.gaps.push_back({every, 4'000, 4'000, 1, 4'500, 1, static_cast<int>(state_reason::paused)});
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(Checker, AnEditThatNobodyAskedForThenIsFound) {
  e.acts[1].asked_ms = 4'503;
  EXPECT_THAT(rules(), ElementsAre("an edit that nobody asked for then"));
}

TEST_F(Checker, AFixedDelayMustGoOnToTheEnd) {
  drop_row(9'500);
  drop_start(9'500);
  EXPECT_THAT(rules(), ElementsAre("a fixed delay stopped"));
}

TEST_F(Checker, ATriggerByHandMustBeInTheLedger) {
  e.triggered = {row_at(3'000).trigger, 4'711};
  EXPECT_THAT(rules(), ElementsAre("started by hand, and nowhere"));
  EXPECT_EQ(check(e).lost, 1);
}

} // namespace
} // namespace xxl::faults
