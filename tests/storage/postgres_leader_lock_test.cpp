// The election's lock and epoch (storage.md §5), with the leaders that die, freeze or come back.

#include "storage/error.hpp"
#include "storage/postgres_store.hpp"
#include "storage/soci_locks.hpp"
#include "tests/storage/postgres_fixture.hpp"
#include "tests/support/tcp_relay.hpp"

#include <gmock/gmock.h>

#include <array>
#include <string>

namespace xxl::test {
namespace {

using namespace storage;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr milliseconds patience{1'500};
const std::string key = std::to_string(advisory_class) + ", 1";

class PostgresLeaderLock : public PostgresTest {
protected:
  std::unique_ptr<leader_lock> one = open_postgres_leader_lock(url, "n1");
  std::unique_ptr<leader_lock> two = open_postgres_leader_lock(url, "n2");

  /// Ends the session of a node's lock, as a broken network does in the end.
  void cut(const std::string& node) {
    ASSERT_EQ(
        psql.text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
                  "AND application_name = 'xxl-lock:" +
                  node + "'"),
        "t");
  }
  std::int64_t stored_epoch() { return psql.number("SELECT epoch FROM leader"); }
};

TEST_F(PostgresLeaderLock, IsHeldByOneAtATime) {
  one->connect();
  two->connect();
  EXPECT_TRUE(one->try_lock());
  EXPECT_FALSE(two->try_lock());
  EXPECT_TRUE(one->heartbeat(patience));
  EXPECT_FALSE(two->heartbeat(patience));
}

TEST_F(PostgresLeaderLock, IsFreeAsSoonAsItsHolderClosesIt) {
  one->connect();
  two->connect();
  ASSERT_TRUE(one->try_lock());
  one->close();
  EXPECT_TRUE(two->try_lock());
}

TEST_F(PostgresLeaderLock, IsTakenOverWhenTheHoldersConnectionEnds) {
  one->connect();
  two->connect();
  ASSERT_TRUE(one->try_lock());
  const auto first = one->raise_epoch("n1", day_one);
  cut("n1");
  ASSERT_TRUE(two->try_lock());
  const auto second = two->raise_epoch("n2", day_one);
  EXPECT_GT(second, first);
  EXPECT_FALSE(one->heartbeat(patience));
}

TEST_F(PostgresLeaderLock, AHolderThatWasCutOffCallsItselfUnconnectedUntilItConnectsAgain) {
  one->connect();
  ASSERT_TRUE(one->try_lock());
  cut("n1");
  EXPECT_FALSE(one->heartbeat(patience));
  try {
    one->try_lock();
    ADD_FAILURE() << "the lock session came back by itself";
  } catch (const error& e) {
    EXPECT_EQ(e.kind, error_kind::unavailable);
  }
  one->connect();
  EXPECT_TRUE(one->try_lock());
}

TEST_F(PostgresLeaderLock, TheEpochFollowsTheClockAndRisesEvenAboveIt) {
  one->connect();
  ASSERT_TRUE(one->try_lock());
  const auto now = psql.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  EXPECT_GE(one->raise_epoch("n1", day_one).value, now);
  const std::int64_t far_ahead = now + 1'000'000'000;
  psql.rows("UPDATE leader SET epoch = " + std::to_string(far_ahead));
  EXPECT_EQ(one->raise_epoch("n1", day_one).value, far_ahead + 1);
  EXPECT_EQ(stored_epoch(), far_ahead + 1);
  EXPECT_EQ(psql.lines("SELECT node, since_ms FROM leader"), "n1 " + std::to_string(to_ms(day_one)) + "\n");
}

TEST_F(PostgresLeaderLock, AClaimOfTheOldEpochTakesNothing) {
  insert_jobs(psql, 1, day_one);
  one->connect();
  ASSERT_TRUE(one->try_lock());
  const auto old = one->raise_epoch("n1", day_one);
  one->raise_epoch("n2", day_one);
  const auto claims = open_postgres_ledger(url, "n1", true); // the old leader comes back
  const auto answer = claims->claim(old, fires(1, 1, day_one, 11, alice), day_one, run::first);
  EXPECT_EQ(answer.fence, fence::deposed);
  EXPECT_THAT(answer.claimed, IsEmpty());
  EXPECT_EQ(psql.number("SELECT count(*) FROM trigger_open"), 0);
}

TEST_F(PostgresLeaderLock, AFrozenLeadersClaimIsEndedAndHoldsNobodyUp) {
  insert_jobs(psql, 1, day_one);
  // What a leader leaves that is stopped in the middle of a claim: its row of the fence is locked.
  sql_session frozen{url + "&application_name=xxl-claim%3An1"};
  frozen.rows("BEGIN");
  frozen.rows("SELECT paused FROM leader WHERE one = 1 FOR SHARE");
  frozen.rows("UPDATE job_fire SET next_ms = next_ms + 1000, last_ms = next_ms");
  two->connect();
  ASSERT_TRUE(two->try_lock());
  const auto raised = two->raise_epoch("n2", day_one);
  EXPECT_EQ(stored_epoch(), raised.value);
  EXPECT_THROW(frozen.rows("COMMIT"), std::runtime_error);
  EXPECT_EQ(psql.number("SELECT next_ms FROM job_fire"), to_ms(day_one));
}

TEST_F(PostgresLeaderLock, ClaimConnectionsOfOtherDatabasesAreLeftAlone) {
  const auto other_url = postgres_server::shared().url(migrated_database(postgres_server::shared()));
  sql_session other{other_url + "&application_name=xxl-claim%3An1"};
  one->connect();
  ASSERT_TRUE(one->try_lock());
  one->raise_epoch("n1", day_one);
  EXPECT_EQ(other.number("SELECT 1"), 1);
}

TEST_F(PostgresLeaderLock, AnotherIncarnationOfTheDatabaseJumpsOverIdsThatMayBeOut) {
  one->connect();
  ASSERT_TRUE(one->try_lock());
  const auto ids = open_postgres_ledger(url, "n1", false);
  const auto before = ids->take_ids().value;
  one->raise_epoch("n1", day_one);
  EXPECT_EQ(ids->take_ids().value, before + 1'000);
  psql.rows("UPDATE leader SET incarnation = 'another:00000001'");
  one->raise_epoch("n1", day_one);
  EXPECT_GE(ids->take_ids().value, before + 1'000'000);
  EXPECT_EQ(ids->take_ids().value % 1'000, before % 1'000);
  EXPECT_EQ(psql.text("SELECT incarnation FROM leader"),
            psql.text("SELECT (SELECT system_identifier FROM pg_control_system()) || ':00000001'"));
}

TEST_F(PostgresLeaderLock, AHeartbeatThatNobodyAnswersEndsInTime) {
  one->connect();
  ASSERT_TRUE(one->try_lock());
  const auto pid = psql.number("SELECT pid FROM pg_stat_activity WHERE application_name = 'xxl-lock:n1' AND "
                               "datname = current_database()");
  ASSERT_EQ(kill(static_cast<pid_t>(pid), SIGSTOP), 0);
  const auto sent = std::chrono::steady_clock::now();
  EXPECT_FALSE(one->heartbeat(milliseconds{100}));
  EXPECT_LT(std::chrono::steady_clock::now() - sent, milliseconds{1'000});
  ASSERT_EQ(kill(static_cast<pid_t>(pid), SIGCONT), 0);
}

TEST_F(PostgresLeaderLock, ASilentHolderLosesTheLockAfterThreeSeconds) {
  one->connect();
  two->connect();
  ASSERT_TRUE(one->try_lock());
  const auto silent_since = std::chrono::steady_clock::now();
  sql_session waits{url};
  waits.rows("SELECT pg_advisory_lock(" + key + ")"); // returns when the server has freed it
  const auto silence = std::chrono::steady_clock::now() - silent_since;
  EXPECT_GE(silence, milliseconds{2'900});
  EXPECT_LT(silence, milliseconds{5'000});
  EXPECT_FALSE(one->heartbeat(patience));
}

/// A server behind something that stands in between.
class PostgresLeaderLockBehind : public testing::Test {
protected:
  static postgres_server& server() {
    static postgres_server one{{.tcp = true, .fsync = false, .settings = {}}};
    return one;
  }
  std::string database = migrated_database(server());

  error refusal(tcp_relay& relay) {
    try {
      open_postgres_leader_lock(relay.postgres_url(database), "n1")->connect();
    } catch (const error& e) {
      return e;
    }
    return {error_kind::retry, "", "connected"};
  }

  static void replace(std::string& bytes, std::string_view what, std::string_view by) {
    if (const auto at = bytes.find(what); at != std::string::npos) bytes.replace(at, what.size(), by);
  }
};

TEST_F(PostgresLeaderLockBehind, ARelayThatChangesNothingIsAccepted) {
  tcp_relay relay{server().port()};
  EXPECT_EQ(std::string{refusal(relay).what()}, "connected");
}

TEST_F(PostgresLeaderLockBehind, APoolerThatServesWithAnotherBackendIsRefused) {
  // BackendKeyData: K, length 12, process id, secret; a pooler makes up its own.
  tcp_relay relay{server().port(), {.to_server = {}, .to_client = [](std::string& bytes) {
                                      constexpr std::string_view key_data{"K\0\0\0\x0c", 5};
                                      if (const auto at = bytes.find(key_data); at != std::string::npos)
                                        bytes.replace(at + key_data.size(), 4, std::string_view{"\0\0\0\x07", 4});
                                    }}};
  const auto e = refusal(relay);
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_THAT(e.what(), HasSubstr("a connection pooler stands between this node and PostgreSQL"));
  EXPECT_THAT(e.what(), HasSubstr("announced as server process 7 and is served by "));
}

TEST_F(PostgresLeaderLockBehind, APoolerThatKeepsSettingsBackIsRefused) {
  tcp_relay relay{
      server().port(),
      {.to_server = [](std::string& bytes) { replace(bytes, "idle_session_timeout=3s", "idle_session_timeout=0s"); },
       .to_client = {}}};
  const auto e = refusal(relay);
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_THAT(e.what(), HasSubstr("the session's settings did not arrive: idle_session_timeout is 0"));
}

TEST_F(PostgresLeaderLockBehind, APoolerThatRefusesTheOptionsIsExplained) {
  // In PgBouncer's words, instead of the server's first answer.
  const auto refuse = [](std::string& bytes) {
    constexpr char fields[] = "SFATAL\0C08P01\0Munsupported startup parameter: options\0";
    bytes = {'E', 0, 0, 0, static_cast<char>(4 + sizeof fields)};
    bytes.append(fields, sizeof fields);
  };
  tcp_relay relay{server().port(), {.to_server = {}, .to_client = refuse}};
  const auto e = refusal(relay);
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_THAT(e.what(), HasSubstr("a connection pooler stands between"));
  EXPECT_THAT(e.what(), HasSubstr("unsupported startup parameter: options"));
}

TEST_F(PostgresLeaderLockBehind, AHeartbeatSeenByAnotherBackendDoesNotCount) {
  tcp_relay relay{server().port()};
  const auto lock = open_postgres_leader_lock(relay.postgres_url(database), "n1");
  lock->connect();
  EXPECT_FALSE(lock->heartbeat(patience)) << "nobody holds the lock";
  sql_session holder{server().url(database)};
  holder.rows("SELECT pg_advisory_lock(" + key + ")");
  EXPECT_FALSE(lock->heartbeat(patience)) << "another backend holds it";
}

TEST_F(PostgresLeaderLockBehind, AReadOnlyServerIsRefusedAtTheStart) {
  sql_session{server().url("postgres")}.rows("ALTER DATABASE " + database + " SET default_transaction_read_only = on");
  tcp_relay relay{server().port()};
  const auto e = refusal(relay);
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_THAT(e.what(), HasSubstr("storage.url names a standby"));
}

} // namespace
} // namespace xxl::test
