#include "config/settings_table.hpp"

#include "config/duration.hpp"
#include "config/secrets.hpp"
#include "config/settings_values.hpp"

#include <algorithm>
#include <array>

namespace xxl::config {
namespace {

using namespace std::chrono_literals;
using values = std::span<const std::string>;

constexpr unsigned scheduling = static_cast<unsigned>(node_role::standalone) | static_cast<unsigned>(node_role::admin);
constexpr unsigned running = static_cast<unsigned>(node_role::standalone) | static_cast<unsigned>(node_role::executor);
constexpr unsigned dialing = static_cast<unsigned>(node_role::executor);
constexpr unsigned all = scheduling | running;

/// A duration and its range, which its reader and its place in `settings` share.
template <auto Member, std::int64_t least_ms, std::int64_t most_ms>
std::string store_duration(settings& into, values v) {
  return read_duration(v[0], {std::chrono::milliseconds{least_ms}, std::chrono::milliseconds{most_ms}}, into.*Member);
}
template <auto Member> std::string show_duration(const settings& from) { return format_duration(from.*Member); }

template <auto Member, std::uint32_t least, std::uint32_t most> std::string store_whole(settings& into, values v) {
  return read_whole(v[0], {least, most}, into.*Member);
}
template <auto Member> std::string show_whole(const settings& from) { return std::to_string(from.*Member); }
template <auto Member> std::string show_text(const settings& from) { return from.*Member; }

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (auto& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

std::string store_text(std::string& into, const std::string& text) {
  if (text.empty()) return "empty";
  into = text;
  return {};
}

std::string store_listen(settings& into, values v) {
  auto parsed = parse_endpoint(v[0], 0);
  if (auto* why = std::get_if<std::string>(&parsed)) return *why;
  auto& address = std::get<endpoint>(parsed);
  if (!is_loopback(address))
    return "\"" + v[0] + "\" is not a loopback address: until TLS comes a node listens on loopback only";
  into.listen = std::move(address);
  return {};
}

std::string store_data(settings& into, values v) {
  if (v[0].empty()) return "empty";
  into.data = v[0];
  return {};
}

std::string store_jobs(settings& into, values v) {
  if (std::find(v.begin(), v.end(), "") != v.end()) return "an empty path";
  into.jobs.assign(v.begin(), v.end());
  return {};
}

std::string store_admins(settings& into, values v) {
  std::vector<endpoint> admins;
  for (auto& text : v) {
    auto parsed = parse_endpoint(text);
    if (auto* why = std::get_if<std::string>(&parsed)) return *why;
    admins.push_back(std::move(std::get<endpoint>(parsed)));
  }
  if (admins.empty()) return "the list is empty";
  into.admins = std::move(admins);
  return {};
}

std::string show_admins(const settings& from) {
  std::vector<std::string> parts;
  for (auto& admin : from.admins) parts.push_back(to_string(admin));
  return joined(parts);
}

using s = settings;

constexpr std::int64_t ms = 1, sec = 1'000, minute = 60 * sec, hour = 60 * minute;
/// An executor trusts its lease 2 s less than it lasts, and asks for it once a second (protocol/limits.hpp).
constexpr std::int64_t least_lease = 5 * sec;

// clang-format off
const std::array<setting, 22> table{{
  {"role", all, "ROLE", "standalone", "", "standalone (admin and executor in one process), admin or executor", false, false,
   [](s& into, values v) { return read_role(v[0], into.role); }, [](const s& from) { return to_string(from.role); }},
  {"config", all, "FILE", "", "none", "this settings file; only as flag or in the environment", false, false,
   [](s& into, values v) { return store_text(into.config, v[0]); }, show_text<&s::config>},
  {"node", all, "NAME", "", "`<hostname>-<port>`, executor: `<hostname>`", "this node's name in logs, tables and sessions", false, false,
   [](s& into, values v) { return read_node_name(v[0], into.node); }, show_text<&s::node>},
  {"listen", scheduling, "HOST:PORT", "127.0.0.1:7788", "", "where executors, admins and xxlctl reach this node; loopback only until TLS comes; port 0: a free one", false, false,
   store_listen, [](const s& from) { return to_string(from.listen); }},
  {"database", scheduling, "URL", "", "`sqlite://<data>/xxl.db`; an admin must set it", "sqlite://PATH (standalone) or postgresql://USER:PASSWORD@HOST/NAME", false, true,
   [](s& into, values v) { return read_database(v[0], into.database); }, [](const s& from) { return mask_secrets(from.database); }},
  {"data", all, "DIRECTORY", "./data", "", "run logs, spool and SQLite file; one directory for each node; relative to where the node starts", false, false,
   store_data, [](const s& from) { return from.data.string(); }},
  {"jobs", scheduling, "PATH,...", "", "none", "job files and directories, applied at start and on SIGHUP", true, false,
   store_jobs, [](const s& from) { return joined(from.jobs); }},
  {"timezone", scheduling, "ZONE", "UTC", "", "zone of cron schedules that name none; an IANA name", false, false,
   [](s& into, values v) { return read_timezone_name(v[0], into.timezone); }, show_text<&s::timezone>},
  {"admins", dialing, "HOST:PORT,...", "127.0.0.1:7788", "", "the admins that an executor dials: name all of them", true, false,
   store_admins, show_admins},
  {"group", running, "NAME", "", "standalone: `default`; an executor must set it", "the executor group that this node's executor belongs to", false, false,
   [](s& into, values v) { return read_group(v[0], into.group); }, show_text<&s::group>},
  {"executor-name", running, "NAME", "", "`<hostname>-<hash of data>`", "this executor's name; stays the same over restarts, differs on each executor", false, false,
   [](s& into, values v) { return read_node_name(v[0], into.executor_name); }, show_text<&s::executor_name>},
  {"max-running", running, "NUMBER", "64", "", "handlers and scripts that run at once", false, false,
   store_whole<&s::max_running, 1, 10'000>, show_whole<&s::max_running>},
  {"queue-limit", running, "NUMBER", "1000", "", "triggers that wait for one job on one executor; over it: discarded, reason queue_full", false, false,
   store_whole<&s::queue_limit, 1, 100'000>, show_whole<&s::queue_limit>},
  {"log-level", all, "LEVEL", "info", "", "trace, debug, info, warn or error", false, false,
   [](s& into, values v) { return read_log_level(v[0], into.level); }, [](const s& from) { return to_string(from.level); }},
  {"threads", all, "NUMBER", "", "number of cores, at least 2", "scheduler threads of the actor system", false, false,
   store_whole<&s::threads, 2, 1'024>, show_whole<&s::threads>},
  {"misfire-threshold", scheduling, "DURATION", "5s", "", "a fire later than this is a misfire; 1s to 1h", false, false,
   store_duration<&s::misfire_threshold, sec, hour>, show_duration<&s::misfire_threshold>},
  {"lead", scheduling, "DURATION", "100ms", "", "how long before its fire time a trigger is claimed; 10ms to 1s", false, false,
   store_duration<&s::lead, 10 * ms, sec>, show_duration<&s::lead>},
  {"dispatch-timeout", scheduling, "DURATION", "10s", "", "how long a due trigger waits for an executor before it fails; 1s to 1h", false, false,
   store_duration<&s::dispatch_timeout, sec, hour>, show_duration<&s::dispatch_timeout>},
  {"lease", scheduling, "DURATION", "10s", "", "silence after which an executor's session ends; 5s to 10m, at least 3 heartbeats", false, false,
   store_duration<&s::lease, least_lease, 10 * minute>, show_duration<&s::lease>},
  {"heartbeat", all, "DURATION", "1s", "", "between nodes; 100ms to 1m", false, false,
   store_duration<&s::heartbeat, 100 * ms, minute>, show_duration<&s::heartbeat>},
  {"connection-timeout", all, "DURATION", "5s", "", "silence after which a connection counts as lost; at least 5 heartbeats, to 10m", false, false,
   store_duration<&s::connection_timeout, 500 * ms, 10 * minute>, show_duration<&s::connection_timeout>},
  {"print-runs", running, "true|false", "false", "", "print one line for each finished run", false, false,
   [](s& into, values v) { return read_bool(v[0], into.print_runs); }, [](const s& from) { return std::string{from.print_runs ? "true" : "false"}; }},
}};
// clang-format on

} // namespace

std::span<const setting> setting_table() { return table; }

const setting* find_setting(std::string_view name) {
  auto found = std::find_if(table.begin(), table.end(), [&](auto& x) { return x.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string flag_of(const setting& x) { return "--" + std::string{x.name}; }

std::string variable_of(const setting& x) {
  std::string out = "XXL_";
  for (char c : x.name) out += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string default_of(const setting& x) { return std::string{x.shown_default.empty() ? x.fallback : x.shown_default}; }

std::string roles_of(const setting& x) {
  if (x.roles == all) return "all";
  std::string out;
  for (auto role : {node_role::standalone, node_role::admin, node_role::executor})
    if (x.roles & static_cast<unsigned>(role)) out += (out.empty() ? "" : ", ") + to_string(role);
  return out;
}

} // namespace xxl::config
