#include "storage/catalog_edit.hpp"

#include "storage/catalog_jobs.hpp"
#include "storage/catalog_rows.hpp"

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

constexpr sql lock_sql{
    "SELECT version FROM job_fire WHERE job_id = :job FOR UPDATE",
    "SELECT version FROM job_fire WHERE job_id = :job",
};

/// After the lock; the group's flag stays as it is until we have committed.
constexpr sql look_sql{
    " FROM job_fire f JOIN job j ON j.job_id = f.job_id JOIN executor_group g ON g.group_id = j.group_id"
    " WHERE f.job_id = :job FOR SHARE OF g",
    " FROM job_fire f JOIN job j ON j.job_id = f.job_id JOIN executor_group g ON g.group_id = j.group_id"
    " WHERE f.job_id = :job",
};

constexpr auto* last_fire_open_sql =
    "SELECT count(*) FROM trigger_open o JOIN job_fire f ON f.job_id = o.job_id AND f.last_ms = o.fire_ms"
    " WHERE f.job_id = :job AND o.origin = ''";

constexpr auto* edit_postgres =
    "WITH j AS (UPDATE job SET version = version + 1, spec = coalesce(cast(:spec AS jsonb), spec), enabled = :enabled,"
    " paused = :paused, deleted_ms = :deleted WHERE job_id = :job AND version = :version RETURNING version),"
    " t AS (UPDATE job_fire t SET next_ms = :next, awaits_end = :awaits, last_ms = greatest(t.last_ms, cast(:move AS "
    "bigint)), fires = CASE WHEN :restarts THEN 0 ELSE t.fires END,"
    " version = j.version FROM j WHERE t.job_id = :job RETURNING t.last_ms, t.fires),"
    " v AS (INSERT INTO job_version (job_id, version, from_ms, after_ms, spec, enabled, paused, first_fire_ms, tzdb, "
    "who, fires, ran_out_ms)"
    " SELECT :job, j.version, :now, t.last_ms, cast(:spec AS jsonb), cast(:in_force AS boolean), :paused, :next, "
    ":tzdb, :who, t.fires, :ran_out FROM j, t),"
    " g AS (INSERT INTO gap (job_id, from_ms, to_ms, n, at_ms, version, reason)"
    " SELECT :job, :gap_from, :gap_to, cast(:gap_fires AS bigint), :now, j.version - 1, :gap_reason FROM j"
    " WHERE cast(:gap_fires AS bigint) > 0),"
    " l AS (INSERT INTO operator_log (at_ms, who, what, target, after)"
    " SELECT :now, :who, :what, :target, cast(:spec AS jsonb) FROM j) SELECT version FROM j";

constexpr auto* job_sqlite =
    "UPDATE job SET version = version + 1, spec = coalesce(:spec, spec), enabled = :enabled, paused = :paused,"
    " deleted_ms = :deleted WHERE job_id = :job AND version = :version RETURNING version";
constexpr auto* fire_sqlite = "UPDATE job_fire SET next_ms = :next, awaits_end = :awaits, version = version + 1,"
                              " last_ms = CASE WHEN last_ms IS NULL OR last_ms < :move THEN coalesce(:move, last_ms) "
                              "ELSE last_ms END, fires = CASE WHEN :restarts THEN 0 ELSE fires END WHERE job_id = :job";
constexpr auto* version_sqlite =
    "INSERT INTO job_version (job_id, version, from_ms, after_ms, spec, enabled, paused, first_fire_ms, tzdb, who, "
    "fires, ran_out_ms)"
    " SELECT :job, version, :now, last_ms, :spec, :in_force, :paused, :next, :tzdb, :who, fires, :ran_out FROM job_fire"
    " WHERE job_id = :job";
constexpr auto* gap_sqlite = "INSERT INTO gap (job_id, from_ms, to_ms, n, at_ms, version, reason)"
                             " VALUES (:job, :gap_from, :gap_to, :gap_fires, :now, :version, :gap_reason)";
constexpr auto* log_sqlite = "INSERT INTO operator_log (at_ms, who, what, target, after)"
                             " VALUES (:now, :who, :what, :target, :spec)";

/// An edit as it is bound.
struct bound_edit {
  long long job = 0, version = 0, enabled = 0, paused = 0, awaits = 0, now = 0;
  long long restarts = 0;
  long long in_force = 0; ///< what the version history says of `enabled`: nothing is due of a deleted job either
  long long gap_from = 0, gap_to = 0, gap_fires = 0, gap_reason = 0;
  nullable_number deleted, next, move, ran_out;
  nullable_text spec;
  std::string who, what, tzdb, target;

  bound_edit(const locked_job& locked, const job_edit& e, const edit_note& note)
      : job{locked.job.id.value},
        version{locked.job.version},
        enabled{e.enabled},
        paused{e.paused},
        now{to_ms(note.now)},
        who{checked_text(note.who, "the operator's name")},
        what{note.what},
        tzdb{note.tzdb},
        target{"job " + std::to_string(job)} {
    const bool rests = !e.enabled || e.paused || e.deleted || locked.group_paused;
    awaits = e.awaits_end && !rests;
    in_force = e.enabled && !e.deleted;
    restarts = e.restarts;
    deleted.set(e.deleted);
    next.set(rests ? std::nullopt : e.next);
    move.set(e.move_last);
    ran_out.set(e.ran_out);
    spec.set(e.spec);
    checked_text(spec.value, "the job's specification");
    if (e.gap) {
      gap_from = to_ms(e.gap->from);
      gap_to = to_ms(e.gap->to);
      gap_fires = e.gap->fires;
      gap_reason = static_cast<long long>(e.gap->reason);
    }
  }
};

/// True if the version was still the one that was read.
bool write_postgres(soci::session& s, bound_edit& e) {
  long long version = 0;
  bool taken = false;
  soci::statement edit =
      (s.prepare << edit_postgres, use(e.spec.value, e.spec.state, "spec"), use(e.enabled, "enabled"),
       use(e.in_force, "in_force"), use(e.paused, "paused"), use(e.deleted.value, e.deleted.state, "deleted"),
       use(e.job, "job"), use(e.version, "version"), use(e.next.value, e.next.state, "next"), use(e.awaits, "awaits"),
       use(e.move.value, e.move.state, "move"), use(e.restarts, "restarts"), use(e.now, "now"), use(e.tzdb, "tzdb"),
       use(e.who, "who"), use(e.ran_out.value, e.ran_out.state, "ran_out"), use(e.gap_from, "gap_from"),
       use(e.gap_to, "gap_to"), use(e.gap_fires, "gap_fires"), use(e.gap_reason, "gap_reason"), use(e.what, "what"),
       use(e.target, "target"), into(version));
  each_row(edit, [&] { taken = true; });
  return taken;
}

bool write_sqlite(soci::session& s, bound_edit& e) {
  long long version = 0;
  bool taken = false;
  soci::statement job = (s.prepare << job_sqlite, use(e.spec.value, e.spec.state, "spec"), use(e.enabled, "enabled"),
                         use(e.paused, "paused"), use(e.deleted.value, e.deleted.state, "deleted"), use(e.job, "job"),
                         use(e.version, "version"), into(version));
  each_row(job, [&] { taken = true; });
  if (!taken) return false;
  s << fire_sqlite, use(e.next.value, e.next.state, "next"), use(e.awaits, "awaits"),
      use(e.move.value, e.move.state, "move"), use(e.restarts, "restarts"), use(e.job, "job");
  s << version_sqlite, use(e.job, "job"), use(e.now, "now"), use(e.spec.value, e.spec.state, "spec"),
      use(e.in_force, "in_force"), use(e.paused, "paused"), use(e.next.value, e.next.state, "next"),
      use(e.tzdb, "tzdb"), use(e.who, "who"), use(e.ran_out.value, e.ran_out.state, "ran_out");
  if (e.gap_fires > 0)
    s << gap_sqlite, use(e.job, "job"), use(e.gap_from, "gap_from"), use(e.gap_to, "gap_to"),
        use(e.gap_fires, "gap_fires"), use(e.now, "now"), use(e.version, "version"), use(e.gap_reason, "gap_reason");
  s << log_sqlite, use(e.now, "now"), use(e.who, "who"), use(e.what, "what"), use(e.target, "target"),
      use(e.spec.value, e.spec.state, "spec");
  return true;
}

std::optional<locked_job> lock_job(soci_connection& c, soci::session& s, job_id job) {
  const long long id = job.value;
  long long version = 0;
  soci::statement lock = (s.prepare << c.pick(lock_sql), use(id, "job"), into(version));
  each_row(lock, [] {});
  job_columns_into columns;
  std::optional<locked_job> found;
  auto prepare = s.prepare << job_columns << c.pick(look_sql);
  prepare, use(id, "job");
  soci::statement look = columns.bind(prepare);
  each_row(look, [&] { found = {.job = columns.row(), .group_paused = columns.group_paused(), .last_fire_open = {}}; });
  if (found)
    found->last_fire_open = [&s, id] {
      long long open = 0;
      soci::statement query = (s.prepare << last_fire_open_sql, use(id, "job"), into(open));
      each_row(query, [] {});
      return open > 0;
    };
  return found;
}

} // namespace

std::optional<job_row> edit_job(soci_connection& c, soci::session& s, job_id job,
                                const std::function<std::optional<job_edit>(const locked_job&)>& decide,
                                const edit_note& note) {
  write_transaction transaction{c};
  const auto locked = lock_job(c, s, job);
  if (!locked) return std::nullopt;
  const auto edit = decide(*locked);
  if (!edit) return locked->job;
  bound_edit bound{*locked, *edit, note};
  const bool taken = c.dialect() == dialect::postgres ? write_postgres(s, bound) : write_sqlite(s, bound);
  if (!taken) throw error{error_kind::retry, {}, "job " + to_string(job) + " was edited meanwhile; read it again"};
  auto after = find_job(s, job);
  transaction.commit();
  return after;
}

} // namespace xxl::storage
