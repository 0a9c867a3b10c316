#pragma once
// Which executor runs a trigger: strategies as pure functions over (state, candidates). xxl-job-spec.md §4.

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <unordered_map>

namespace xxl::admin {

/// An executor that could be chosen. Candidates are sorted by name, so that first and last mean the same on every
/// admin.
struct route_candidate {
  std::string name;
  session_id session;
  std::size_t room = 0; ///< orders it takes now
};

/// Routing state of a group's jobs.
class routing {
public:
  /// `seed` makes random choices repeatable in tests.
  explicit routing(std::uint64_t seed) : random_{seed} {}

  /// Index of the candidate chosen; none: there is no candidate, or those the strategy allows have no room. first and
  /// last insist on their executor; round and random pass over full ones.
  std::optional<std::size_t> choose(route_strategy how, job_id job, std::span<const route_candidate> candidates);

  /// Drops what is kept about a job.
  void forget(job_id job) { counters_.erase(job); }

private:
  std::mt19937_64 random_;
  std::unordered_map<job_id, std::uint32_t> counters_; ///< round: how often each job was routed
};

} // namespace xxl::admin
