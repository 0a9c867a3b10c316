#include "cli/render.hpp"

#include "cli/table.hpp"
#include "cli/words.hpp"
#include "config/duration.hpp"

#include <algorithm>

namespace xxl::cli {
namespace {

std::string addresses_text(const group_spec& g) {
  if (g.mode == address_mode::automatic) return to_string(g.mode);
  std::string all;
  for (auto& a : g.addresses) all += (all.empty() ? "" : " ") + a;
  return all;
}

std::string full_name(const std::string& group, const std::string& name) { return group + "/" + name; }

std::string section(const std::string& title, const std::string& body) { return "\n" + title + "\n" + body; }

bool usable(const job_view& j) { return j.problem.empty(); }

std::string problem_rows(const std::vector<job_view>& jobs) {
  table t{{"JOB", "PROBLEM"}};
  for (auto& j : jobs)
    if (!usable(j)) t.add({full_name(j.spec.group, j.spec.name), j.problem});
  return t.text();
}

void add_specification(facts& f, const job_spec& spec) {
  f.add("Schedule", schedule_text(spec.schedule));
  f.add("Work", work_text(spec.work));
  f.add("Params", spec.params);
  f.add("Route", to_string(spec.route));
  f.add("Block", to_string(spec.block));
  f.add("Misfire", misfire_text(spec));
  f.add("Timeout", spec.timeout.count() > 0 ? config::format_duration(spec.timeout) : "none");
  f.add("Retries", retries_text(spec.retry));
  f.add("Owner", spec.owner);
}

/// A job's own triggers: the job's name goes without saying.
std::string own_triggers(const std::vector<trigger_view>& triggers) {
  table t{{"TRIGGER", "FIRE", "STATE", "CAUSE", "ATTEMPT", "EXECUTOR", "LATENESS", "DURATION", "MESSAGE"}};
  for (auto& x : triggers)
    t.add({to_string(x.id), time_text(x.fire), state_text(x), to_string(x.cause), std::to_string(x.attempt), x.executor,
           lateness_text(x), duration_text(x), x.message});
  return t.text();
}

std::string gap_rows(const std::vector<gap_view>& gaps) {
  table t{{"FROM", "TO", "FIRES", "REASON", "RECORDED"}};
  for (auto& g : gaps)
    t.add({time_text(g.from), time_text(g.to), std::to_string(g.fires), to_string(g.reason), time_text(g.at)});
  return t.text();
}

} // namespace

std::string render(const std::vector<group_view>& groups) {
  table t{{"GROUP", "TITLE", "ADDRESSES", "PAUSED", "EXECUTORS", "JOBS"}};
  for (auto& g : groups)
    t.add({g.spec.name, g.spec.title, addresses_text(g.spec), yes_no(g.paused), std::to_string(g.executors),
           std::to_string(g.jobs)});
  return t.text();
}

std::string render(const std::vector<job_view>& jobs) {
  table t{{"JOB", "SCHEDULE", "WORK", "STATE", "NEXT", "LAST", "VERSION", "OWNER"}};
  for (auto& j : jobs)
    t.add({full_name(j.spec.group, j.spec.name), usable(j) ? schedule_text(j.spec.schedule) : "?",
           usable(j) ? work_text(j.spec.work) : "?", job_state_text(j), next_text(j), time_text(j.last),
           std::to_string(j.version), j.spec.owner});
  auto text = t.text();
  if (!std::all_of(jobs.begin(), jobs.end(), usable)) text += section("Problems", problem_rows(jobs));
  return text;
}

std::string render(const std::vector<executor_view>& executors) {
  table t{{"EXECUTOR", "STATE", "CONNECTED", "STARTED", "LEASE UNTIL", "VERSION", "ADDRESS", "SESSION"}};
  for (auto& x : executors)
    t.add({full_name(x.group, x.name), x.state, yes_no(x.connected), time_text(x.started), time_text(x.lease_until),
           x.version, x.address, to_string(x.session)});
  return t.text();
}

std::string render(const std::vector<trigger_view>& triggers) {
  table t{{"TRIGGER", "JOB", "FIRE", "STATE", "CAUSE", "ATTEMPT", "EXECUTOR", "LATENESS", "DURATION", "MESSAGE"}};
  for (auto& x : triggers)
    t.add({to_string(x.id), full_name(x.group, x.job_name), time_text(x.fire), state_text(x), to_string(x.cause),
           std::to_string(x.attempt), x.executor, lateness_text(x), duration_text(x), x.message});
  return t.text();
}

std::string render(const job_detail& d) {
  auto& spec = d.job.spec;
  facts f;
  f.add("Job", full_name(spec.group, spec.name));
  f.add("Id", to_string(d.job.id));
  f.add("Version", std::to_string(d.job.version));
  f.add("State", job_state_text(d.job) + (d.group_paused ? " (its group is paused)" : ""));
  if (usable(d.job))
    add_specification(f, spec);
  else
    f.add("Problem", d.job.problem + "; apply the job anew");
  f.add("Next", next_text(d.job));
  f.add("Last", time_text(d.job.last));
  auto text = f.text();
  if (d.next_fires.size() > 1) text += section("Next fires", render(d.next_fires));
  if (!d.triggers.empty()) text += section("Newest triggers", own_triggers(d.triggers));
  if (!d.gaps.empty()) text += section("Fires passed over", gap_rows(d.gaps));
  return text;
}

std::string render(const cluster_view& c) {
  facts f;
  f.add("Now", time_text(c.now));
  f.add("Leader", c.leader.empty() ? "none yet" : c.leader);
  f.add("Epoch", xxl::to_string(c.epoch));
  f.add("State", c.paused ? "paused" : "active");
  f.add("Lag", config::format_duration(c.lag));
  table nodes{{"NODE", "LEADS", "LAST SEEN", "CLOCK OFFSET", "STARTED", "VERSION", "ADDRESS"}};
  for (auto& n : c.nodes)
    nodes.add({n.node, yes_no(n.leads), ago_text(c.now, n.seen), n.clock_offset ? millis_text(*n.clock_offset) : "",
               time_text(n.started), n.version, n.address});
  table takeovers{{"TAKEOVER", "BY", "FROM", "CAUSE", "GAP", "EPOCH"}};
  for (auto& t : c.takeovers)
    takeovers.add({time_text(t.at), t.node, t.before, xxl::to_string(t.cause), t.gap ? millis_text(*t.gap) : "",
                   xxl::to_string(t.epoch)});
  return f.text() + section("Admins", nodes.text()) + section("Takeovers, newest first", takeovers.text());
}

std::string render(const kill_answer& a, bool one) {
  if (a.final) return "has ended already: " + xxl::to_string(*a.final);
  if (one)
    return a.waiting > 0 ? "killed before it was sent"
           : a.sent > 0  ? "marked; its executor ends it"
                         : "was marked for killing already";
  std::string text;
  auto add = [&](std::uint64_t n, const std::string& what) {
    if (n > 0) text += (text.empty() ? "" : ", ") + std::to_string(n) + what;
  };
  add(a.waiting, " killed before being sent");
  add(a.sent, " marked; their executors end them");
  return text.empty() ? "nothing is open" : text;
}

std::string render(const trigger_view& t) {
  facts f;
  f.add("Trigger", to_string(t.id));
  f.add("Job", full_name(t.group, t.job_name));
  f.add("Version", std::to_string(t.version));
  f.add("State", state_text(t));
  f.add("Cause", to_string(t.cause));
  f.add("Attempt", std::to_string(t.attempt));
  if (t.shards > 0)
    f.add("Shard", t.shard < 0 ? "parent of " + std::to_string(t.shards)
                               : std::to_string(t.shard) + " of " + std::to_string(t.shards));
  f.add("Fire", time_text(t.fire));
  f.add("Planned", time_text(t.planned));
  f.add("Claimed", time_text(t.claimed));
  f.add("Sent", time_text(t.sent));
  f.add("Started", time_text(t.started));
  f.add("Ended", time_text(t.ended));
  f.add("Lateness", lateness_text(t));
  f.add("Duration", duration_text(t));
  f.add("Executor", t.executor);
  f.add("Session", t.session ? to_string(t.session) : "");
  f.add("Params", t.params);
  f.add("Message", t.message);
  return f.text();
}

std::string render(const std::vector<instant>& fires) {
  std::string text;
  for (auto& t : fires) text += time_text(t) + "\n";
  return text;
}

std::string render(const node_stats& s) {
  facts f;
  f.add("node", s.node);
  f.add("leads", yes_no(s.leads));
  f.add("epoch", to_string(s.epoch));
  for (auto& [name, value] : s.values) f.add(name, std::to_string(value));
  return f.text();
}

std::string render_changes(std::span<const apply_change> changes) {
  std::string text;
  for (auto& c : changes) {
    if (c.change == "unchanged") continue;
    text += one_line(c.kind + " " + (c.name.empty() ? c.group : full_name(c.group, c.name)) + " " + c.change +
                     (c.detail.empty() ? "" : ": " + c.detail)) +
            "\n";
  }
  return text;
}

void change_counts::add(const apply_change& c) {
  if (c.change == "created")
    ++created;
  else if (c.change == "changed")
    ++changed;
  else if (c.change == "unchanged")
    ++unchanged;
  else
    ++failed;
}

std::string to_string(const change_counts& n) {
  return std::to_string(n.created) + " created, " + std::to_string(n.changed) + " changed, " +
         std::to_string(n.unchanged) + " unchanged, " + std::to_string(n.failed) + " failed";
}

} // namespace xxl::cli
