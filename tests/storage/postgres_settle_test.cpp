// Connections that break in the middle of a statement (guarantees.md §2.7): after run::settle nothing is lost and
// nothing doubled.

#include "storage/error.hpp"
#include "storage/postgres_store.hpp"
#include "tests/storage/postgres_fixture.hpp"
#include "tests/support/tcp_relay.hpp"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <random>
#include <thread>

namespace xxl::test {
namespace {

using namespace storage;
using testing::ElementsAre;
using testing::IsEmpty;

/// Faults are tried against a server that syncs, and over TCP, where a relay can stand in between.
postgres_server& durable_server() {
  static postgres_server one{{.tcp = true, .fsync = true, .settings = {}}};
  return one;
}

class PostgresSettle : public PostgresTest {
protected:
  PostgresSettle() : PostgresTest{durable_server()} { insert_jobs(psql, jobs, fire); }

  static constexpr int jobs = 300;
  static constexpr instant fire = day_one;

  tcp_relay relay{durable_server().port()};
  std::unique_ptr<ledger> claims = open_postgres_ledger(relay.postgres_url(database), "n1", true);
  std::unique_ptr<ledger> completions = open_postgres_ledger(relay.postgres_url(database), "n1", false);

  /// The first run meets `f`; its outcome must be unknown.
  template <class Call> void run_under(tcp_relay::fault f, ledger& l, Call call) {
    l.connect();
    relay.arm(f);
    try {
      call(run::first);
      ADD_FAILURE() << "the fault was not met";
    } catch (const error& e) {
      EXPECT_EQ(e.kind, error_kind::unknown_outcome) << e.what();
    }
  }

  claim_answer claim_all(run how) { return claims->claim(epoch, fires(1, jobs, fire, 1, alice), fire, how); }
  complete_answer complete_all(run how) {
    return completions->complete({}, ends(1, jobs, alice, fire + second), fire + second, how);
  }
  std::vector<final_state> finals_of_all() {
    return completions->finals(triggers(1, jobs), std::vector<instant>{fire});
  }
};

using fault = tcp_relay::fault;

class PostgresClaimUnder : public PostgresSettle, public testing::WithParamInterface<fault> {};

TEST_P(PostgresClaimUnder, IsSettledToExactlyItsBatch) {
  run_under(GetParam(), *claims, [&](run how) { claim_all(how); });
  const auto answer = claim_all(run::settle);
  EXPECT_EQ(answer.fence, fence::ours);
  EXPECT_EQ(answer.claimed, triggers(1, jobs));
  EXPECT_EQ(psql.number("SELECT count(*) FROM trigger_open"), jobs);
}

TEST_P(PostgresClaimUnder, IsSettledTwiceWithTheSameAnswer) {
  run_under(GetParam(), *claims, [&](run how) { claim_all(how); });
  claim_all(run::settle);
  EXPECT_EQ(claim_all(run::settle).claimed, triggers(1, jobs));
}

TEST_P(PostgresClaimUnder, TakesNothingWhenTheEpochHasGoneMeanwhile) {
  run_under(GetParam(), *claims, [&](run how) { claim_all(how); });
  psql.rows("UPDATE leader SET epoch = epoch + 1");
  const auto answer = claim_all(run::settle);
  EXPECT_EQ(answer.fence, fence::deposed);
  EXPECT_THAT(answer.claimed, IsEmpty());
}

TEST_P(PostgresClaimUnder, FollowedByAFirstRunOfTheSameRowsDoublesNothing) {
  run_under(GetParam(), *claims, [&](run how) { claim_all(how); });
  claims->connect();
  const auto again = claims->claim(epoch, fires(1, jobs, fire, 1'001, alice), fire, run::first);
  const auto earlier = psql.number("SELECT count(*) FROM trigger_open WHERE trigger_id <= 1000");
  EXPECT_EQ(static_cast<std::int64_t>(again.claimed.size()) + earlier, jobs);
  EXPECT_EQ(psql.number("SELECT count(DISTINCT job_id) FROM trigger_open"), jobs);
}

TEST_P(PostgresClaimUnder, OfWaitingRowsIsSettledToExactlyThose) {
  psql.rows("INSERT INTO trigger_open (trigger_id, job_id, fire_ms, due_ms, epoch, version, state, cause) "
            "SELECT i, i, 1, 1, 0, 1, 0, 3 FROM generate_series(1, 5) i");
  std::vector<waiting_claim> rows;
  for (int i = 1; i <= 5; ++i) rows.push_back({{i}, bob, 0});
  run_under(GetParam(), *claims, [&](run how) { claims->claim_waiting(epoch, rows, fire, how); });
  EXPECT_EQ(claims->claim_waiting(epoch, rows, fire, run::settle).claimed, triggers(1, 5));
  EXPECT_EQ(psql.number("SELECT count(*) FROM trigger_open WHERE session_id = 7002 AND due_ms IS NULL"), 5);
}

TEST_P(PostgresClaimUnder, CompletionIsSettledToExactlyItsBatch) {
  claim_all(run::first);
  run_under(GetParam(), *completions, [&](run how) { complete_all(how); });
  const auto moved = complete_all(run::settle).moved;
  const auto finals = finals_of_all();
  EXPECT_EQ(finals.size(), std::size_t{jobs});
  EXPECT_TRUE(moved.empty() || moved.size() == std::size_t{jobs});
  EXPECT_EQ(psql.number("SELECT count(*) FROM trigger_history"), jobs);
  EXPECT_EQ(psql.number("SELECT count(*) FROM trigger_open"), 0);
}

std::string name_of(const testing::TestParamInfo<fault>& f) {
  constexpr std::array names{"Nothing", "ALostRequest", "ALostAnswer", "ALostClient"};
  return names.at(static_cast<std::size_t>(f.param));
}

INSTANTIATE_TEST_SUITE_P(Faults, PostgresClaimUnder,
                         testing::Values(fault::lose_request, fault::lose_answer, fault::lose_client), name_of);

TEST_F(PostgresSettle, GapsWrittenByALostClaimAreAnsweredAsSkipped) {
  auto batch = fires(1, 2, fire, 1, alice);
  batch.triggers.clear();
  for (auto& a : batch.jobs) {
    a.fire.reset();
    a.gap = gap{fire, fire, 1, state_reason::misfire};
  }
  run_under(fault::lose_answer, *claims, [&](run how) { claims->claim(epoch, batch, fire, how); });
  EXPECT_THAT(claims->claim(epoch, batch, fire, run::settle).skipped, ElementsAre(job_id{1}, job_id{2}));
  EXPECT_EQ(psql.number("SELECT count(*) FROM gap"), 2);
}

/// The heart of the rule: a backend whose client is gone waits for a lock, and would commit whenever it gets it.
TEST_F(PostgresSettle, AnOrphanThatWaitsForALockIsEndedBeforeTheRerun) {
  claim_all(run::first);
  completions->connect();
  psql.rows("BEGIN");
  psql.rows("SELECT 1 FROM trigger_open WHERE trigger_id = 5 FOR UPDATE");
  run_under(fault::lose_client, *completions, [&](run how) { complete_all(how); });
  sql_session other{url};
  const std::string orphans = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'xxl-complete:n1' AND "
                              "wait_event_type = 'Lock' AND datname = current_database()";
  while (other.number(orphans) != 1) std::this_thread::yield();
  completions->connect();
  EXPECT_EQ(other.number(orphans), 0);
  psql.rows("COMMIT");
  EXPECT_EQ(other.number("SELECT count(*) FROM trigger_open"), jobs);
  EXPECT_EQ(complete_all(run::settle).moved, triggers(1, jobs));
}

/// Waits until a ledger's backend works on a statement about triggers, and ends it a random moment later.
class assassin {
public:
  explicit assassin(const std::string& url) : psql_{url} {}

  std::future<void> strike() {
    spared_ = false;
    const auto delay = std::to_string(std::uniform_real_distribution{0.0, 0.004}(random_));
    return std::async(std::launch::async, [this, delay] {
      while (!spared_ && psql_.rows(victim).empty()) std::this_thread::yield();
      psql_.rows("SELECT pg_sleep(" + delay + ")"); // the fault's random moment
      psql_.rows("SELECT pg_terminate_backend(pid) FROM (" + victim + ") v");
    });
  }
  /// The statement is through: no need to wait for it any longer.
  void spare() { spared_ = true; }

private:
  const std::string victim =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
      "AND application_name IN ('xxl-claim:n1', 'xxl-complete:n1') AND query LIKE '%INTO trigger_%'";
  std::mt19937 random_{20260301};
  std::atomic<bool> spared_{false};
  sql_session psql_;
};

/// Calls as the actors do: with backoff until there is an answer, settling once the outcome was unknown. Counts unknown
/// outcomes.
template <class Call> auto insist(Call call, int& unknown) {
  for (auto how = run::first;;) {
    try {
      return call(how);
    } catch (const error& e) {
      if (e.kind == error_kind::unknown_outcome) {
        how = run::settle;
        ++unknown;
      } else if (e.kind != error_kind::unavailable && e.kind != error_kind::retry) {
        throw;
      }
      std::this_thread::yield(); // where the actors back off: connecting anew takes its time
    }
  }
}

class PostgresFaults : public PostgresSettle {
protected:
  /// One tick: all jobs claimed and completed, each step with a fault under way, which `spare` calls off.
  template <class Strike, class Spare> void tick(int round, Strike strike, Spare spare) {
    const auto at = fire + round * second;
    const auto base = 1 + round * jobs;
    auto first = strike();
    const auto claimed =
        insist([&](run how) { return claims->claim(epoch, fires(1, jobs, at, base, alice), at, how); }, unknown);
    spare();
    first.get();
    ASSERT_EQ(claimed.claimed, triggers(base, jobs)) << "round " << round;
    auto second_strike = strike();
    const auto done = insist(
        [&](run how) { return completions->complete({}, ends(base, jobs, alice, at + second), at + second, how); },
        unknown);
    spare();
    second_strike.get();
    const auto finals =
        insist([&](run) { return completions->finals(triggers(base, jobs), std::vector<instant>{at}); }, unknown);
    ASSERT_EQ(finals.size(), std::size_t{jobs}) << "round " << round;
    ASSERT_LE(done.moved.size(), std::size_t{jobs});
  }

  void expect_whole(sql_session& s, int rounds) {
    const auto all = std::int64_t{rounds} * jobs;
    EXPECT_EQ(s.number("SELECT count(*) FROM trigger_open"), 0);
    EXPECT_EQ(s.number("SELECT count(*) FROM trigger_history"), all);
    EXPECT_EQ(s.number("SELECT count(DISTINCT (job_id, fire_ms)) FROM trigger_history"), all);
    EXPECT_EQ(s.number("SELECT sum(n) FROM counter_delta"), all);
    EXPECT_EQ(s.number("SELECT count(*) FROM job_fire WHERE fires = " + std::to_string(rounds)), jobs);
  }

  std::unique_ptr<ledger> claims = open_postgres_ledger(url, "n1", true);
  std::unique_ptr<ledger> completions = open_postgres_ledger(url, "n1", false);
  int unknown = 0;
};

TEST_F(PostgresFaults, BackendsEndedAtRandomMomentsLoseAndDoubleNothing) {
  constexpr int rounds = 40;
  assassin killer{url};
  for (int round = 0; round < rounds; ++round)
    tick(
        round, [&] { return killer.strike(); }, [&] { killer.spare(); });
  EXPECT_GT(unknown, 0) << "no fault met a statement";
  expect_whole(psql, rounds);
}

TEST_F(PostgresFaults, RestartsAndCrashesOfTheServerLoseAndDoubleNothing) {
  constexpr int rounds = 3;
  const auto restart = [] { durable_server().restart(); };
  const auto crash = [] {
    durable_server().kill9();
    durable_server().start();
  };
  bool gently = false;
  for (int round = 0; round < rounds; ++round)
    tick(
        round,
        [&] {
          gently = !gently;
          return gently ? std::async(std::launch::async, restart) : std::async(std::launch::async, crash);
        },
        [] {});
  sql_session after{url};
  expect_whole(after, rounds);
}

} // namespace
} // namespace xxl::test
