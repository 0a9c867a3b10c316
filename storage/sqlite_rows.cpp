#include "storage/sqlite_rows.hpp"

#include "storage/soci_arrays.hpp"
#include "storage/soci_values.hpp"
#include "storage/sqlite_attempt.hpp"
#include "storage/sqlite_condition.hpp"
#include "storage/sqlite_order.hpp"

namespace xxl::storage::sqlite {
namespace {

using soci::into;
using soci::use;

constexpr auto* hand_back_sql =
    "UPDATE trigger_open SET state = 0, due_ms = :due, session_id = NULL, sent_ms = NULL, handed = handed + 1,"
    " reason = :reason"
    " WHERE trigger_id = :trigger AND session_id = :session AND due_ms IS NULL AND ";
constexpr condition as_often_handed{guard::hand_back_comparison, "handed = :handed", ":handed IS NOT NULL"};

constexpr auto* report_sql =
    "UPDATE trigger_open SET state = :state, sent_ms = coalesce(:sent, sent_ms), started_ms = coalesce(:started, "
    "started_ms)"
    " WHERE trigger_id = :trigger AND session_id = :session AND due_ms IS NULL AND state < :state";

constexpr auto* set_next_sql =
    "UPDATE job_fire SET next_ms = max(:next, :last + 1), awaits_end = 0"
    " WHERE job_id = :job AND awaits_end AND version = :version AND last_ms = :last"
    " AND NOT EXISTS (SELECT 1 FROM trigger_open o WHERE o.job_id = job_fire.job_id AND o.fire_ms = job_fire.last_ms"
    " AND o.origin = '')";

constexpr auto* existing_sql =
    "SELECT job_id FROM job_fire WHERE job_id IN (SELECT value FROM json_each(:jobs)) ORDER BY job_id";

constexpr auto* open_rows_sql =
    "SELECT trigger_id, job_id, fire_ms, planned_ms, origin, shard, shards, attempt, handed, version, cause, params,"
    " kill_ms IS NOT NULL, state, session_id, epoch FROM trigger_open"
    " WHERE session_id IN (SELECT value FROM json_each(:sessions)) AND trigger_id > :after ORDER BY trigger_id LIMIT "
    ":most";

constexpr auto* ended_with_open_rows_sql =
    "SELECT DISTINCT o.session_id, s.end_reason FROM trigger_open o JOIN executor_session s USING (session_id)"
    " WHERE s.ended_ms IS NOT NULL ORDER BY o.session_id";

constexpr auto* overdue_ends_sql =
    "SELECT job_id, version, last_ms FROM job_fire WHERE awaits_end AND last_ms IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM trigger_open o WHERE o.job_id = job_fire.job_id AND o.fire_ms = job_fire.last_ms"
    " AND o.origin = '') ORDER BY job_id LIMIT 1000";

/// Days since the Julian epoch → Unix milliseconds.
constexpr auto* now_sql = "SELECT cast(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";

template <class Row> std::vector<long long> values_of(std::span<const Row> ids) {
  std::vector<long long> values;
  for (const auto id : ids) values.push_back(id.value);
  return values;
}

} // namespace

std::vector<trigger_id> hand_back_rows(soci::session& s, std::span<const hand_back> rows) {
  long long trigger = 0, session = 0, due = 0, handed = 0, reason = 0;
  soci::statement change =
      (s.prepare << hand_back_sql << as_often_handed.text(), use(due, "due"), use(reason, "reason"),
       use(trigger, "trigger"), use(session, "session"), use(handed, "handed"));
  std::vector<trigger_id> back;
  for (const auto& row : rows) {
    trigger = row.trigger.value;
    session = row.session.value;
    due = to_ms(row.due);
    handed = row.handed;
    reason = static_cast<long long>(row.reason);
    if (changes(change)) back.push_back(row.trigger);
  }
  tidy(back);
  return back;
}

void report(soci::session& s, std::span<const progress_report> rows) {
  long long trigger = 0, session = 0, state = 0;
  nullable_number sent, started;
  soci::statement change =
      (s.prepare << report_sql, use(state, "state"), use(sent.value, sent.state, "sent"),
       use(started.value, started.state, "started"), use(trigger, "trigger"), use(session, "session"));
  for (const auto& row : rows) {
    trigger = row.trigger.value;
    session = row.session.value;
    state = static_cast<long long>(row.state);
    sent.set_id(to_ms(row.sent));
    started.set_id(to_ms(row.started));
    change.execute(true);
  }
}

bool set_next(soci::session& s, const ledger::awaiting& row, std::optional<instant> next) {
  const long long job = row.job.value, version = row.version, last = to_ms(row.last);
  nullable_number at;
  at.set(next);
  soci::statement change = (s.prepare << set_next_sql, use(at.value, at.state, "next"), use(last, "last"),
                            use(job, "job"), use(version, "version"));
  return changes(change);
}

std::vector<job_id> existing(soci::session& s, std::span<const job_id> jobs) {
  const auto ids = json_array(values_of(jobs));
  long long id = 0;
  std::vector<job_id> found;
  soci::statement query = (s.prepare << existing_sql, use(ids, "jobs"), into(id));
  each_row(query, [&] { found.push_back(job_id{id}); });
  return found;
}

std::vector<open_row> open_rows(soci::session& s, std::span<const session_id> sessions, trigger_id after,
                                std::size_t most) {
  const auto ids = json_array(values_of(sessions));
  const long long above = after.value, limit = static_cast<long long>(most);
  attempt_columns attempt;
  long long state = 0, session = 0, epoch = 0;
  soci::statement query =
      (attempt.of((s.prepare << open_rows_sql, use(ids, "sessions"), use(above, "after"), use(limit, "most"))),
       into(state), into(session), into(epoch));
  std::vector<open_row> rows;
  each_row(query, [&] { rows.push_back({attempt.row(), static_cast<trigger_state>(state), {session}, {epoch}}); });
  return rows;
}

std::vector<dead_session> ended_with_open_rows(soci::session& s) {
  long long id = 0, how = 0;
  std::vector<dead_session> dead;
  soci::statement query = (s.prepare << ended_with_open_rows_sql, into(id), into(how));
  each_row(query, [&] { dead.push_back({session_id{id}, static_cast<session_end>(how)}); });
  return dead;
}

std::vector<ledger::awaiting> overdue_ends(soci::session& s) {
  long long job = 0, version = 0, last = 0;
  std::vector<ledger::awaiting> rows;
  soci::statement query = (s.prepare << overdue_ends_sql, into(job), into(version), into(last));
  each_row(query, [&] { rows.push_back({job_id{job}, static_cast<spec_version>(version), from_ms(last)}); });
  return rows;
}

instant database_now(soci::session& s) {
  long long now = 0;
  soci::statement query = (s.prepare << now_sql, into(now));
  each_row(query, [] {});
  return from_ms(now);
}

} // namespace xxl::storage::sqlite
