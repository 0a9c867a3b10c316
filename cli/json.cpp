#include "cli/json.hpp"

#include "cli/version.hpp"
#include "cli/words.hpp"
#include "config/spec_json.hpp"

#include <nlohmann/json.hpp>

namespace xxl::cli {
namespace {

using value = nlohmann::ordered_json;

value of(instant t) { return time_text(t); }
value of(const std::optional<instant>& t) { return t ? value(time_text(*t)) : value(nullptr); }

value of(const group_view& g) {
  return {{"id", g.id.value},
          {"spec",
           {{"name", g.spec.name},
            {"title", g.spec.title},
            {"mode", to_string(g.spec.mode)},
            {"addresses", g.spec.addresses}}},
          {"paused", g.paused},
          {"executors", g.executors},
          {"jobs", g.jobs}};
}

/// As it is stored; of one that cannot be used, what is known.
value spec_of(const job_view& j) {
  if (j.problem.empty()) return value::parse(config::to_json(j.spec));
  return {{"enabled", j.spec.enabled}, {"group", j.spec.group}, {"name", j.spec.name}};
}

value of(const job_view& j) {
  return {{"id", j.id.value},   {"spec", spec_of(j)}, {"version", j.version},       {"paused", j.paused},
          {"next", of(j.next)}, {"last", of(j.last)}, {"awaits_end", j.awaits_end}, {"problem", j.problem}};
}

value of(const executor_view& x) {
  return {{"session", to_string(x.session)},
          {"group", x.group},
          {"name", x.name},
          {"address", x.address},
          {"version", x.version},
          {"state", x.state},
          {"started", of(x.started)},
          {"lease_until", of(x.lease_until)},
          {"connected", x.connected}};
}

value of(const trigger_view& t) {
  return {{"id", t.id.value},
          {"job", t.job.value},
          {"group", t.group},
          {"job_name", t.job_name},
          {"fire", of(t.fire)},
          {"planned", of(t.planned)},
          {"origin", t.origin},
          {"shard", t.shard},
          {"shards", t.shards},
          {"attempt", t.attempt},
          {"state", to_string(t.state)},
          {"cause", to_string(t.cause)},
          {"reason", to_string(t.reason)},
          {"session", t.session ? value(to_string(t.session)) : value(nullptr)},
          {"executor", t.executor},
          {"version", t.version},
          {"claimed", of(t.claimed)},
          {"sent", of(t.sent)},
          {"started", of(t.started)},
          {"ended", of(t.ended)},
          {"params", t.params},
          {"message", t.message}};
}

value of(const gap_view& g) {
  return {
      {"from", of(g.from)}, {"to", of(g.to)}, {"fires", g.fires}, {"at", of(g.at)}, {"reason", to_string(g.reason)}};
}

value of(const std::optional<std::chrono::milliseconds>& d) { return d ? value(d->count()) : value(nullptr); }

value of(const node_view& n) {
  return {{"node", n.node},           {"address", n.address}, {"version", n.version},
          {"started", of(n.started)}, {"seen", of(n.seen)},   {"clock_offset", of(n.clock_offset)},
          {"leads", n.leads}};
}

value of(const takeover_view& t) {
  return {{"epoch", t.epoch.value},      {"node", t.node},     {"at", of(t.at)},
          {"cause", to_string(t.cause)}, {"before", t.before}, {"gap", of(t.gap)}};
}

value of(const apply_change& c) {
  return {{"kind", c.kind}, {"group", c.group}, {"name", c.name}, {"change", c.change}, {"detail", c.detail}};
}

template <class T> value of(std::span<const T> xs) {
  auto all = value::array();
  for (auto& x : xs) all.push_back(of(x));
  return all;
}
template <class T> value of(const std::vector<T>& xs) { return of(std::span<const T>{xs}); }

/// What is not UTF-8 (an executor may report anything) is replaced, never a reason to fail.
std::string text(const value& v, int indent = 2) {
  return v.dump(indent, ' ', false, value::error_handler_t::replace) + "\n";
}

} // namespace

std::string json(const std::vector<group_view>& groups) { return text(of(groups)); }
std::string json(const std::vector<job_view>& jobs) { return text(of(jobs)); }
std::string json(const std::vector<executor_view>& executors) { return text(of(executors)); }
std::string json(const std::vector<trigger_view>& triggers) { return text(of(triggers)); }
std::string json(const trigger_view& trigger) { return text(of(trigger)); }
std::string json(const std::vector<instant>& fires) { return text(of(fires)); }

std::string json(const job_detail& d) {
  return text({{"job", of(d.job)},
               {"group_paused", d.group_paused},
               {"next_fires", of(d.next_fires)},
               {"triggers", of(d.triggers)},
               {"gaps", of(d.gaps)}});
}

std::string json(const node_stats& s) {
  return text({{"node", s.node}, {"leads", s.leads}, {"epoch", s.epoch.value}, {"values", s.values}});
}

std::string json(const trigger_receipt& r) {
  return text({{"trigger", r.trigger.value}, {"fire", of(r.fire)}, {"repeated", r.repeated}});
}

std::string json(const pause_answer& a) { return text({{"changed", a.changed}, {"next", of(a.next)}}); }

std::string json(const kill_answer& a) {
  return text({{"waiting", a.waiting},
               {"sent", a.sent},
               {"before", a.before},
               {"final", a.final ? value(to_string(*a.final)) : value(nullptr)}});
}

std::string json(const cluster_view& c) {
  return text({{"epoch", c.epoch.value},
               {"leader", c.leader},
               {"now", of(c.now)},
               {"paused", c.paused},
               {"lag", c.lag.count()},
               {"nodes", of(c.nodes)},
               {"takeovers", of(c.takeovers)}});
}

std::string json(std::span<const apply_change> changes, const change_counts& n) {
  return text({{"changes", of(changes)},
               {"summary",
                {{"created", n.created}, {"changed", n.changed}, {"unchanged", n.unchanged}, {"failed", n.failed}}}});
}

std::string json(const config::job_set& set) {
  auto problems = value::array();
  for (auto& p : set.problems.kept())
    problems.push_back({{"file", p.file}, {"line", p.where.line}, {"column", p.where.column}, {"message", p.message}});
  return text(
      {{"files", set.files.size()}, {"groups", set.groups.size()}, {"jobs", set.jobs.size()}, {"problems", problems}});
}

std::string json_line(std::uint64_t number, const std::string& line) {
  return text({{"line", number}, {"text", line}}, -1);
}

std::string json_version() { return text({{"version", version()}, {"protocol", protocol_newest}}); }

} // namespace xxl::cli
