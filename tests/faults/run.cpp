#include "tests/faults/run.hpp"

#include "protocol/clock.hpp"
#include "tests/faults/fault.hpp"
#include "tests/faults/operators.hpp"
#include "tests/faults/workload.hpp"

#include <algorithm>
#include <cstdio>
#include <poll.h>

namespace xxl::faults {
namespace {

using std::chrono::milliseconds;

/// How long the last triggers may take to end: a lease and what follows it, on a busy machine.
constexpr milliseconds rest{60'000};

std::int64_t now_ms() { return to_ms(system_clock().now()); }

/// The plan's own time passes.
void pass(milliseconds time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

std::string seconds(std::int64_t ms) {
  auto tenths = std::to_string(ms / 100 % 10);
  return std::to_string(ms / 1'000) + "." + tenths;
}

void plant(const step& s, cluster& c, run_record& record) {
  pass(s.pause);
  auto f = make_fault(s, c);
  auto& p = record.faults.emplace_back(planted{s, f.target, now_ms(), 0, 0, f.host_cut});
  f.inject();
  pass(s.hold);
  f.heal();
  p.healed_ms = now_ms();
  c.wait_until_whole();
  p.whole_ms = now_ms();
  std::printf("%s\n", to_string(p, record.began_ms).c_str());
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
  auto text = "+" + seconds(p.hit_ms - run_began_ms) + " s  " + name_of(p.what.what) + ": " + p.target;
  if (p.healed_ms == 0) return text + ", not over";
  text += ", for " + seconds(p.healed_ms - p.hit_ms) + " s";
  return p.whole_ms == 0 ? text + ", not recovered"
                         : text + ", whole after " + seconds(p.whole_ms - p.healed_ms) + " s";
}

void carry_out(const std::vector<step>& plan, std::uint64_t seed, cluster& c, run_record& record) {
  std::vector<std::string> endpoints;
  for (std::size_t i = 0; i < cluster::admins; ++i) endpoints.push_back(c.admin_of(i).at.endpoint());
  operators people{endpoints, c.place(), c.record(), edited_jobs(), untouched_jobs(), seed};
  people.open();
  record.began_ms = now_ms();
  people.begin();
  for (auto& s : plan) plant(s, c, record);
  pass(milliseconds{calm_ms});
  people.close();
  record.ended_ms = now_ms();
  // What is still open after that is the checker's to tell.
  e2e::eventually([&c] { return e2e::open_rows(c.url()) == 0; }, rest);

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
  e.killed = people.killed();
}

} // namespace xxl::faults
