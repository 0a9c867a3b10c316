#include "tests/e2e/harness/ledger.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace xxl::e2e {
namespace {

using connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

answer query(const connection& db, const char* sql) {
  answer rows{PQexec(db.get(), sql), &PQclear};
  if (PQresultStatus(rows.get()) != PGRES_TUPLES_OK)
    throw std::runtime_error{std::string{"reading the ledger: "} + PQerrorMessage(db.get())};
  return rows;
}

std::int64_t number(const answer& rows, int row, int column) { return std::stoll(PQgetvalue(rows.get(), row, column)); }

} // namespace

std::size_t ledger::open() const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](auto& r) { return r.state < 4; }));
}

std::size_t ledger::in_state(int state) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [state](auto& r) { return r.state == state; }));
}

int change_ledger(const std::string& url, const std::string& sql) {
  connection db{PQconnectdb(url.c_str()), &PQfinish};
  answer end{PQexec(db.get(), sql.c_str()), &PQclear};
  if (PQresultStatus(end.get()) != PGRES_COMMAND_OK)
    throw std::runtime_error{std::string{"changing the ledger: "} + PQerrorMessage(db.get())};
  return std::atoi(PQcmdTuples(end.get()));
}

ledger read_ledger(const std::string& url) {
  connection db{PQconnectdb(url.c_str()), &PQfinish};
  ledger all;
  auto rows = query(db, "SELECT g.name || '/' || j.name, t.fire_ms, t.trigger_id, t.attempt, t.state, t.origin FROM ("
                        "SELECT job_id, fire_ms, trigger_id, attempt, state, origin FROM trigger_open UNION ALL "
                        "SELECT job_id, fire_ms, trigger_id, attempt, state, origin FROM trigger_history) t "
                        "JOIN job j USING (job_id) JOIN executor_group g USING (group_id) ORDER BY 1, 2, 4");
  for (int i = 0; i < PQntuples(rows.get()); ++i)
    all.rows.push_back({PQgetvalue(rows.get(), i, 0), number(rows, i, 1), number(rows, i, 2),
                        static_cast<int>(number(rows, i, 3)), static_cast<int>(number(rows, i, 4)),
                        PQgetvalue(rows.get(), i, 5)});
  auto gaps = query(db, "SELECT g.name || '/' || j.name, gap.from_ms, gap.to_ms, gap.n FROM gap "
                        "JOIN job j USING (job_id) JOIN executor_group g USING (group_id)");
  for (int i = 0; i < PQntuples(gaps.get()); ++i)
    all.gaps.push_back({PQgetvalue(gaps.get(), i, 0), number(gaps, i, 1), number(gaps, i, 2), number(gaps, i, 3)});
  return all;
}

} // namespace xxl::e2e
