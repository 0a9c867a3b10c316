#include "storage/catalog_executors.hpp"

#include "protocol/limits.hpp"
#include "storage/soci_values.hpp"

namespace xxl::storage {
namespace {

using soci::into;

constexpr auto* list_sql =
    "SELECT s.session_id, g.name, s.name, s.address, s.version, s.started_ms, s.lease_until_ms,"
    " CASE WHEN s.ended_ms IS NOT NULL THEN 'ended' WHEN s.draining THEN 'draining' ELSE 'live' END"
    " FROM (SELECT e.*, row_number() OVER (PARTITION BY e.group_id, e.name"
    " ORDER BY CASE WHEN e.ended_ms IS NULL THEN 0 ELSE 1 END, e.started_ms DESC, e.session_id DESC) AS nth"
    " FROM executor_session e) s JOIN executor_group g ON g.group_id = s.group_id"
    " WHERE s.nth = 1 ORDER BY CASE WHEN s.ended_ms IS NULL THEN 0 ELSE 1 END, g.name, s.name LIMIT :most";

} // namespace

std::vector<executor_view> list_executors(soci::session& s) {
  const auto most = static_cast<long long>(limits::page_items);
  long long session = 0, started = 0, lease = 0;
  executor_view row;
  soci::statement query =
      (s.prepare << list_sql, soci::use(most, "most"), into(session), into(row.group), into(row.name),
       into(row.address), into(row.version), into(started), into(lease), into(row.state));
  std::vector<executor_view> rows;
  each_row(query, [&] {
    row.session = session_id{session};
    row.started = from_ms(started);
    row.lease_until = from_ms(lease);
    rows.push_back(row);
  });
  return rows;
}

} // namespace xxl::storage
