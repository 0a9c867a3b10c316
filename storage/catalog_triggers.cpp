#include "storage/catalog_triggers.hpp"

#include "protocol/limits.hpp"
#include "storage/catalog_jobs.hpp"
#include "storage/soci_values.hpp"

#include <algorithm>
#include <limits>

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

constexpr auto* columns_sql =
    "SELECT t.trigger_id, t.job_id, coalesce(g.name, ''), coalesce(j.name, ''), t.fire_ms,"
    " coalesce(t.planned_ms, t.fire_ms), t.origin, t.shard, t.shards, t.attempt, t.state, t.cause, t.reason,"
    " coalesce(t.session_id, 0), coalesce(e.name, ''), t.version, t.claimed_ms, t.sent_ms, t.started_ms, t.ended_ms,"
    " coalesce(t.params, ''), coalesce(t.message, '') FROM (";

constexpr auto* open_sql = "SELECT * FROM (SELECT o.trigger_id, o.job_id, o.fire_ms, o.planned_ms, o.origin, o.shard, "
                           "o.shards, o.attempt, o.state,"
                           " o.cause, o.reason, o.session_id, o.version, o.claimed_ms, o.sent_ms, o.started_ms, "
                           "cast(NULL AS bigint) AS ended_ms,"
                           " o.params, cast(NULL AS text) AS message FROM trigger_open o WHERE ";
constexpr auto* history_sql =
    " UNION ALL SELECT * FROM (SELECT h.trigger_id, h.job_id, h.fire_ms, h.planned_ms, h.origin, h.shard, h.shards,"
    " h.attempt, h.state, h.cause, h.reason, h.session_id, h.version, h.claimed_ms, h.sent_ms, h.started_ms, "
    "h.ended_ms,"
    " h.params, h.message FROM trigger_history h WHERE ";

constexpr auto* open_tail = " ORDER BY o.fire_ms DESC, o.trigger_id DESC LIMIT :most) opened";
constexpr auto* history_tail = " ORDER BY h.fire_ms DESC, h.trigger_id DESC LIMIT :most) ended";
constexpr auto* tail_sql =
    ") t LEFT JOIN job j ON j.job_id = t.job_id LEFT JOIN executor_group g ON g.group_id = j.group_id"
    " LEFT JOIN executor_session e ON e.session_id = t.session_id ORDER BY t.fire_ms DESC, t.trigger_id DESC"
    " LIMIT :most";

/// Behind the last page's last row, by the order of the list. Both parts of it stay as they are when a row moves to
/// history, so that no row comes twice or is passed over.
constexpr auto* open_page =
    "(o.fire_ms, o.trigger_id) < (:before_fire, :before_id) AND o.fire_ms >= :open_from AND o.fire_ms < :to"
    " AND (cast(:state AS int) IS NULL OR o.state = cast(:state AS int))";
constexpr auto* history_page =
    "(h.fire_ms, h.trigger_id) < (:before_fire, :before_id) AND h.fire_ms >= :from AND h.fire_ms < :to"
    " AND (cast(:state AS int) IS NULL OR h.state = cast(:state AS int))";

constexpr auto* open_of_job = " AND o.job_id = :job";
constexpr auto* history_of_job = " AND h.job_id = :job";
constexpr auto* open_of_group = " AND o.job_id IN (SELECT k.job_id FROM job k JOIN executor_group q ON"
                                " q.group_id = k.group_id WHERE q.name = :group)";
constexpr auto* history_of_group = " AND h.job_id IN (SELECT k.job_id FROM job k JOIN executor_group q ON"
                                   " q.group_id = k.group_id WHERE q.name = :group)";

constexpr sql now_sql{
    "SELECT cast(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
    "SELECT cast((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
};

constexpr auto* gaps_sql = "SELECT from_ms, to_ms, n, at_ms, reason FROM gap WHERE job_id = :job"
                           " ORDER BY from_ms DESC LIMIT :most";

class trigger_columns_into {
public:
  std::vector<trigger_view> read(soci::details::prepare_temp_type& prepare) {
    soci::statement query =
        (prepare, into(id_), into(job_), into(row_.group), into(row_.job_name), into(fire_), into(planned_),
         into(row_.origin), into(shard_), into(shards_), into(attempt_), into(state_), into(cause_), into(reason_),
         into(session_), into(row_.executor), into(version_), into(claimed_.value, claimed_.state),
         into(sent_.value, sent_.state), into(started_.value, started_.state), into(ended_.value, ended_.state),
         into(row_.params), into(row_.message));
    std::vector<trigger_view> rows;
    each_row(query, [&] {
      fill();
      rows.push_back(row_);
    });
    return rows;
  }

private:
  void fill() {
    row_.id = {id_};
    row_.job = {job_};
    row_.fire = from_ms(fire_);
    row_.planned = from_ms(planned_);
    row_.shard = static_cast<std::int16_t>(shard_);
    row_.shards = static_cast<std::int16_t>(shards_);
    row_.attempt = static_cast<std::int16_t>(attempt_);
    row_.state = static_cast<trigger_state>(state_);
    row_.cause = static_cast<trigger_cause>(cause_);
    row_.reason = static_cast<state_reason>(reason_);
    row_.session = {session_};
    row_.version = static_cast<spec_version>(version_);
    row_.claimed = claimed_.time();
    row_.sent = sent_.time();
    row_.started = started_.time();
    row_.ended = ended_.time();
  }

  long long id_ = 0, job_ = 0, fire_ = 0, planned_ = 0, shard_ = 0, shards_ = 0, attempt_ = 0, state_ = 0, cause_ = 0,
            reason_ = 0, session_ = 0, version_ = 0;
  nullable_number claimed_, sent_, started_, ended_;
  trigger_view row_;
};

instant database_now(soci_connection& c, soci::session& s) {
  long long now = 0;
  soci::statement query = (s.prepare << c.pick(now_sql), into(now));
  each_row(query, [] {});
  return from_ms(now);
}

/// How far back ended triggers are listed.
instant history_from(soci_connection& c, soci::session& s, const trigger_query& q) {
  if (q.from) return *q.from;
  if (q.ended_from) return *q.ended_from;
  return (q.to ? *q.to : database_now(c, s)) - limits::listed_back;
}

std::vector<trigger_view> one_trigger(soci::session& s, trigger_id trigger) {
  const long long id = trigger.value, most = 1;
  auto prepare = s.prepare << columns_sql << open_sql << "o.trigger_id = :id" << open_tail << history_sql
                           << "h.trigger_id = :id" << history_tail << tail_sql;
  prepare, use(id, "id"), use(most, "most");
  trigger_columns_into columns;
  return columns.read(prepare);
}

} // namespace

std::vector<trigger_view> list_triggers(soci_connection& c, soci::session& s, const trigger_query& q) {
  if (q.id) return one_trigger(s, *q.id);
  const auto job = q.job.empty() ? std::nullopt : find_job(s, q.group, q.job);
  if (!q.job.empty() && !job) return {};

  using bounds = std::numeric_limits<long long>;
  const long long from = to_ms(history_from(c, s, q)), open_from = q.from ? from : bounds::min(), most = q.limit;
  const long long before_fire = q.before ? to_ms(q.before->fire) : bounds::max(),
                  before_id = q.before ? q.before->id.value : bounds::max();
  // Later days hold nothing for this page: PostgreSQL leaves their partitions out.
  const long long to = std::min(q.to ? to_ms(*q.to) : bounds::max(), q.before ? before_fire + 1 : bounds::max());
  const long long job_number = job ? job->id.value : 0;
  nullable_number state;
  if (q.state) state.set(static_cast<long long>(*q.state));

  const bool of_group = !job && !q.group.empty();
  const auto* open_narrowed = job ? open_of_job : of_group ? open_of_group : "";
  const auto* history_narrowed = job ? history_of_job : of_group ? history_of_group : "";
  auto prepare = s.prepare << columns_sql << open_sql << open_page << open_narrowed << open_tail << history_sql
                           << history_page << history_narrowed << history_tail << tail_sql;
  prepare, use(before_fire, "before_fire"), use(before_id, "before_id"), use(open_from, "open_from"), use(from, "from"),
      use(to, "to"), use(state.value, state.state, "state"), use(most, "most");
  if (job) prepare, use(job_number, "job");
  if (of_group) prepare, use(checked_text(q.group, "the group's name"), "group");
  trigger_columns_into columns;
  return columns.read(prepare);
}

std::vector<gap_view> list_gaps(soci::session& s, job_id job, std::size_t most) {
  const long long id = job.value, limit = static_cast<long long>(most);
  long long from = 0, to = 0, fires = 0, at = 0, reason = 0;
  soci::statement query = (s.prepare << gaps_sql, use(id, "job"), use(limit, "most"), into(from), into(to), into(fires),
                           into(at), into(reason));
  std::vector<gap_view> rows;
  each_row(query, [&] {
    rows.push_back({from_ms(from), from_ms(to), fires, from_ms(at), static_cast<state_reason>(reason)});
  });
  return rows;
}

} // namespace xxl::storage
