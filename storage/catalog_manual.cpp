#include "storage/catalog_triggers.hpp"
#include "storage/soci_values.hpp"

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

constexpr sql take_ids_sql{
    "SELECT nextval('trigger_block')",
    "INSERT INTO counter (name, value) VALUES ('trigger_block', 1)"
    " ON CONFLICT (name) DO UPDATE SET value = value + 1000 RETURNING value",
};

/// The request and its trigger in one statement: cause 3, a waiting row that is due at once.
constexpr auto* manual_postgres =
    "WITH q AS (INSERT INTO request (request_id, kind, trigger_id, fire_ms, who, at_ms)"
    " VALUES (:request, 3, :trigger, :fire, :who, :fire) ON CONFLICT (request_id) DO NOTHING RETURNING trigger_id),"
    " t AS (INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, due_ms, epoch, version, origin, state, "
    "cause, params)"
    " SELECT q.trigger_id, :job, :fire, :fire, :fire, 0, :version, :origin, 0, 3, :params FROM q)"
    " SELECT count(*) FROM q";

constexpr auto* request_sqlite =
    "INSERT INTO request (request_id, kind, trigger_id, fire_ms, who, at_ms)"
    " VALUES (:request, 3, :trigger, :fire, :who, :fire) ON CONFLICT (request_id) DO NOTHING";
constexpr auto* trigger_sqlite = "INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, due_ms, epoch, "
                                 "version, origin, state, cause, params)"
                                 " VALUES (:trigger, :job, :fire, :fire, :fire, 0, :version, :origin, 0, 3, :params)";

constexpr auto* request_of_sql = "SELECT trigger_id, fire_ms FROM request WHERE request_id = :request";

struct bound_manual {
  long long trigger, job, fire, version;
  std::string request, who, origin;
  nullable_text params;

  explicit bound_manual(const manual_row& row)
      : trigger{row.trigger.value},
        job{row.job.value},
        fire{to_ms(row.fire)},
        version{row.version},
        request{checked_text(row.request, "the request id")},
        who{checked_text(row.who, "the operator's name")},
        origin{"m" + std::to_string(trigger)} {
    params.set(row.params);
    checked_text(params.value, "the params");
  }
};

bool write_postgres(soci_connection& c, soci::session& s, bound_manual& m) {
  const soci_connection::in_doubt guard{c}; // commits by itself
  long long taken = 0;
  s << manual_postgres, use(m.request, "request"), use(m.trigger, "trigger"), use(m.fire, "fire"), use(m.who, "who"),
      use(m.job, "job"), use(m.version, "version"), use(m.origin, "origin"),
      use(m.params.value, m.params.state, "params"), into(taken);
  return taken > 0;
}

bool write_sqlite(soci_connection& c, soci::session& s, bound_manual& m) {
  write_transaction transaction{c};
  soci::statement request = (s.prepare << request_sqlite, use(m.request, "request"), use(m.trigger, "trigger"),
                             use(m.fire, "fire"), use(m.who, "who"));
  if (!changes(request)) return false;
  s << trigger_sqlite, use(m.trigger, "trigger"), use(m.job, "job"), use(m.fire, "fire"), use(m.version, "version"),
      use(m.origin, "origin"), use(m.params.value, m.params.state, "params");
  transaction.commit();
  return true;
}

} // namespace

trigger_id take_trigger_ids(soci_connection& c, soci::session& s) {
  write_transaction transaction{c};
  long long first = 0;
  soci::statement take = (s.prepare << c.pick(take_ids_sql), into(first));
  each_row(take, [] {});
  transaction.commit();
  return trigger_id{first};
}

trigger_receipt insert_manual(soci_connection& c, soci::session& s, const manual_row& row) {
  bound_manual bound{row};
  const bool taken = c.dialect() == dialect::postgres ? write_postgres(c, s, bound) : write_sqlite(c, s, bound);
  if (taken) return {row.trigger, row.fire, false};
  long long trigger = 0, fire = 0;
  soci::statement query = (s.prepare << request_of_sql, use(bound.request, "request"), into(trigger), into(fire));
  each_row(query, [] {});
  return {trigger_id{trigger}, from_ms(fire), true};
}

} // namespace xxl::storage
