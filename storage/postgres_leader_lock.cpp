// The leader's lock on PostgreSQL (storage.md §5). Its session ends 3 s after the leader falls silent
// (idle_session_timeout), which frees the lock; the leader trusts itself for 2 s only. A connection lost is not
// replaced here: with it the lock is gone.

#include "storage/postgres_connection.hpp"
#include "storage/postgres_error.hpp"
#include "storage/postgres_store.hpp"
#include "storage/soci_locks.hpp"

#include <string>
#include <utility>

namespace xxl::storage {

namespace {

using namespace postgres;
using std::chrono::milliseconds;

constexpr auto idle_session_timeout = "3s"; ///< as SHOW writes it
/// How often the raise of the epoch is tried against a claim that still holds the leader's row, each 500 ms
/// (lock_timeout).
constexpr int raise_attempts = 3;
constexpr milliseconds unlock_patience{200};

// System identifier and timeline: another one after a promotion or a restore. The timeline is that of the WAL being
// written; pg_control_checkpoint() shows the old one until the first checkpoint after a promotion.
constexpr auto incarnation = "SELECT (SELECT system_identifier FROM pg_control_system()) || ':' || "
                             "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

// A promoted standby may lack the newest sequence values, and ids used twice would be swallowed by the executors'
// de-duplication.
const statement jump_ids{"jump_ids", "SELECT setval('trigger_block', nextval('trigger_block') + 1000000) FROM leader "
                                     "WHERE incarnation NOT IN ('', $1)"};

// The clock keeps an epoch from coming again after a promotion has lost the newest ones. t: the leader before gave the
// lock back (ended_ms), or fell silent after it was last seen. The newest 1,000 takeovers are kept.
const statement raise{"raise_epoch", R"sql(
WITH c AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms),
old AS MATERIALIZED (
  SELECT l.epoch, l.node, t.ended_ms, coalesce(t.ended_ms, n.seen_ms) AS last_ms
    FROM leader l LEFT JOIN takeover t ON t.epoch = l.epoch LEFT JOIN node n ON n.node = l.node WHERE l.one = 1),
r AS (
  UPDATE leader SET epoch = greatest(leader.epoch + 1, c.now_ms), node = $1, since_ms = $2, incarnation = $3 FROM c
   WHERE one = 1 RETURNING leader.epoch),
t AS (
  INSERT INTO takeover (epoch, node, at_ms, cause, before, gap_ms)
  SELECT r.epoch, $1, c.now_ms, CASE WHEN old.node = '' THEN 1 WHEN old.ended_ms IS NOT NULL THEN 2 ELSE 3 END,
         old.node, CASE WHEN old.last_ms IS NOT NULL THEN greatest(c.now_ms - old.last_ms, 0) END FROM r, old, c),
d AS (DELETE FROM takeover WHERE epoch <= (SELECT epoch FROM takeover ORDER BY epoch DESC OFFSET 999 LIMIT 1))
SELECT epoch FROM r)sql"};

const statement say_present_statement{"say_present", R"sql(
WITH c AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms)
INSERT INTO node (node, address, version, started_ms, seen_ms, clock_offset_ms)
SELECT $1, $2, $3, $4, c.now_ms, $5 FROM c
ON CONFLICT (node) DO UPDATE SET address = excluded.address, version = excluded.version,
  started_ms = excluded.started_ms, seen_ms = excluded.seen_ms, clock_offset_ms = excluded.clock_offset_ms
RETURNING seen_ms)sql"};

const statement hand_over_statement{"hand_over",
                                    "UPDATE takeover SET ended_ms = (extract(epoch FROM clock_timestamp()) * "
                                    "1000)::bigint WHERE epoch = $1"};

// A claim that is frozen, or that was sent by a leader that is, would hold up the next epoch for as long as it likes.
constexpr auto end_claims = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            "WHERE usename = current_user AND datname = current_database() "
                            "AND application_name LIKE 'xxl-claim:%' AND pid <> pg_backend_pid()";

std::string lock_key() {
  return std::to_string(advisory_class) + ", " + std::to_string(static_cast<int>(advisory_lock::leader));
}

connection::settings session_settings(const std::string& node) {
  connection::settings s;
  s.application = "xxl-lock:" + node;
  s.server = {{"idle_session_timeout", idle_session_timeout},
              {"statement_timeout", "1500"},
              {"lock_timeout", "500"},
              {"idle_in_transaction_session_timeout", "2s"},
              // A slow disk must not cost a leader its trust. The raise of the epoch is flushed with the first claim
              // under it; lost before that, the next one is higher all the same, by the clock.
              {"synchronous_commit", "off"}};
  s.statements = {&jump_ids, &raise, &say_present_statement, &hand_over_statement};
  s.patience = milliseconds{2'000};
  return s;
}

[[noreturn]] void refuse_pooler(const std::string& seen) {
  throw error{
      error_kind::fatal,
      {},
      "a connection pooler stands between this node and PostgreSQL (" + seen +
          "): the leader's lock needs a session of its own, else two nodes may lead at once. Let storage.url name the "
          "server itself"};
}

class postgres_leader_lock final : public leader_lock {
public:
  postgres_leader_lock(const std::string& url, const std::string& node) : connection_{url, session_settings(node)} {}

  void connect() override {
    if (connection_.is_open()) return;
    open();
    try {
      refuse_poolers();
    } catch (...) {
      connection_.close();
      throw;
    }
    seen_primary_ = true;
  }

  bool try_lock() override {
    return connection_.query("SELECT pg_try_advisory_lock(" + lock_key() + ")", on_loss::repeatable).yes(0, 0);
  }

  epoch_id raise_epoch(const std::string& node, instant now) override {
    for (int attempt = 1;; ++attempt) {
      try {
        connection_.query(end_claims, on_loss::repeatable);
        const auto seen = scalar(std::string{connection_.query(incarnation, on_loss::repeatable).text(0, 0)});
        connection_.execute(jump_ids, std::vector{seen}, on_loss::repeatable);
        const auto r =
            connection_.execute(raise, std::vector{scalar(node), scalar(to_ms(now)), seen}, on_loss::repeatable);
        if (r.rows() != 1)
          throw error{error_kind::fatal, {}, "the table leader has no row: the database was not migrated"};
        return {r.number(0, 0)};
      } catch (const error& e) {
        if (e.state != "55P03" || attempt == raise_attempts) throw;
      }
    }
  }

  bool heartbeat(milliseconds patience) override {
    const auto pid = std::to_string(connection_.backend_pid());
    try {
      const auto r = connection_.query(
          "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = " + std::to_string(advisory_class) +
              " AND objid = " + std::to_string(static_cast<int>(advisory_lock::leader)) +
              " AND granted AND pid = pg_backend_pid() AND pid = " + pid,
          on_loss::repeatable, patience);
      return r.number(0, 0) == 1;
    } catch (const error&) {
      connection_.close();
      return false;
    }
  }

  std::optional<instant> say_present(const presence& p) override {
    const auto offset = p.clock_offset ? scalar(std::int64_t{p.clock_offset->count()}) : null_param();
    const std::vector<param> values{scalar(p.node), scalar(p.address), scalar(p.version), scalar(to_ms(p.started)),
                                    offset};
    return from_ms(connection_.execute(say_present_statement, values, on_loss::repeatable).number(0, 0));
  }

  void hand_over(epoch_id epoch) noexcept override {
    try {
      if (connection_.is_open())
        connection_.execute(hand_over_statement, std::vector{scalar(epoch.value)}, on_loss::repeatable);
    } catch (const error&) {
      // The record then says that this node fell silent.
    }
    close();
  }

  void close() noexcept override {
    try {
      if (connection_.is_open()) // frees the lock before the server notices the closed socket
        connection_.query("SELECT pg_advisory_unlock_all()", on_loss::repeatable, unlock_patience);
    } catch (const error&) {
      // The server ends the session by itself.
    }
    connection_.close();
  }

private:
  void open() {
    try {
      connection_.open();
    } catch (const error& e) {
      const std::string text = e.what();
      if (text.find("unsupported startup parameter") != std::string::npos) refuse_pooler(text);
      // During a failover waiting helps; at the first start it is a mistake in the url.
      if (!seen_primary_ && text.find("session is read-only") != std::string::npos)
        throw error{error_kind::fatal, e.state,
                    "storage.url names a standby (" + text +
                        "): it would grant the leader's lock a second time. Name the primary, or all servers"};
      throw;
    }
  }

  void refuse_poolers() {
    if (connection_.announced_pid() != connection_.backend_pid())
      refuse_pooler("the connection was announced as server process " + std::to_string(connection_.announced_pid()) +
                    " and is served by " + std::to_string(connection_.backend_pid()));
    const auto shown = connection_.query("SHOW idle_session_timeout", on_loss::repeatable);
    if (shown.text(0, 0) != idle_session_timeout)
      refuse_pooler("the session's settings did not arrive: idle_session_timeout is " + std::string{shown.text(0, 0)});
  }

  connection connection_;
  bool seen_primary_ = false;
};

} // namespace

std::unique_ptr<leader_lock> open_postgres_leader_lock(const std::string& url, const std::string& node) {
  return std::make_unique<postgres_leader_lock>(url, node);
}

} // namespace xxl::storage
