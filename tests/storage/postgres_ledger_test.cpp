// What only PostgreSQL can show of the ledger: batches, locks, partitions, the two connections. The rules common to
// both databases are in the conformance suite.

#include "storage/error.hpp"
#include "storage/postgres_store.hpp"
#include "tests/storage/postgres_fixture.hpp"

#include <gmock/gmock.h>

#include <array>
#include <future>
#include <thread>

namespace xxl::test {
namespace {

using namespace storage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PostgresLedger : public PostgresTest {
protected:
  std::unique_ptr<ledger> claims = open_postgres_ledger(url, "n1", true);
  std::unique_ptr<ledger> completions = open_postgres_ledger(url, "n1", false);

  static constexpr instant fire = day_one;

  static session_open session_named(session_id session, std::string name) {
    return {.session = session,
            .lives = {},
            .group = {1},
            .name = std::move(name),
            .address = "",
            .version = "1",
            .now = fire,
            .lease_until = fire + 10 * second};
  }

  template <class Call> static error error_of(Call call) {
    try {
      call();
    } catch (const error& e) {
      return e;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {error_kind::fatal, "", ""};
  }
};

TEST_F(PostgresLedger, TenThousandJobsAreClaimedAndCompletedInBatchesOfAThousand) {
  constexpr int jobs = 10'000, batch = 1'000;
  insert_jobs(psql, jobs, fire);
  for (int first = 1; first <= jobs; first += batch) {
    const auto answer = claims->claim(epoch, fires(first, batch, fire, first, alice), fire, run::first);
    ASSERT_EQ(answer.fence, fence::ours);
    ASSERT_EQ(answer.claimed, triggers(first, batch));
    const auto done = completions->complete({}, ends(first, batch, alice, fire + second), fire + second, run::first);
    ASSERT_TRUE(done.fenced);
    ASSERT_EQ(done.moved, triggers(first, batch));
  }
  EXPECT_EQ(psql.number("SELECT count(*) FROM trigger_open"), 0);
  EXPECT_EQ(psql.number("SELECT count(DISTINCT (job_id, fire_ms)) FROM trigger_history WHERE state = 4"), jobs);
  EXPECT_EQ(psql.number("SELECT count(*) FROM job_fire WHERE next_ms = last_ms + 1000"), jobs);
  EXPECT_EQ(psql.number("SELECT sum(n) FROM counter_delta"), jobs);
}

TEST_F(PostgresLedger, AnUnsortedBatchIsAnsweredSorted) {
  insert_jobs(psql, 3, fire);
  auto batch = fires(1, 3, fire, 11, alice);
  std::swap(batch.jobs[0], batch.jobs[2]);
  std::swap(batch.triggers[0], batch.triggers[1]);
  EXPECT_EQ(claims->claim(epoch, batch, fire, run::first).claimed, triggers(11, 3));
}

TEST_F(PostgresLedger, AnAdvanceWithoutFireAndGapLeavesTheLastFireAsItWas) {
  insert_jobs(psql, 1, fire);
  claims->claim(epoch, fires(1, 1, fire, 11, alice), fire, run::first);
  auto batch = fires(1, 1, fire + second, 12, alice);
  batch.triggers.clear();
  batch.jobs[0].fire.reset();
  EXPECT_THAT(claims->claim(epoch, batch, fire, run::first).skipped, ElementsAre(job_id{1}));
  EXPECT_EQ(psql.number("SELECT last_ms FROM job_fire"), to_ms(fire));
}

TEST_F(PostgresLedger, ALockedJobIsNamedWithinTheLockTimeoutAndTheOthersCanGo) {
  insert_jobs(psql, 3, fire);
  psql.rows("BEGIN");
  psql.rows("SELECT 1 FROM job_fire WHERE job_id = 2 FOR UPDATE");
  const auto e = error_of([&] { claims->claim(epoch, fires(1, 3, fire, 11, alice), fire, run::first); });
  EXPECT_EQ(e.kind, error_kind::retry);
  EXPECT_EQ(e.state, "55P03");
  const std::array asked{job_id{3}, job_id{1}, job_id{2}};
  EXPECT_THAT(claims->unlocked(asked), ElementsAre(job_id{1}, job_id{3}));
  EXPECT_THAT(claims->claim(epoch, fires(3, 1, fire, 13, alice), fire, run::first).claimed,
              ElementsAre(trigger_id{13}));
  psql.rows("ROLLBACK");
}

TEST_F(PostgresLedger, ARowRefusedForEverIsNamedAndTheOthersGoThrough) {
  insert_jobs(psql, 8, fire);
  auto batch = fires(1, 8, fire, 11, alice);
  batch.jobs[4].next = fire; // job_fire_forward: not after the last fire
  const auto e = error_of([&] { claims->claim(epoch, batch, fire, run::first); });
  EXPECT_EQ(e.kind, error_kind::refused);
  EXPECT_EQ(e.state, "23514");
  EXPECT_THAT(e.what(), HasSubstr("job 5: claim: "));
  EXPECT_THAT(e.what(), HasSubstr("job_fire_forward"));
  EXPECT_THAT(e.what(), testing::Not(HasSubstr("job 6")));
  auto rest = triggers(11, 8);
  rest.erase(rest.begin() + 4);
  EXPECT_EQ(claims->claim(epoch, batch, fire, run::settle).claimed, rest);
  EXPECT_EQ(psql.number("SELECT next_ms FROM job_fire WHERE job_id = 5"), to_ms(fire));
}

TEST_F(PostgresLedger, ATextThatIsNotUtf8IsRefusedByItsRow) {
  insert_jobs(psql, 3, fire);
  claims->claim(epoch, fires(1, 3, fire, 11, alice), fire, run::first);
  auto rows = ends(11, 3, alice, fire + second);
  rows[1].message = "\xff";
  const auto e = error_of([&] { completions->complete({}, rows, fire + second, run::first); });
  EXPECT_EQ(e.kind, error_kind::refused);
  EXPECT_THAT(e.what(), HasSubstr("trigger 12: "));
  EXPECT_EQ(psql.lines("SELECT trigger_id FROM trigger_open"), "12\n");
}

TEST_F(PostgresLedger, ACompletionMakesTheDayThatIsMissing) {
  insert_jobs(psql, 2, fire);
  auto batch = fires(1, 2, fire, 11, alice);
  claims->claim(epoch, batch, fire, run::first);
  constexpr auto day = std::chrono::hours{24};
  psql.rows("UPDATE trigger_open SET fire_ms = " + std::to_string(to_ms(fire + day)) + " WHERE trigger_id = 12");
  EXPECT_EQ(psql.text("SELECT to_regclass('trigger_history_d20513')"), "∅");
  EXPECT_EQ(completions->complete({}, ends(11, 2, alice, fire + day), fire + day, run::first).moved, triggers(11, 2));
  EXPECT_EQ(psql.lines("SELECT tableoid::regclass, trigger_id FROM trigger_history ORDER BY 2"),
            "trigger_history_d20513 11\ntrigger_history_d20514 12\n");
}

TEST_F(PostgresLedger, TheCompletionConnectionRefusesWhatIsFenced) {
  EXPECT_EQ(error_of([&] { completions->claim(epoch, {}, fire, run::first); }).kind, error_kind::fatal);
  EXPECT_EQ(error_of([&] { completions->complete(epoch, {}, fire, run::first); }).kind, error_kind::fatal);
  const auto e = error_of([&] { completions->lease_takeover(epoch, fire); });
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_THAT(e.what(), HasSubstr("claim connection only"));
}

TEST_F(PostgresLedger, TheTwoConnectionsAreNamedAfterTheirDutyAndNode) {
  claims->connect();
  completions->connect();
  EXPECT_EQ(psql.lines("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'xxl-%' AND "
                       "datname = current_database() ORDER BY 1"),
            "xxl-claim:n1\nxxl-complete:n1\n");
}

TEST_F(PostgresLedger, AConnectionThatBrokeWhileIdleIsReplacedUnseen) {
  insert_jobs(psql, 1, fire);
  claims->connect();
  ASSERT_EQ(psql.text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                      "WHERE application_name = 'xxl-claim:n1' AND datname = current_database()"),
            "t");
  EXPECT_EQ(claims->claim(epoch, fires(1, 1, fire, 11, alice), fire, run::first).claimed, triggers(11, 1));
}

TEST_F(PostgresLedger, BlocksOfIdsDoNotOverlap) {
  const auto a = claims->take_ids(), b = completions->take_ids();
  EXPECT_EQ(b.value - a.value, 1'000);
}

TEST_F(PostgresLedger, ThreeWritersOfTheSameRowsDoNotDeadlock) {
  constexpr int rows = 2'000, rounds = 5;
  insert_jobs(psql, rows, fire);
  for (int round = 0; round < rounds; ++round) {
    const auto at = fire + round * second;
    const auto base = 1 + round * rows;
    ASSERT_EQ(claims->claim(epoch, fires(1, rows, at, base, alice), at, run::first).claimed.size(), std::size_t{rows});
    std::vector<std::future<std::size_t>> writers;
    for (int w = 0; w < 3; ++w)
      writers.push_back(std::async(std::launch::async, [&, w] {
        const auto l = open_postgres_ledger(url, "w" + std::to_string(w), false);
        auto batch = ends(base, rows, alice, at + second);
        std::rotate(batch.begin(), batch.begin() + w * rows / 3, batch.end()); // each in another order
        return l->complete({}, batch, at + second, run::first).moved.size();
      }));
    std::size_t moved = 0;
    for (auto& w : writers) moved += w.get();
    EXPECT_EQ(moved, std::size_t{rows});
  }
  EXPECT_EQ(psql.number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), 0);
}

TEST_F(PostgresLedger, TheHelloOfALifeThatEndedDoesNotEndTheOneThatLives) {
  insert_jobs(psql, 1, fire);
  auto s = session_named(alice, "host-1");
  EXPECT_TRUE(claims->open_session(epoch, s).opened);
  s.session = bob;
  s.lives = {alice};
  EXPECT_THAT(claims->open_session(epoch, s).ended, ElementsAre(alice));
  s.session = alice;
  s.lives = {bob};
  const auto late = claims->open_session(epoch, s);
  EXPECT_TRUE(late.fenced);
  EXPECT_TRUE(late.gone);
  EXPECT_FALSE(late.opened);
  EXPECT_THAT(late.ended, IsEmpty());
  EXPECT_EQ(psql.lines("SELECT session_id FROM executor_session WHERE ended_ms IS NULL"), "7002\n");
}

TEST_F(PostgresLedger, ANameWithANulByteIsRefusedAndEndsNobody) {
  insert_jobs(psql, 1, fire);
  auto s = session_named(alice, "host");
  ASSERT_TRUE(claims->open_session(epoch, s).opened);
  s.session = bob;
  s.name = std::string{"host\0x", 6};
  EXPECT_EQ(error_of([&] { claims->open_session(epoch, s); }).kind, error_kind::refused);
  EXPECT_EQ(psql.lines("SELECT session_id FROM executor_session WHERE ended_ms IS NULL"), "7001\n");
}

TEST_F(PostgresLedger, AMessageWithANulByteIsRefusedByItsRow) {
  insert_jobs(psql, 3, fire);
  claims->claim(epoch, fires(1, 3, fire, 11, alice), fire, run::first);
  auto rows = ends(11, 3, alice, fire + second);
  rows[1].message = std::string{"a\0b", 3};
  const auto e = error_of([&] { completions->complete({}, rows, fire + second, run::first); });
  EXPECT_EQ(e.kind, error_kind::refused);
  EXPECT_THAT(e.what(), HasSubstr("trigger 12: complete: text with a NUL byte"));
  EXPECT_EQ(psql.lines("SELECT trigger_id FROM trigger_open"), "12\n");
}

TEST_F(PostgresLedger, ReportsAboutOneTriggerInOneBatchCountTogether) {
  insert_jobs(psql, 1, fire);
  claims->claim(epoch, fires(1, 1, fire, 11, alice), fire, run::first);
  const auto sent = fire + second, started = fire + 2 * second;
  const std::array reports{progress_report{{11}, alice, trigger_state::running, {}, started},
                           progress_report{{11}, alice, trigger_state::sent, sent, {}}};
  completions->report(reports);
  EXPECT_EQ(psql.lines("SELECT state, sent_ms, started_ms FROM trigger_open"),
            "3 " + std::to_string(to_ms(sent)) + " " + std::to_string(to_ms(started)) + "\n");
}

TEST_F(PostgresLedger, SessionsThatEndedWithOpenRowsAreFound) {
  insert_jobs(psql, 2, fire);
  for (const auto id : {alice, bob}) claims->open_session(epoch, session_named(id, to_string(id)));
  claims->claim(epoch, fires(1, 1, fire, 11, alice), fire, run::first);
  claims->claim(epoch, fires(2, 1, fire, 12, bob), fire, run::first);
  EXPECT_THAT(completions->ended_with_open_rows(), IsEmpty());
  const std::array both{alice, bob};
  EXPECT_THAT(claims->end_sessions(epoch, std::span{both}.first(1), fire, session_end::stopped).sessions,
              ElementsAre(alice));
  EXPECT_THAT(completions->ended_with_open_rows(), ElementsAre(dead_session{alice, session_end::stopped}));
  const auto open = completions->open_rows(both, {11}, 10);
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].trigger, trigger_id{12});
  EXPECT_EQ(open[0].session, bob);
}

TEST_F(PostgresLedger, AFixedDelayWhoseEndWasMissedIsFoundAndSetOnce) {
  insert_jobs(psql, 2, fire);
  psql.rows("UPDATE job_fire SET next_ms = NULL, last_ms = " + std::to_string(to_ms(fire)) + ", awaits_end = true");
  psql.rows("INSERT INTO trigger_open (trigger_id, job_id, fire_ms, session_id, epoch, version, state, cause) VALUES "
            "(11, 2, " +
            std::to_string(to_ms(fire)) + ", 7001, 9, 1, 1, 1)");
  const auto overdue = completions->overdue_ends();
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue[0].job, job_id{1});
  EXPECT_EQ(overdue[0].last, fire);
  EXPECT_TRUE(completions->set_next(overdue[0], fire + second));
  EXPECT_FALSE(completions->set_next(overdue[0], fire + second));
  EXPECT_EQ(psql.number("SELECT next_ms FROM job_fire WHERE job_id = 1"), to_ms(fire + second));
}

TEST_F(PostgresLedger, TheDatabasesClockIsReadInMilliseconds) {
  const auto before = psql.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1");
  const auto now = to_ms(completions->database_now());
  const auto after = psql.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 1");
  EXPECT_GE(now, before);
  EXPECT_LE(now, after);
}

} // namespace
} // namespace xxl::test
