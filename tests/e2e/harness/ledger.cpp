#include "tests/e2e/harness/ledger.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace xxl::e2e {
namespace {

/// One statement, on a connection of its own.
class query {
public:
  query(const std::string& url, const std::string& sql, ExecStatusType wanted = PGRES_TUPLES_OK)
      : db_{PQconnectdb(url.c_str()), &PQfinish}, rows_{PQexec(db_.get(), sql.c_str()), &PQclear} {
    if (PQresultStatus(rows_.get()) != wanted)
      throw std::runtime_error{std::string{"the ledger, past the product: "} + PQerrorMessage(db_.get())};
  }

  /// How many rows the statement changed; 0 where it is of another kind.
  int changed() const { return std::atoi(PQcmdTuples(rows_.get())); }
  /// Calls `take(row)` for each.
  template <class Take> void each(Take take) const {
    for (int row = 0; row < PQntuples(rows_.get()); ++row) take(row);
  }
  std::string text(int row, int column) const { return PQgetvalue(rows_.get(), row, column); }
  bool null(int row, int column) const { return PQgetisnull(rows_.get(), row, column) == 1; }
  std::int64_t number(int row, int column) const { return null(row, column) ? 0 : std::stoll(text(row, column)); }
  int small(int row, int column) const { return static_cast<int>(number(row, column)); }
  bool yes(int row, int column) const { return text(row, column) == "t"; }

  /// The key in columns 0 to 4.
  run_key key(int row) const { return {text(row, 0), number(row, 1), text(row, 2), small(row, 3), small(row, 4)}; }

private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> db_;
  std::unique_ptr<PGresult, decltype(&PQclear)> rows_;
};

/// The key of a row of `t`, and where its names come from.
const std::string key_columns = "g.name || '/' || j.name, t.fire_ms, t.origin, t.shard, t.attempt";
const std::string names = " JOIN job j USING (job_id) JOIN executor_group g USING (group_id)";

} // namespace

std::size_t ledger::open() const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](auto& r) { return r.state < 4; }));
}

std::size_t ledger::in_state(int state) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [state](auto& r) { return r.state == state; }));
}

int change_ledger(const std::string& url, const std::string& sql) {
  return query{url, sql, PGRES_COMMAND_OK}.changed();
}

ledger read_ledger(const std::string& url) {
  ledger all;
  const query rows{url,
                   "SELECT " + key_columns +
                       ", t.trigger_id, t.state, t.reason, t.handed, t.session_id, t.epoch, t.claimed_ms, "
                       "t.started_ms, t.ended_ms FROM (SELECT job_id, fire_ms, origin, shard, attempt, trigger_id, "
                       "state, reason, handed, session_id, epoch, claimed_ms, started_ms, NULL::bigint AS ended_ms "
                       "FROM trigger_open UNION ALL SELECT job_id, fire_ms, origin, shard, attempt, trigger_id, "
                       "state, reason, 0, session_id, epoch, claimed_ms, started_ms, ended_ms FROM trigger_history) "
                       "t" +
                       names + " ORDER BY 1, 2, 3, 4, 5"};
  rows.each([&](int i) {
    all.rows.push_back({rows.key(i), rows.number(i, 5), rows.small(i, 6), rows.small(i, 7), rows.small(i, 8),
                        rows.number(i, 9), rows.number(i, 10), rows.number(i, 11), rows.number(i, 12),
                        rows.number(i, 13)});
  });
  const query gaps{url, "SELECT g.name || '/' || j.name, gap.from_ms, gap.to_ms, gap.n, gap.at_ms, gap.version, "
                        "gap.reason FROM gap" +
                            names};
  gaps.each([&](int i) {
    all.gaps.push_back({gaps.text(i, 0), gaps.number(i, 1), gaps.number(i, 2), gaps.number(i, 3), gaps.number(i, 4),
                        gaps.small(i, 5), gaps.small(i, 6)});
  });
  return all;
}

std::vector<std::int64_t> open_triggers(const std::string& url) {
  std::vector<std::int64_t> all;
  const query rows{url, "SELECT trigger_id FROM trigger_open"};
  rows.each([&](int i) { all.push_back(rows.number(i, 0)); });
  return all;
}

std::vector<run_key> open_keys(const std::string& url, const std::set<std::int64_t>& triggers) {
  std::string ids;
  for (auto id : triggers) ids += (ids.empty() ? "" : ",") + std::to_string(id);
  std::vector<run_key> keys;
  const query rows{url, "SELECT " + key_columns + " FROM trigger_open t" + names + " WHERE t.trigger_id = ANY ('{" +
                            ids + "}')"};
  rows.each([&](int i) { keys.push_back(rows.key(i)); });
  return keys;
}

std::vector<job_version> read_versions(const std::string& url) {
  std::vector<job_version> all;
  const query rows{url, "SELECT g.name || '/' || j.name, v.version, v.from_ms, v.after_ms, v.spec, v.enabled, v.paused "
                        "FROM job_version v" +
                            names + " ORDER BY 1, 2"};
  rows.each([&](int i) {
    auto& v = all.emplace_back();
    v.job = rows.text(i, 0);
    v.version = rows.small(i, 1);
    v.from_ms = rows.number(i, 2);
    if (!rows.null(i, 3)) v.after_ms = rows.number(i, 3);
    v.spec = rows.text(i, 4);
    v.enabled = rows.yes(i, 5);
    v.paused = rows.yes(i, 6);
  });
  return all;
}

std::map<std::int64_t, std::string> read_sessions(const std::string& url) {
  std::map<std::int64_t, std::string> names_by_session;
  const query rows{url, "SELECT session_id, name FROM executor_session"};
  rows.each([&](int i) { names_by_session[rows.number(i, 0)] = rows.text(i, 1); });
  return names_by_session;
}

void end_backends(const std::string& url, bool all) {
  query{url, std::string{"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'xxl-%' "
                         "AND (pid % 2 = 0 OR "} +
                 (all ? "true" : "false") + ")"};
}

} // namespace xxl::e2e
