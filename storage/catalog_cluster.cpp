#include "storage/catalog_cluster.hpp"

#include "storage/soci_values.hpp"

#include <algorithm>

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

constexpr sql leader_sql{
    "SELECT epoch, node, CASE WHEN paused THEN 1 ELSE 0 END, (extract(epoch FROM clock_timestamp()) * 1000)::bigint,"
    " (SELECT min(next_ms) FROM job_fire WHERE next_ms IS NOT NULL) FROM leader",
    "SELECT epoch, node, paused, cast((julianday('now') - 2440587.5) * 86400000 AS INTEGER),"
    " (SELECT min(next_ms) FROM job_fire WHERE next_ms IS NOT NULL) FROM leader",
};

constexpr auto* nodes_sql = "SELECT node, address, version, started_ms, seen_ms, clock_offset_ms FROM node"
                            " WHERE seen_ms > :since ORDER BY node LIMIT 100";

constexpr auto* takeovers_sql =
    "SELECT epoch, node, at_ms, cause, before, gap_ms FROM takeover ORDER BY epoch DESC LIMIT 10";

std::optional<std::chrono::milliseconds> duration_of(const nullable_number& n) {
  if (n.null()) return std::nullopt;
  return std::chrono::milliseconds{n.value};
}

void read_nodes(soci::session& s, cluster_view& view) {
  const long long since = to_ms(view.now - std::chrono::days{1});
  long long started = 0, seen = 0;
  nullable_number offset;
  node_view node;
  soci::statement query = (s.prepare << nodes_sql, use(since, "since"), into(node.node), into(node.address),
                           into(node.version), into(started), into(seen), into(offset.value, offset.state));
  each_row(query, [&] {
    node.started = from_ms(started);
    node.seen = from_ms(seen);
    node.clock_offset = duration_of(offset);
    node.leads = node.node == view.leader;
    view.nodes.push_back(node);
  });
}

void read_takeovers(soci::session& s, cluster_view& view) {
  long long epoch = 0, at = 0, cause = 0;
  nullable_number gap;
  takeover_view takeover;
  soci::statement query = (s.prepare << takeovers_sql, into(epoch), into(takeover.node), into(at), into(cause),
                           into(takeover.before), into(gap.value, gap.state));
  each_row(query, [&] {
    takeover.epoch = {epoch};
    takeover.at = from_ms(at);
    takeover.cause = static_cast<takeover_cause>(cause);
    takeover.gap = duration_of(gap);
    view.takeovers.push_back(takeover);
  });
}

} // namespace

cluster_view read_cluster(soci_connection& c, soci::session& s) {
  cluster_view view;
  long long epoch = 0, paused = 0, now = 0;
  nullable_number next;
  soci::statement query = (s.prepare << c.pick(leader_sql), into(epoch), into(view.leader), into(paused), into(now),
                           into(next.value, next.state));
  each_row(query, [] {});
  view.epoch = {epoch};
  view.paused = paused != 0;
  view.now = from_ms(now);
  if (auto earliest = next.time()) view.lag = std::max(view.now - *earliest, std::chrono::milliseconds{0});
  read_nodes(s, view);
  read_takeovers(s, view);
  return view;
}

} // namespace xxl::storage
