#include "transport/transport.hpp"

#include <caf/atom.hpp>
#include <caf/defaults.hpp>
#include <caf/detail/get_mac_addresses.hpp>
#include <caf/detail/get_root_uuid.hpp>
#include <caf/detail/ripemd_160.hpp>
#include <caf/io/middleman.hpp>
#include <caf/node_id.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <algorithm>

namespace xxl::transport {
namespace {

constexpr std::size_t max_throughput =
    100; // messages; without a limit a busy actor keeps its thread and heartbeats starve

std::vector<std::string> app_identifiers() { return {"xxl-1"}; }

std::string in_ms(caf::timespan t) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(t).count()) + " ms";
}

/// Collects "what is X, asked for was Y".
class comparison {
public:
  void expect(const std::string& what, const std::string& is, const std::string& asked) {
    if (is == asked) return;
    if (!text_.empty()) text_ += "; ";
    text_ += what + " is " + is + ", asked for was " + asked;
  }
  std::string text() && { return std::move(text_); }

private:
  std::string text_;
};

/// Whether the node's id was made with our random text: CAF hashes the MAC addresses and that text; the last byte
/// counts systems.
bool has_our_root_uuid(const caf::node_id& node) {
  auto* id = dynamic_cast<const caf::node_id::default_data*>(node.operator->());
  if (id == nullptr) return false;
  std::string seed;
  for (auto& [interface, address] : caf::detail::get_mac_addresses()) seed += address;
  caf::node_id::default_data::host_id_type ours{};
  caf::detail::ripemd_160(ours, seed + caf::detail::get_root_uuid());
  auto theirs = id->host_id();
  return std::equal(ours.begin(), ours.end() - 1, theirs.begin());
}

} // namespace

config::config(const settings& s) {
  add_message_types<caf::id_block::xxl_protocol>();
  add_message_types<caf::id_block::xxl_handles>();
  set("scheduler.policy", caf::atom("sharing")); // an atom: CAF passes over a string and keeps its default
  set("scheduler.max-threads", s.threads);
  set("scheduler.max-throughput", max_throughput);
  load<caf::io::middleman>();
  set("middleman.heartbeat-interval", caf::timespan{s.heartbeat});
  set("middleman.connection-timeout", caf::timespan{s.connection_timeout});
  set("middleman.app-identifiers", app_identifiers());
}

std::string effective_mismatch(const caf::actor_system& sys, const settings& s) {
  auto& scheduler = const_cast<caf::actor_system&>(sys).scheduler(); // has no const form
  auto& cfg = sys.config();
  comparison found;
  auto* sharing = dynamic_cast<caf::scheduler::coordinator<caf::policy::work_sharing>*>(&scheduler);
  found.expect("scheduler.policy", sharing ? "sharing" : "another", "sharing");
  found.expect("scheduler.max-threads", std::to_string(scheduler.num_workers()), std::to_string(s.threads));
  found.expect("scheduler.max-throughput", std::to_string(scheduler.max_throughput()), std::to_string(max_throughput));
  found.expect("middleman", sys.has_middleman() ? "loaded" : "missing", "loaded");
  // The middleman reads these three with the same calls, each time it needs them.
  found.expect("middleman.heartbeat-interval",
               in_ms(get_or(cfg, "middleman.heartbeat-interval", caf::defaults::middleman::heartbeat_interval)),
               in_ms(s.heartbeat));
  found.expect("middleman.connection-timeout",
               in_ms(get_or(cfg, "middleman.connection-timeout", caf::defaults::middleman::connection_timeout)),
               in_ms(s.connection_timeout));
  auto identifiers = get_or(cfg, "middleman.app-identifiers", caf::defaults::middleman::app_identifiers);
  found.expect("middleman.app-identifiers", caf::deep_to_string(identifiers), caf::deep_to_string(app_identifiers()));
  found.expect("node id", has_our_root_uuid(sys.node()) ? "random" : "the machine's", "random");
  return std::move(found).text();
}

} // namespace xxl::transport
