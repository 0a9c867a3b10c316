#include "tests/faults/run.hpp"

#include "protocol/clock.hpp"
#include "tests/faults/fault.hpp"
#include "tests/faults/operators.hpp"
#include "tests/faults/workload.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <poll.h>
#include <span>

namespace xxl::faults {
namespace {

using std::chrono::milliseconds;

/// How long the last triggers may take to end: a lease and what follows it, on a busy machine.
constexpr milliseconds rest{60'000};
/// How long the audit of a soak may take.
constexpr milliseconds audit_patience{300'000};

std::int64_t now_ms() { return to_ms(system_clock().now()); }

/// The plan's own time passes.
void pass(milliseconds time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

std::string seconds(std::int64_t ms) {
  auto tenths = std::to_string(ms / 100 % 10);
  return std::to_string(ms / 1'000) + "." + tenths;
}

/// Plants faults of which each comes while the one before lasts; usually it is one. Whom they hit is settled while all
/// is whole.
void plant(std::span<const step> steps, cluster& c, run_record& record) {
  pass(steps.front().pause);
  std::vector<fault> faults;
  for (auto& s : steps) faults.push_back(make_fault(s, c));
  auto first = record.faults.size();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i > 0) pass(steps[i].pause);
    record.faults.push_back({steps[i], faults[i].target, now_ms(), 0, 0, faults[i].host_cut, steps.size() == 1});
    faults[i].inject();
  }
  std::span planted_now{record.faults.begin() + static_cast<std::ptrdiff_t>(first), record.faults.end()};
  auto end_of = [&](std::size_t i) { return planted_now[i].hit_ms + steps[i].hold.count(); };
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return end_of(a) < end_of(b); });
  for (auto i : order) {
    pass(milliseconds{std::max<std::int64_t>(end_of(i) - now_ms(), 0)});
    faults[i].heal();
    planted_now[i].healed_ms = now_ms();
  }
  c.wait_until_whole();
  for (auto& p : planted_now) {
    p.whole_ms = now_ms();
    std::printf("%s\n", to_string(p, record.began_ms).c_str());
  }
  std::fflush(stdout);
}

std::vector<job_plan> plans_of(const std::vector<e2e::job_version>& versions) {
  std::vector<job_plan> plans;
  for (auto at = versions.begin(); at != versions.end();) {
    auto next = std::find_if(at, versions.end(), [&](auto& v) { return v.job != at->job; });
    plans.push_back(plan_of({at, next}));
    at = next;
  }
  return plans;
}

} // namespace

std::string to_string(const planted& p, std::int64_t run_began_ms) {
  auto text = std::string{p.alone ? "" : "together "} + "+" + seconds(p.hit_ms - run_began_ms) + " s  " +
              name_of(p.what.what) + ": " + p.target;
  if (p.healed_ms == 0) return text + ", not over";
  text += ", for " + seconds(p.healed_ms - p.hit_ms) + " s";
  return p.whole_ms == 0 ? text + ", not recovered"
                         : text + ", whole after " + seconds(p.whole_ms - p.healed_ms) + " s";
}

void carry_out(const std::vector<step>& plan, std::uint64_t seed, cluster& c, run_record& record) {
  std::vector<std::string> endpoints;
  for (std::size_t i = 0; i < cluster::admins; ++i) endpoints.push_back(c.admin_of(i).at.endpoint());
  operators people{endpoints, c.url(), c.place(), c.record(), edited_jobs(), untouched_jobs(), seed};
  people.open();
  record.began_ms = now_ms();
  people.begin();
  for (auto at = plan.begin(); at != plan.end();) {
    auto next = std::find_if(at + 1, plan.end(), [](auto& s) { return !s.joins; });
    plant({at, next}, c, record);
    at = next;
  }
  pass(milliseconds{calm_ms});
  people.close();
  record.ended_ms = now_ms();
  // What is still open after that is the checker's to tell.
  e2e::eventually([&c] { return e2e::open_triggers(c.url()).empty(); }, rest);

  auto& e = record.seen;
  e.versions = e2e::read_versions(c.url());
  e.jobs = plans_of(e.versions);
  e.starts = e2e::read_record(c.record());
  e.ledger = e2e::read_ledger(c.url());
  e.executors = e2e::read_sessions(c.url());
  for (auto& p : record.faults)
    if (!p.host_cut.empty()) e.cuts.push_back({p.host_cut, p.hit_ms, p.healed_ms});
  e.acts = people.acts();
  e.triggered = people.triggered();
  e.to_be_killed = people.to_be_killed();
  e.killed = people.killed();
  auto words = e2e::words{"audit",      "--from",           "2026-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z",
                          "--handlers", c.record().string()};
  record.audit = c.admin_of(c.leader()).at.ctl(words, audit_patience);
}

} // namespace xxl::faults
