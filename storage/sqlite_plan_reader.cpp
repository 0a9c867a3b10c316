#include "storage/soci_specs.hpp"
#include "storage/soci_values.hpp"
#include "storage/sqlite_attempt.hpp"
#include "storage/sqlite_store.hpp"

#include <utility>

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

constexpr auto* due_sql = "SELECT job_id, next_ms, last_ms, version, fires FROM job_fire"
                          " WHERE next_ms < :until AND (next_ms, job_id) > (:after, :after_id)"
                          " ORDER BY next_ms, job_id LIMIT :most";

/// Held rows are left out, unless they are to be killed or discarded.
constexpr auto* waiting_sql = "SELECT o.trigger_id, o.job_id, o.fire_ms, o.planned_ms, o.origin, o.shard, o.shards, "
                              "o.attempt, o.handed, o.version, o.cause, o.params, o.kill_ms IS NOT NULL,"
                              " o.due_ms, o.reason, j.deleted_ms IS NOT NULL"
                              " FROM trigger_open o JOIN job j USING (job_id) JOIN executor_group g USING (group_id)"
                              " WHERE o.due_ms < :until AND (o.due_ms, o.trigger_id) > (:after, :after_id)"
                              " AND (NOT (j.paused OR g.paused) OR o.kill_ms IS NOT NULL OR j.deleted_ms IS NOT NULL)"
                              " ORDER BY o.due_ms, o.trigger_id LIMIT :most";

constexpr auto* marked_sql = "SELECT trigger_id, job_id, version, fire_ms, attempt, session_id FROM trigger_open"
                             " WHERE kill_ms IS NOT NULL AND session_id IS NOT NULL AND trigger_id > :after"
                             " ORDER BY trigger_id LIMIT :most";

std::vector<marked_row> read_marked(soci::session& s, trigger_id after, std::size_t most) {
  const long long above = after.value, limit = static_cast<long long>(most);
  long long trigger = 0, job = 0, version = 0, fire = 0, attempt = 0, session = 0;
  soci::statement query = (s.prepare << marked_sql, use(above, "after"), use(limit, "most"), into(trigger), into(job),
                           into(version), into(fire), into(attempt), into(session));
  std::vector<marked_row> rows;
  each_row(query, [&] {
    rows.push_back({{trigger},
                    {job},
                    static_cast<spec_version>(version),
                    from_ms(fire),
                    static_cast<std::int16_t>(attempt),
                    {session}});
  });
  return rows;
}

/// Prepared once for each session: these run with every pass.
class kept_queries {
public:
  explicit kept_queries(soci::session& s)
      : due_{(s.prepare << due_sql, use(until_, "until"), use(after_, "after"), use(after_id_, "after_id"),
              use(most_, "most"), into(job_), into(instant_), into(last_.value, last_.state), into(version_),
              into(fires_))},
        waiting_{(attempt_.of((s.prepare << waiting_sql, use(until_, "until"), use(after_, "after"),
                               use(after_id_, "after_id"), use(most_, "most"))),
                  into(instant_), into(reason_), into(deleted_))} {}

  std::vector<due_job> due(instant until, instant after, job_id after_job, std::size_t most) {
    bind(until, after, after_job.value, most);
    std::vector<due_job> rows;
    each_row(due_, [&] {
      rows.push_back({job_id{job_}, from_ms(instant_), last_.time(), static_cast<spec_version>(version_), fires_});
    });
    return rows;
  }

  std::vector<waiting_row> waiting(instant until, instant after, trigger_id after_trigger, std::size_t most) {
    bind(until, after, after_trigger.value, most);
    std::vector<waiting_row> rows;
    each_row(waiting_, [&] {
      rows.push_back({attempt_.row(), from_ms(instant_), static_cast<state_reason>(reason_), deleted_ != 0});
    });
    return rows;
  }

private:
  void bind(instant until, instant after, long long after_id, std::size_t most) {
    until_ = to_ms(until);
    after_ = to_ms(after);
    after_id_ = after_id;
    most_ = static_cast<long long>(most);
  }

  long long until_ = 0, after_ = 0, after_id_ = 0, most_ = 0;
  long long instant_ = 0, job_ = 0, version_ = 0, fires_ = 0, reason_ = 0, deleted_ = 0;
  nullable_number last_;
  sqlite::attempt_columns attempt_;
  soci::statement due_, waiting_;
};

class sqlite_plan_reader final : public plan_reader {
public:
  explicit sqlite_plan_reader(std::shared_ptr<const sqlite_file> file)
      : connection_{sqlite_connection(std::move(file))} {
    connection_.before_close([this] { kept_.reset(); });
  }

  void connect() override {
    connection_.run([](soci::session&) {});
  }

  std::vector<due_job> due(instant until, instant after_next, job_id after_job, std::size_t most) override {
    return connection_.run([&](soci::session& s) { return kept(s).due(until, after_next, after_job, most); });
  }

  std::vector<waiting_row> waiting(instant until, instant after_due, trigger_id after_trigger,
                                   std::size_t most) override {
    return connection_.run([&](soci::session& s) { return kept(s).waiting(until, after_due, after_trigger, most); });
  }

  std::vector<marked_row> marked(trigger_id after, std::size_t most) override {
    return connection_.run([&](soci::session& s) { return read_marked(s, after, most); });
  }

  std::vector<stored_spec> specs(std::span<const spec_key> keys) override {
    return connection_.run([&](soci::session& s) { return read_specs(connection_, s, keys); });
  }

private:
  kept_queries& kept(soci::session& s) {
    if (!kept_) kept_.emplace(s);
    return *kept_;
  }

  soci_connection connection_;
  std::optional<kept_queries> kept_;
};

} // namespace

std::unique_ptr<plan_reader> open_sqlite_plan_reader(std::shared_ptr<const sqlite_file> file) {
  return std::make_unique<sqlite_plan_reader>(std::move(file));
}

} // namespace xxl::storage
