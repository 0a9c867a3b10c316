#include "storage/postgres_batch.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/postgres_days.hpp"
#include "storage/postgres_error.hpp"
#include "storage/postgres_refusals.hpp"
#include "storage/postgres_rows.hpp"
#include "storage/postgres_statements.hpp"
#include "storage/postgres_store.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace xxl::storage {

namespace {

using namespace postgres;

/// A locked job must not stop the others (storage.md §4b).
constexpr auto claim_lock_timeout = "50ms";

connection::settings session_settings(const std::string& node, bool claims) {
  connection::settings s;
  s.application = (claims ? "xxl-claim:" : "xxl-complete:") + node;
  s.server = sql::planner_settings();
  s.server.emplace_back("statement_timeout", "5s");
  s.server.emplace_back("idle_in_transaction_session_timeout", "2s");
  s.statements = {&sql::complete,  &sql::finals,   &sql::open_days, &sql::report,      &sql::unlocked,
                  &sql::open_rows, &sql::set_next, &sql::take_ids,  &sql::database_now};
  if (claims) {
    s.server.emplace_back("lock_timeout", claim_lock_timeout);
    s.statements.insert(s.statements.end(),
                        {&sql::claim, &sql::claimed_before, &sql::skipped_before, &sql::claim_waiting, &sql::hand_back,
                         &sql::open_session, &sql::renew_sessions, &sql::end_sessions, &sql::end_expired,
                         &sql::lease_takeover});
  }
  return s;
}

/// A copy in the order of `key`, without the rows that were refused before.
template <class Row, class Key> std::vector<Row> sorted(std::span<const Row> rows, Key key, const refusals& refused) {
  std::vector<Row> copy;
  copy.reserve(rows.size());
  for (const auto& row : rows)
    if (!refused.knows(key(row))) copy.push_back(row);
  std::ranges::sort(copy, {}, key);
  return copy;
}

template <class Row> std::int64_t trigger_key(const Row& row) { return row.trigger.value; }

std::int64_t job_key(const advance& a) { return a.job.value; }

/// Those of `rows` that are not among `taken`, which is sorted.
template <class Row> std::vector<Row> not_taken(std::span<const Row> rows, const std::vector<trigger_id>& taken) {
  std::vector<Row> left;
  for (const auto& row : rows)
    if (!std::ranges::binary_search(taken, row.trigger)) left.push_back(row);
  return left;
}

class postgres_ledger final : public ledger {
public:
  postgres_ledger(const std::string& url, const std::string& node, bool claims)
      : connection_{url, session_settings(node, claims)}, claims_{claims} {}

  void connect() override { connection_.open(); }

  trigger_id take_ids() override {
    connection_.open();
    return {connection_.execute(sql::take_ids, {}, on_loss::repeatable).number(0, 0)};
  }

  claim_answer claim(epoch_id epoch, const claim_batch& batch, instant now, run how) override {
    require_claims("claim");
    return under(how, [&] { return claim_all(epoch, batch, now, how); });
  }

  claim_answer claim_waiting(epoch_id epoch, std::span<const waiting_claim> rows, instant now, run how) override {
    require_claims("claim of waiting rows");
    return under(how, [&] { return claim_all_waiting(epoch, rows, now, how); });
  }

  std::vector<job_id> unlocked(std::span<const job_id> jobs) override {
    connection_.open();
    std::vector<job_id> free;
    append_column(free, connection_.execute(sql::unlocked, params{id_array(jobs)}, on_loss::repeatable), 0);
    return free;
  }

  complete_answer complete(std::optional<epoch_id> epoch, std::span<const completion> rows, instant now,
                           run how) override {
    if (epoch) require_claims("completion under an epoch");
    return under(how, [&] { return complete_all(epoch, rows, now); });
  }

  std::vector<final_state> finals(std::span<const trigger_id> ids, std::span<const instant> fires) override {
    std::vector<std::int64_t> days;
    for (const auto fire : fires) days.push_back(to_ms(fire));
    std::ranges::sort(days);
    days.erase(std::unique(days.begin(), days.end()), days.end());
    connection_.open();
    const auto r = connection_.execute(sql::finals, params{id_array(ids), array(std::span<const std::int64_t>{days})},
                                       on_loss::repeatable);
    std::vector<final_state> all;
    all.reserve(static_cast<std::size_t>(r.rows()));
    for (int row = 0; row < r.rows(); ++row)
      all.push_back({{r.number(row, 0)}, static_cast<trigger_state>(r.number(row, 1))});
    std::ranges::sort(all, {}, &final_state::trigger);
    return all;
  }

  std::vector<trigger_id> hand_back_rows(epoch_id epoch, std::span<const hand_back> rows) override {
    require_claims("hand-back");
    connection_.open();
    const auto order = sorted(rows, trigger_key<storage::hand_back>, {});
    std::vector<trigger_id> moved;
    append_column(moved, write(sql::hand_back, hand_back_params(epoch, order)), 0);
    std::ranges::sort(moved);
    return moved;
  }

  void report(std::span<const progress_report> rows) override {
    connection_.open();
    write(sql::report, report_params(merged(rows)));
  }

  session_opened open_session(epoch_id epoch, const session_open& s) override {
    require_claims("opening of a session");
    connection_.open();
    const auto r =
        write(sql::open_session,
              {scalar(epoch.value), scalar(s.session.value), scalar(s.group.value), scalar(s.name), scalar(s.address),
               scalar(static_cast<std::int64_t>(s.kind)), scalar(s.version), scalar(s.labels), scalar(to_ms(s.now)),
               scalar(to_ms(s.lease_until)), id_array(std::span<const session_id>{s.lives})});
    session_opened answer;
    answer.fenced = r.number(0, 0) == 1;
    append(answer.ended, r.numbers(0, 1));
    answer.opened = r.number(0, 2) == 1;
    answer.gone = r.yes(0, 3);
    if (const auto holder = r.number_or_none(0, 4)) answer.holder = {*holder};
    return answer;
  }

  sessions_answer renew_sessions(epoch_id epoch, std::span<const session_id> sessions, instant lease_until) override {
    const std::vector<std::int64_t> until(sessions.size(), to_ms(lease_until));
    return write_sessions(sql::renew_sessions,
                          {scalar(epoch.value), id_array(sessions), array(std::span<const std::int64_t>{until})});
  }

  sessions_answer end_sessions(epoch_id epoch, std::span<const session_id> sessions, instant now,
                               session_end reason) override {
    return write_sessions(sql::end_sessions, {scalar(epoch.value), scalar(to_ms(now)),
                                              scalar(static_cast<std::int64_t>(reason)), id_array(sessions)});
  }

  sessions_answer end_expired(epoch_id epoch, instant now) override {
    return write_sessions(sql::end_expired, {scalar(epoch.value), scalar(to_ms(now)),
                                             scalar(static_cast<std::int64_t>(session_end::lease_expired))});
  }

  sessions_answer lease_takeover(epoch_id epoch, instant lease_until) override {
    return write_sessions(sql::lease_takeover, {scalar(epoch.value), scalar(to_ms(lease_until))});
  }

  std::vector<open_row> open_rows(std::span<const session_id> sessions, trigger_id after, std::size_t most) override {
    connection_.open();
    const auto r = connection_.execute(
        sql::open_rows, params{id_array(sessions), scalar(after.value), scalar(static_cast<std::int64_t>(most))},
        on_loss::repeatable);
    std::vector<open_row> rows;
    rows.reserve(static_cast<std::size_t>(r.rows()));
    for (int row = 0; row < r.rows(); ++row) rows.push_back(read_open_row(r, row));
    return rows;
  }

  std::vector<dead_session> ended_with_open_rows() override {
    connection_.open();
    const auto r = connection_.query(sql::ended_with_open_rows, on_loss::repeatable);
    std::vector<dead_session> dead;
    dead.reserve(static_cast<std::size_t>(r.rows()));
    for (int row = 0; row < r.rows(); ++row)
      dead.push_back({{r.number(row, 0)}, static_cast<session_end>(r.number(row, 1))});
    return dead;
  }

  std::vector<awaiting> overdue_ends() override {
    connection_.open();
    const auto r = connection_.query(sql::overdue_ends, on_loss::repeatable);
    std::vector<awaiting> rows;
    rows.reserve(static_cast<std::size_t>(r.rows()));
    for (int row = 0; row < r.rows(); ++row)
      rows.push_back({{r.number(row, 0)}, static_cast<spec_version>(r.number(row, 1)), from_ms(r.number(row, 2))});
    return rows;
  }

  bool set_next(const awaiting& row, std::optional<instant> next) override {
    connection_.open();
    return write(sql::set_next, {scalar(row.job.value), next ? scalar(to_ms(*next)) : null_param(),
                                 scalar(std::int64_t{row.version}), scalar(to_ms(row.last))})
               .rows() == 1;
  }

  instant database_now() override {
    connection_.open();
    return from_ms(connection_.execute(sql::database_now, {}, on_loss::repeatable).number(0, 0));
  }

private:
  void require_claims(const char* what) const {
    if (!claims_)
      throw error{error_kind::fatal,
                  {},
                  std::string{what} + ": fenced statements go out on the claim connection only (open_ledger(true))"};
  }

  result write(const statement& s, const params& p) { return connection_.execute(s, p, on_loss::unknown_outcome); }

  sessions_answer write_sessions(const statement& s, const params& p) {
    require_claims(s.name);
    connection_.open();
    const auto r = write(s, p);
    sessions_answer answer{r.number(0, 0) == 1, {}};
    append(answer.sessions, r.numbers(0, 1));
    std::ranges::sort(answer.sessions);
    return answer;
  }

  /// A first run, or one that settles: open() has then ended the lost backend, no lock wait is cut short, and whatever
  /// goes wrong leaves the outcome as unknown as it was.
  template <class Call> auto under(run how, Call call) -> decltype(call()) {
    if (how == run::first) {
      refused_.clear();
      connection_.open();
      return call();
    }
    try {
      connection_.open();
      set_lock_timeout("0");
      auto answer = call();
      set_lock_timeout(claim_lock_timeout);
      return answer;
    } catch (const error& e) {
      connection_.close(); // the next one has its lock timeout again
      if (e.kind == error_kind::unavailable || e.kind == error_kind::retry)
        throw error{error_kind::unknown_outcome, e.state, std::string{"not settled yet: "} + e.what()};
      throw;
    }
  }

  void set_lock_timeout(const std::string& value) {
    if (claims_) connection_.query("SET lock_timeout = '" + value + "'", on_loss::repeatable);
  }

  claim_answer claim_all(epoch_id epoch, const claim_batch& batch, instant now, run how) {
    const auto jobs = sorted(std::span{batch.jobs}, job_key, refused_);
    auto triggers = sorted(std::span{batch.triggers}, trigger_key<new_trigger>, {});
    std::erase_if(triggers, [&](const new_trigger& t) { return refused_.knows(t.job.value); });
    claim_answer answer;
    refused_.run(std::span<const advance>{jobs}, "job", job_key, [&](std::span<const advance> part) {
      take(write(sql::claim, claim_params(epoch, part, triggers_of(part, triggers), now)), answer);
    });
    if (how == run::settle && answer.fence != fence::deposed) add_claimed_before(epoch, jobs, triggers, answer);
    return tidy(std::move(answer));
  }

  claim_answer claim_all_waiting(epoch_id epoch, std::span<const waiting_claim> rows, instant now, run how) {
    const auto order = sorted(rows, trigger_key<waiting_claim>, refused_);
    claim_answer answer;
    refused_.run(std::span{order}, "trigger", trigger_key<waiting_claim>, [&](std::span<const waiting_claim> part) {
      const auto r = write(sql::claim_waiting, claim_waiting_params(epoch, part, now));
      answer.fence = static_cast<fence>(r.number(0, 0));
      append(answer.claimed, r.numbers(0, 1));
    });
    std::ranges::sort(answer.claimed);
    if (how == run::settle && answer.fence != fence::deposed) {
      const auto left = not_taken(std::span{order}, answer.claimed);
      append_column(answer.claimed, write(sql::claimed_before, claimed_before_params(epoch, std::span{left})), 0);
    }
    return tidy(std::move(answer));
  }

  /// A part is a range of job ids.
  static std::vector<new_trigger> triggers_of(std::span<const advance> part, const std::vector<new_trigger>& all) {
    std::vector<new_trigger> chosen;
    if (!part.empty())
      std::ranges::copy_if(all, std::back_inserter(chosen),
                           [&](const new_trigger& t) { return part.front().job <= t.job && t.job <= part.back().job; });
    return chosen;
  }

  static void take(const result& r, claim_answer& answer) {
    answer.fence = static_cast<fence>(r.number(0, 0));
    append(answer.claimed, r.numbers(0, 1));
    append(answer.skipped, r.numbers(0, 2));
  }

  /// The re-run has waited on the rows' locks and so saw the truth: what it did not take, and stands as the first run
  /// would have written it, the first run wrote.
  void add_claimed_before(epoch_id epoch, const std::vector<advance>& jobs, const std::vector<new_trigger>& triggers,
                          claim_answer& answer) {
    std::ranges::sort(answer.claimed);
    const auto left = not_taken(std::span{triggers}, answer.claimed);
    append_column(answer.claimed, write(sql::claimed_before, claimed_before_params(epoch, std::span{left})), 0);
    std::vector<advance> gaps;
    std::ranges::copy_if(jobs, std::back_inserter(gaps), [](const advance& a) { return !a.fire && a.gap; });
    append_column(answer.skipped, write(sql::skipped_before, skipped_before_params(gaps)), 0);
  }

  static claim_answer tidy(claim_answer answer) {
    if (answer.fence == fence::deposed) return {};
    std::ranges::sort(answer.claimed);
    std::ranges::sort(answer.skipped);
    answer.skipped.erase(std::unique(answer.skipped.begin(), answer.skipped.end()), answer.skipped.end());
    return answer;
  }

  complete_answer complete_all(std::optional<epoch_id> epoch, std::span<const completion> rows, instant now) {
    const auto order = sorted(rows, trigger_key<completion>, refused_);
    complete_answer answer;
    refused_.run(std::span{order}, "trigger", trigger_key<completion>, [&](std::span<const completion> part) {
      const auto r = complete_part(epoch, part, now);
      answer.fenced = !epoch || r.number(0, 0) == 1;
      append(answer.moved, r.numbers(0, 1));
      append(answer.followed, r.numbers(0, 2));
      append(answer.parents, r.numbers(0, 3));
    });
    std::ranges::sort(answer.moved);
    std::ranges::sort(answer.followed);
    std::ranges::sort(answer.parents);
    return answer;
  }

  result complete_part(std::optional<epoch_id> epoch, std::span<const completion> part, instant now) {
    const auto p = complete_params(epoch, part, now);
    try {
      return write(sql::complete, p);
    } catch (const server_error& e) {
      if (!lacks_partition(e)) throw;
    }
    constexpr std::size_t ids = 1; // complete's array of trigger ids
    const auto days = connection_.execute(sql::open_days, std::span{p}.subspan(ids, 1), on_loss::repeatable);
    for (int row = 0; row < days.rows(); ++row) create_history_day(connection_, days.number(row, 0));
    try {
      return write(sql::complete, p);
    } catch (const server_error& e) {
      if (lacks_partition(e)) // its table is there, but retention is just taking it away
        throw error{error_kind::retry, e.state, e.what()};
      throw;
    }
  }

  connection connection_;
  bool claims_;
  refusals refused_;
};

} // namespace

std::unique_ptr<ledger> open_postgres_ledger(const std::string& url, const std::string& node, bool claims) {
  return std::make_unique<postgres_ledger>(url, node, claims);
}

} // namespace xxl::storage
