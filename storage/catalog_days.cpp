#include "storage/catalog_days.hpp"

#include "storage/soci_locks.hpp"
#include "storage/soci_values.hpp"

#include <string>
#include <vector>

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;
using std::chrono::days;

constexpr auto* missing_sql =
    "SELECT d FROM generate_series(cast(:from AS bigint), cast(:to AS bigint)) AS d"
    " WHERE to_regclass('trigger_history_d' || d) IS NULL OR to_regclass('log_index_d' || d) IS NULL ORDER BY d";

constexpr auto* exists_sql = "SELECT count(*) FROM pg_class WHERE oid = to_regclass(:name)";

constexpr auto* now_sql = "SELECT cast(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";

/// Days since the Unix epoch.
using day = std::chrono::sys_days;
long long number(day d) { return d.time_since_epoch().count(); }

std::vector<day> missing_days(soci::session& s, day from, day to) {
  const long long first = number(from), last = number(to);
  long long found = 0;
  std::vector<day> missing;
  soci::statement query = (s.prepare << missing_sql, use(first, "from"), use(last, "to"), into(found));
  each_row(query, [&] { missing.push_back(day{days{found}}); });
  return missing;
}

/// Made beside the table, then attached: CREATE TABLE … PARTITION OF would lock out every reader and writer of the
/// history.
void make_partition(soci::session& s, const std::string& table, day d) {
  const auto name = table + "_d" + std::to_string(number(d));
  long long exists = 0;
  s << exists_sql, use(name, "name"), into(exists);
  if (exists != 0) return;
  s << "CREATE TABLE " << name << " (LIKE " << table << " INCLUDING DEFAULTS)";
  s << "ALTER TABLE " << table << " ATTACH PARTITION " << name << " FOR VALUES FROM (" << to_ms(d) << ") TO ("
    << to_ms(d + days{1}) << ")";
}

} // namespace

void ensure_days(soci_connection& c, soci::session& s, instant from, instant to) {
  if (c.dialect() == dialect::sqlite) return;
  const auto first = std::chrono::floor<days>(from), last = std::chrono::floor<days>(to);
  if (missing_days(s, first, last).empty()) return;
  write_transaction transaction{c};
  wait_for_lock(s, advisory_lock::days);
  for (const auto d : missing_days(s, first, last)) {
    make_partition(s, "trigger_history", d);
    make_partition(s, "log_index", d);
  }
  transaction.commit();
}

void ensure_days_around_now(soci_connection& c, soci::session& s) {
  if (c.dialect() == dialect::sqlite) return;
  long long now = 0;
  s << now_sql, into(now);
  ensure_days(c, s, from_ms(now) - days{1}, from_ms(now) + days{8});
}

} // namespace xxl::storage
