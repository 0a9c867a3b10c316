#include "tests/storage/postgres_fixture.hpp"

#include "storage/store.hpp"

#include <libpq-fe.h>

#include <map>
#include <stdexcept>

namespace xxl::test {

sql_session::sql_session(const std::string& url) : conn_{PQconnectdb(url.c_str())} {
  if (PQstatus(conn_.get()) != CONNECTION_OK) throw std::runtime_error{PQerrorMessage(conn_.get())};
  PQsetNoticeReceiver(
      conn_.get(), [](void*, const PGresult*) {}, nullptr);
}

void sql_session::finish::operator()(pg_conn* c) const { PQfinish(c); }

std::vector<std::vector<std::string>> sql_session::rows(const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> r{PQexec(conn_.get(), sql.c_str()), &PQclear};
  const auto status = PQresultStatus(r.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error{sql + ": " + PQerrorMessage(conn_.get())};
  std::vector<std::vector<std::string>> all;
  for (int row = 0; row < PQntuples(r.get()); ++row) {
    auto& fields = all.emplace_back();
    for (int column = 0; column < PQnfields(r.get()); ++column)
      fields.emplace_back(PQgetisnull(r.get(), row, column) ? "∅" : PQgetvalue(r.get(), row, column));
  }
  return all;
}

std::string sql_session::lines(const std::string& sql) {
  std::string text;
  for (const auto& row : rows(sql)) {
    for (const auto& field : row) text += (&field == row.data() ? "" : " ") + field;
    text += '\n';
  }
  return text;
}

std::string migrated_database(postgres_server& server) {
  static std::map<const postgres_server*, std::string> templates;
  auto& name = templates[&server];
  if (name.empty()) {
    name = server.fresh_database();
    storage::open_store(server.url(name), "test")->migrate();
  }
  return server.fresh_database_from(name);
}

void insert_jobs(sql_session& s, int n, instant next) {
  const auto last = std::to_string(n);
  s.rows("INSERT INTO executor_group (name, title, address_mode) VALUES ('orders', 'Orders', 0)");
  s.rows("INSERT INTO job (group_id, name, version, spec, enabled) SELECT 1, 'job-' || i, 1, '{}', true "
         "FROM generate_series(1, " +
         last + ") i");
  s.rows("INSERT INTO job_fire (job_id, next_ms, version) SELECT i, " + std::to_string(to_ms(next)) +
         ", 1 FROM generate_series(1, " + last + ") i");
  s.rows("UPDATE leader SET epoch = " + to_string(epoch));
}

storage::claim_batch fires(std::int64_t first_job, int n, instant fire, std::int64_t trigger, session_id session) {
  storage::claim_batch batch;
  for (int i = 0; i < n; ++i) {
    storage::advance a;
    a.job = {first_job + i};
    a.expect = fire;
    a.version = 1;
    a.fire = fire;
    a.next = fire + second;
    batch.jobs.push_back(a);
    storage::new_trigger t;
    t.trigger = {trigger + i};
    t.job = a.job;
    t.session = session;
    batch.triggers.push_back(t);
  }
  return batch;
}

std::vector<storage::completion> ends(std::int64_t first, int n, session_id session, instant ended) {
  std::vector<storage::completion> rows;
  for (int i = 0; i < n; ++i) {
    storage::completion c;
    c.trigger = {first + i};
    c.session = session;
    c.started = ended - std::chrono::milliseconds{10};
    c.ended = ended;
    rows.push_back(c);
  }
  return rows;
}

std::vector<trigger_id> triggers(std::int64_t first, int n) {
  std::vector<trigger_id> ids;
  for (int i = 0; i < n; ++i) ids.push_back({first + i});
  return ids;
}

} // namespace xxl::test
