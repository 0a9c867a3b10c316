#include "storage/catalog_kill.hpp"

#include "storage/catalog_log.hpp"
#include "storage/soci_arrays.hpp"
#include "storage/soci_values.hpp"

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

/// A parent takes its shards along. Shards and plain rows are locked by id, then parents, as a completion locks them.
constexpr sql mark_sql{
    "UPDATE trigger_open o SET kill_ms = :now FROM ("
    "SELECT s.trigger_id FROM trigger_open k JOIN trigger_open s USING (job_id, fire_ms, origin)"
    " WHERE k.trigger_id = ANY (cast(:ids AS bigint[])) AND (s.trigger_id = k.trigger_id OR s.parent_id = k.trigger_id)"
    " ORDER BY s.open_shards IS NOT NULL, s.trigger_id FOR UPDATE OF s) x"
    " WHERE o.trigger_id = x.trigger_id AND o.kill_ms IS NULL"
    " RETURNING o.trigger_id, o.fire_ms, CASE WHEN o.due_ms IS NULL THEN 0 ELSE 1 END",
    "UPDATE trigger_open SET kill_ms = :now WHERE kill_ms IS NULL AND trigger_id IN ("
    "SELECT s.trigger_id FROM trigger_open k JOIN trigger_open s USING (job_id, fire_ms, origin)"
    " WHERE k.trigger_id IN (SELECT value FROM json_each(:ids))"
    " AND (s.trigger_id = k.trigger_id OR s.parent_id = k.trigger_id))"
    " RETURNING trigger_id, fire_ms, due_ms IS NOT NULL",
};

/// Shards of a claim that was under way are not in the snapshot of the statement above.
constexpr sql left_sql{
    "SELECT count(*) FROM trigger_open k JOIN trigger_open s USING (job_id, fire_ms, origin)"
    " WHERE k.trigger_id = ANY (cast(:ids AS bigint[])) AND (s.trigger_id = k.trigger_id OR s.parent_id = k.trigger_id)"
    " AND s.kill_ms IS NULL",
    "SELECT count(*) FROM trigger_open k JOIN trigger_open s USING (job_id, fire_ms, origin)"
    " WHERE k.trigger_id IN (SELECT value FROM json_each(:ids))"
    " AND (s.trigger_id = k.trigger_id OR s.parent_id = k.trigger_id) AND s.kill_ms IS NULL",
};

constexpr auto* unmarked_sql = "SELECT trigger_id FROM trigger_open WHERE job_id = :job AND kill_ms IS NULL"
                               " ORDER BY trigger_id LIMIT :most";

std::vector<long long> numbers(std::span<const trigger_id> triggers) {
  std::vector<long long> ids;
  ids.reserve(triggers.size());
  for (auto id : triggers) ids.push_back(id.value);
  return ids;
}

} // namespace

kill_marks mark_for_killing(soci_connection& c, soci::session& s, std::span<const trigger_id> triggers,
                            const edit_note& note, const std::string& target) {
  const auto named = numbers(triggers);
  const auto ids = c.dialect() == dialect::postgres ? postgres_array(named) : json_array(named);
  const long long now = to_ms(note.now);
  kill_marks marks;
  {
    write_transaction transaction{c};
    long long trigger = 0, fire = 0, waiting = 0;
    soci::statement mark =
        (s.prepare << c.pick(mark_sql), use(now, "now"), use(ids, "ids"), into(trigger), into(fire), into(waiting));
    each_row(mark, [&] { (waiting != 0 ? marks.waiting : marks.sent).push_back({{trigger}, from_ms(fire)}); });
    if (!marks.waiting.empty() || !marks.sent.empty()) write_operator_log(c, s, note, target, json_array(named));
    transaction.commit();
  }
  long long left = 0;
  soci::statement look = (s.prepare << c.pick(left_sql), use(ids, "ids"), into(left));
  each_row(look, [] {});
  marks.left = left > 0;
  return marks;
}

std::vector<trigger_id> open_unmarked(soci::session& s, job_id job, std::size_t most) {
  const long long id = job.value, limit = static_cast<long long>(most);
  long long trigger = 0;
  soci::statement query = (s.prepare << unmarked_sql, use(id, "job"), use(limit, "most"), into(trigger));
  std::vector<trigger_id> rows;
  each_row(query, [&] { rows.push_back({trigger}); });
  return rows;
}

} // namespace xxl::storage
