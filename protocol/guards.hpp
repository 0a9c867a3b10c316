#pragma once
// The guards that keep guarantees.md true, by name. In the product all of them stand, always, and nothing can change
// that but a test: it switches one off and demands that the simulation finds what the guard prevents. A guard whose
// absence nothing finds is a belt that another one makes superfluous, or a promise that nothing checks
// (tests/simulation/prove_guards.cpp tells which).

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace xxl {

enum class guard : std::uint8_t {
  // Leadership.
  claim_fence,     ///< a claim counts only under the epoch in force (§3 Fence)
  verdict_fence,   ///< the leader's own ends, hand-backs and changes of sessions likewise (§2.5, §3)
  resignation,     ///< trust that has run out never comes back within an epoch (§3)
  leader_trust,    ///< a leader claims and sends only while it trusts itself (§2.3, §3)
  inventory_first, ///< rows to be sent again are read when the executor has said what it holds (§3 Takeover)
  // The ledger.
  claim_comparison,         ///< a claim advances only what still is as it was read ahead (§2.2)
  later_than_last,          ///< an edit computes strictly after the last claimed fire (§2 Edits)
  hand_back_comparison,     ///< a hand-back names the count it knows (§3 Ending a session)
  waiting_comparison,       ///< so does the claim of a waiting row
  kill_mark,                ///< what is marked for killing ends as killed, whatever is reported (§2 Kill)
  unknown_commit_settled,   ///< an unknown commit is repeated with the same ids, then looked up (§2.7)
  acknowledge_after_commit, ///< (§2.5)
  // Executors.
  epoch_check,            ///< an order of a lower epoch, or of one not adopted on its connection, is refused (§2.4)
  session_check,          ///< an order of another session is refused
  id_memory,              ///< an id that is held or has finished is refused
  handed_count,           ///< an id that was given back starts only under a higher count
  lease_trust,            ///< nothing starts without trust in the lease (§3 Sessions)
  start_journal,          ///< an id is written down before it starts (§3 Ending a session)
  results_before_journal, ///< a life's results are acknowledged before its starts are told
  spool_lock,             ///< one process owns the data directory
};

/// Each of them.
std::vector<guard> all_guards();
/// "claim_fence", for people.
std::string to_string(guard g);

namespace detail {
extern std::atomic<std::uint32_t> guards_off; ///< a bit each
} // namespace detail

/// Asked at the very place of the guard. True in the product.
inline bool stands(guard g) {
  return (detail::guards_off.load(std::memory_order_relaxed) >> static_cast<unsigned>(g) & 1u) == 0;
}

/// For tests: that guard does not stand while this lives. Nodes are started within that time.
class guard_off {
public:
  explicit guard_off(guard g);
  ~guard_off();
  guard_off(const guard_off&) = delete;
  guard_off& operator=(const guard_off&) = delete;

private:
  std::uint32_t bit_;
};

} // namespace xxl
