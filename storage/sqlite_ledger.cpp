#include "protocol/guards.hpp"
#include "storage/soci_values.hpp"
#include "storage/sqlite_claim.hpp"
#include "storage/sqlite_complete.hpp"
#include "storage/sqlite_rows.hpp"
#include "storage/sqlite_sessions.hpp"
#include "storage/sqlite_store.hpp"
#include "storage/sqlite_units.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace xxl::storage {
namespace {

constexpr auto* take_ids_sql = "INSERT INTO counter (name, value) VALUES ('trigger_block', 1)"
                               " ON CONFLICT (name) DO UPDATE SET value = value + 1000 RETURNING value";

/// Prepared once for each session: preparing costs more than running.
struct kept_statements {
  explicit kept_statements(soci::session& s) : leader{s}, claims{s}, waiting{s}, completions{s}, finals{s} {}
  sqlite::leader_row leader;
  sqlite::claims claims;
  sqlite::waiting_claims waiting;
  sqlite::completions completions;
  sqlite::final_states finals;
};

[[noreturn]] void throw_refused(const std::vector<std::string>& rows) {
  std::string text = "refused by the database, all other rows went through: ";
  for (const auto& row : rows) text += (&row == &rows.front() ? "" : "; ") + row;
  throw error{error_kind::refused, {}, text};
}

class sqlite_ledger final : public ledger {
public:
  explicit sqlite_ledger(std::shared_ptr<const sqlite_file> file) : connection_{sqlite_connection(std::move(file))} {
    connection_.before_close([this] { kept_.reset(); });
  }

  void connect() override {
    connection_.run([](soci::session&) {});
  }

  trigger_id take_ids() override {
    return write([](soci::session& s) {
      long long first = 0;
      soci::statement take = (s.prepare << take_ids_sql, soci::into(first));
      each_row(take, [] {});
      return trigger_id{first};
    });
  }

  claim_answer claim(epoch_id epoch, const claim_batch& batch, instant now, run how) override {
    return write_batch<claim_answer>(how, [&](kept_statements& kept, sqlite::batch_units& units, claim_answer& answer) {
      answer.fence = claim_fence(kept, epoch);
      if (answer.fence == fence::ours) kept.claims.claim(epoch, batch, now, units, answer);
      if (how == run::settle && answer.fence != fence::deposed) kept.claims.settle(epoch, batch, answer);
    });
  }

  claim_answer claim_waiting(epoch_id epoch, std::span<const waiting_claim> rows, instant now, run how) override {
    return write_batch<claim_answer>(how, [&](kept_statements& kept, sqlite::batch_units& units, claim_answer& answer) {
      answer.fence = claim_fence(kept, epoch);
      if (answer.fence == fence::ours) kept.waiting.claim(epoch, rows, now, units, answer);
      if (how == run::settle && answer.fence != fence::deposed) kept.waiting.settle(epoch, rows, answer);
    });
  }

  std::vector<job_id> unlocked(std::span<const job_id> jobs) override {
    return connection_.run([&](soci::session& s) { return sqlite::existing(s, jobs); });
  }

  complete_answer complete(std::optional<epoch_id> epoch, std::span<const completion> rows, instant, run how) override {
    return write_batch<complete_answer>(
        how, [&](kept_statements& kept, sqlite::batch_units& units, complete_answer& answer) {
          answer.fenced = !epoch || in_force(kept, *epoch);
          if (answer.fenced) kept.completions.complete(rows, units, answer);
        });
  }

  std::vector<final_state> finals(std::span<const trigger_id> ids, std::span<const instant> fires) override {
    return connection_.run([&](soci::session& s) { return kept(s).finals.look(ids, fires); });
  }

  std::vector<trigger_id> hand_back_rows(epoch_id epoch, std::span<const hand_back> rows) override {
    return write([&](soci::session& s) {
      return in_force(s, epoch) ? sqlite::hand_back_rows(s, rows) : std::vector<trigger_id>{};
    });
  }

  void report(std::span<const progress_report> rows) override {
    write([&](soci::session& s) { sqlite::report(s, rows); });
  }

  session_opened open_session(epoch_id epoch, const session_open& opening) override {
    return write([&](soci::session& s) {
      session_opened answer;
      answer.fenced = in_force(s, epoch);
      if (answer.fenced) sqlite::open_session(s, opening, answer);
      return answer;
    });
  }

  sessions_answer renew_sessions(epoch_id epoch, std::span<const session_id> sessions, instant lease_until) override {
    return fenced_sessions(epoch, [&](soci::session& s) { return sqlite::renew_sessions(s, sessions, lease_until); });
  }

  sessions_answer end_sessions(epoch_id epoch, std::span<const session_id> sessions, instant now,
                               session_end reason) override {
    return fenced_sessions(epoch, [&](soci::session& s) { return sqlite::end_sessions(s, sessions, now, reason); });
  }

  sessions_answer end_expired(epoch_id epoch, instant now) override {
    return fenced_sessions(epoch, [&](soci::session& s) { return sqlite::end_expired(s, now); });
  }

  sessions_answer lease_takeover(epoch_id epoch, instant lease_until) override {
    return fenced_sessions(epoch, [&](soci::session& s) { return sqlite::lease_takeover(s, lease_until); });
  }

  std::vector<open_row> open_rows(std::span<const session_id> sessions, trigger_id after, std::size_t most) override {
    return connection_.run([&](soci::session& s) { return sqlite::open_rows(s, sessions, after, most); });
  }

  std::vector<dead_session> ended_with_open_rows() override {
    return connection_.run([](soci::session& s) { return sqlite::ended_with_open_rows(s); });
  }

  std::vector<awaiting> overdue_ends() override {
    return connection_.run([](soci::session& s) { return sqlite::overdue_ends(s); });
  }

  bool set_next(const awaiting& row, std::optional<instant> next) override {
    return write([&](soci::session& s) { return sqlite::set_next(s, row, next); });
  }

  instant database_now() override {
    return connection_.run([](soci::session& s) { return sqlite::database_now(s); });
  }

private:
  kept_statements& kept(soci::session& s) {
    if (!kept_) kept_.emplace(s);
    return *kept_;
  }

  static fence claim_fence(kept_statements& kept, epoch_id epoch) {
    const auto seen = kept.leader.look(epoch);
    return seen == fence::deposed && !stands(guard::claim_fence) ? fence::ours : seen;
  }
  static bool in_force(kept_statements& kept, epoch_id epoch) {
    return kept.leader.look(epoch) != fence::deposed || !stands(guard::verdict_fence);
  }
  bool in_force(soci::session& s, epoch_id epoch) { return in_force(kept(s), epoch); }

  /// work(session) in one write transaction.
  template <class Work> std::invoke_result_t<Work, soci::session&> write(Work work) {
    return connection_.run([&](soci::session& s) {
      write_transaction transaction{connection_};
      if constexpr (std::is_void_v<std::invoke_result_t<Work, soci::session&>>) {
        work(s);
        transaction.commit();
      } else {
        auto answer = work(s);
        transaction.commit();
        return answer;
      }
    });
  }

  template <class Work> sessions_answer fenced_sessions(epoch_id epoch, Work work) {
    return write([&](soci::session& s) {
      sessions_answer answer;
      answer.fenced = in_force(s, epoch);
      if (answer.fenced) answer.sessions = work(s);
      return answer;
    });
  }

  /// A batch, all or nothing; where a row is refused, again with the refused ones set aside.
  template <class Answer, class Work> Answer write_batch(run how, Work work) {
    std::vector<std::string> refused;
    const auto attempt = [&](bool one_by_one) {
      return write([&](soci::session& s) {
        Answer answer;
        sqlite::batch_units units{s, one_by_one};
        work(kept(s), units, answer);
        refused = units.refused();
        return answer;
      });
    };
    try {
      return attempt(false);
    } catch (const error& e) {
      if (e.kind != error_kind::refused) throw;
    }
    auto answer = attempt(true);
    if (how == run::first && !refused.empty()) throw_refused(refused);
    return answer;
  }

  soci_connection connection_;
  std::optional<kept_statements> kept_;
};

} // namespace

std::unique_ptr<ledger> open_sqlite_ledger(std::shared_ptr<const sqlite_file> file) {
  return std::make_unique<sqlite_ledger>(std::move(file));
}

} // namespace xxl::storage
