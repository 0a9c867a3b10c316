#include "tests/faults/plan.hpp"

#include <algorithm>
#include <random>

namespace xxl::faults {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Undisturbed firing between two faults: long enough that each meets a cluster that works.
constexpr milliseconds least_pause = 500ms, most_pause = 2'500ms;

/// Whether `s` can come while `before` lasts. A kill of an executor reads the ledger first, which may be down by then.
bool may_join(const step& s, const step& before) {
  return s.hold > 0ms && before.hold > 0ms && !before.joins && s.what != fault_kind::executor_kill;
}

milliseconds draw_between(std::mt19937_64& random, milliseconds least, milliseconds most) {
  return milliseconds{std::uniform_int_distribution<std::int64_t>{least.count(), most.count()}(random)};
}

} // namespace

std::string name_of(fault_kind k) {
  switch (k) {
  case fault_kind::leader_kill: return "leader_kill";
  case fault_kind::leader_freeze: return "leader_freeze";
  case fault_kind::leader_stop: return "leader_stop";
  case fault_kind::follower_kill: return "follower_kill";
  case fault_kind::executor_kill: return "executor_kill";
  case fault_kind::executor_freeze: return "executor_freeze";
  case fault_kind::database_restart: return "database_restart";
  case fault_kind::database_kill: return "database_kill";
  case fault_kind::backends_kill: return "backends_kill";
  case fault_kind::leader_database_cut: return "leader_database_cut";
  case fault_kind::follower_database_cut: return "follower_database_cut";
  case fault_kind::leader_executor_cut: return "leader_executor_cut";
  case fault_kind::follower_executor_cut: return "follower_executor_cut";
  case fault_kind::executor_host_cut: return "executor_host_cut";
  case fault_kind::claim_answer_lost: return "claim_answer_lost";
  case fault_kind::completion_answer_lost: return "completion_answer_lost";
  case fault_kind::spool_full: return "spool_full";
  case fault_kind::journal_full: return "journal_full";
  case fault_kind::log_full: return "log_full";
  case fault_kind::leader_clock_forward: return "leader_clock_forward";
  case fault_kind::leader_clock_back: return "leader_clock_back";
  case fault_kind::follower_clock_forward: return "follower_clock_forward";
  }
  return "unknown";
}

std::vector<planned_kind> short_run() {
  using enum fault_kind;
  return {
      {leader_kill, 3, 500ms, 2s},
      {leader_freeze, 1, 6s, 6s},
      {leader_stop, 1, 500ms, 2s},
      {follower_kill, 1, 0ms, 2s},
      {executor_kill, 1, 0ms, 2s},
      {executor_freeze, 1, 1s, 4s},
      {database_restart, 1, 0ms, 0ms},
      {database_kill, 1, 0ms, 500ms},
      {backends_kill, 1, 0ms, 0ms},
      {leader_database_cut, 1, 2s, 5s},
      {follower_database_cut, 1, 2s, 5s},
      {leader_executor_cut, 1, 2s, 6s},
      {follower_executor_cut, 1, 2s, 6s},
      {executor_host_cut, 1, 14s, 14s},
      {claim_answer_lost, 1, 0ms, 0ms},
      {completion_answer_lost, 1, 0ms, 0ms},
      {spool_full, 1, 1s, 3s},
      {journal_full, 1, 1s, 3s},
      {log_full, 1, 1s, 3s},
      {leader_clock_forward, 1, 2s, 5s},
      {leader_clock_back, 1, 2s, 5s},
      {follower_clock_forward, 1, 2s, 5s},
  };
}

std::vector<planned_kind> soak() {
  auto all = short_run();
  for (auto& k : all) k.times = 20;
  auto freeze = std::find_if(all.begin(), all.end(), [](auto& k) { return k.what == fault_kind::leader_freeze; });
  freeze->times = 19;
  all.push_back({fault_kind::leader_freeze, 1, 60s, 60s});
  return all;
}

std::vector<step> draw(const std::vector<planned_kind>& kinds, company with, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<step> plan;
  for (auto& k : kinds)
    for (int i = 0; i < k.times; ++i)
      plan.push_back({k.what, false, draw_between(random, least_pause, most_pause),
                      draw_between(random, k.least, k.most), random()});
  std::shuffle(plan.begin(), plan.end(), random);
  for (std::size_t i = 1; with == company::sometimes && i < plan.size(); ++i) {
    if (!may_join(plan[i], plan[i - 1]) || random() % 3 != 0) continue;
    plan[i].joins = true;
    plan[i].pause = draw_between(random, 0ms, plan[i - 1].hold);
  }
  return plan;
}

std::string to_string(const step& s) {
  return (s.joins ? "  with " : "") + name_of(s.what) + " after " + std::to_string(s.pause.count()) + " ms, for " +
         std::to_string(s.hold.count()) + " ms";
}

} // namespace xxl::faults
