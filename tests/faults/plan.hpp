#pragma once
// Which faults a run plants, in which order and for how long: drawn from a seed, nothing else. Pure.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace xxl::faults {

enum class fault_kind : std::uint8_t {
  leader_kill,           ///< kill -9
  leader_freeze,         ///< SIGSTOP, then SIGCONT: it wakes up believing that it leads
  leader_stop,           ///< SIGTERM
  follower_kill,         ///< kill -9
  executor_kill,         ///< kill -9
  executor_freeze,       ///< SIGSTOP, then SIGCONT
  database_restart,      ///< PostgreSQL, fast shutdown
  database_kill,         ///< kill -9 of the postmaster
  backends_kill,         ///< pg_terminate_backend() of each of the admins' connections, or of some
  leader_database_cut,   ///< the network between two processes
  follower_database_cut, ///< the same
  leader_executor_cut,   ///< the same
  follower_executor_cut, ///< the same
  executor_host_cut,     ///< one executor from both admins, for longer than a lease
  claim_answer_lost,     ///< a claim is committed and its answer is not heard
  completion_answer_lost,
  spool_full,           ///< an executor's disk: ENOSPC from every write to the spool of results
  journal_full,         ///< to the start journal
  log_full,             ///< to the logs of runs
  leader_clock_forward, ///< CLOCK_REALTIME of the leader, one hour
  leader_clock_back,
  follower_clock_forward,
};

/// As it is printed: "leader_kill".
std::string name_of(fault_kind k);

/// How often, and for how long.
struct planned_kind {
  fault_kind what{};
  int times = 1;
  std::chrono::milliseconds least{0}, most{0};
};

/// One fault of the run.
struct step {
  fault_kind what{};
  bool joins = false;                 ///< it comes while the one before it lasts
  std::chrono::milliseconds pause{0}; ///< of undisturbed firing before it; if it joins, since the one before came
  std::chrono::milliseconds hold{0};  ///< from inject() to heal()
  std::uint64_t dice = 0;             ///< for what the fault itself has to choose

  friend bool operator==(const step&, const step&) = default;
};

/// What `make faults` plants: three kills and a freeze of 6 s of the leader, and one of each other.
std::vector<planned_kind> short_run();
/// What `make soak` plants: 20 of each, one freeze of the leader of 60 s among them.
std::vector<planned_kind> soak();

/// How many faults come alone.
enum class company { none, sometimes };

/// The faults in an order, with pauses and lengths, drawn from the seed: the same seed, the same plan.
std::vector<step> draw(const std::vector<planned_kind>& kinds, company with, std::uint64_t seed);

/// One line, without line end.
std::string to_string(const step& s);

} // namespace xxl::faults
