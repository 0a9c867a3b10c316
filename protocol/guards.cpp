#include "protocol/guards.hpp"

namespace xxl {

std::atomic<std::uint32_t> detail::guards_off{0};

namespace {

/// Null beyond the last. The compiler sees to it that none is forgotten here, and so all_guards() names each.
const char* name_of(guard g) {
  switch (g) {
  case guard::claim_fence: return "claim_fence";
  case guard::verdict_fence: return "verdict_fence";
  case guard::resignation: return "resignation";
  case guard::leader_trust: return "leader_trust";
  case guard::inventory_first: return "inventory_first";
  case guard::claim_comparison: return "claim_comparison";
  case guard::later_than_last: return "later_than_last";
  case guard::hand_back_comparison: return "hand_back_comparison";
  case guard::waiting_comparison: return "waiting_comparison";
  case guard::kill_mark: return "kill_mark";
  case guard::unknown_commit_settled: return "unknown_commit_settled";
  case guard::acknowledge_after_commit: return "acknowledge_after_commit";
  case guard::epoch_check: return "epoch_check";
  case guard::session_check: return "session_check";
  case guard::id_memory: return "id_memory";
  case guard::handed_count: return "handed_count";
  case guard::lease_trust: return "lease_trust";
  case guard::start_journal: return "start_journal";
  case guard::results_before_journal: return "results_before_journal";
  case guard::spool_lock: return "spool_lock";
  }
  return nullptr;
}

} // namespace

std::vector<guard> all_guards() {
  std::vector<guard> all;
  for (std::uint8_t i = 0; name_of(guard{i}) != nullptr; ++i) all.push_back(guard{i});
  return all;
}

std::string to_string(guard g) {
  auto* name = name_of(g);
  return name != nullptr ? name : "unknown(" + std::to_string(static_cast<unsigned>(g)) + ")";
}

guard_off::guard_off(guard g) : bit_{1u << static_cast<unsigned>(g)} { detail::guards_off.fetch_or(bit_); }
guard_off::~guard_off() { detail::guards_off.fetch_and(~bit_); }

} // namespace xxl
