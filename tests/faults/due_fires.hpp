#pragma once
// When the jobs of a run had to fire, worked out from their versions with an arithmetic of the harness's own: nothing
// here asks the product's schedules. Pure.

#include "tests/e2e/harness/ledger.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::faults {

/// A stretch of time in which one schedule was in force, from one edit that touched it to the next: the instants
/// start + k × every in (after, until].
struct stretch {
  std::int64_t every_ms = 0, start_ms = 0;
  std::int64_t after_ms = 0, until_ms = 0;
  bool held = false;          ///< by a pause: no fire of it may start, all of them belong in gap rows
  std::int64_t edited_ms = 0; ///< when the edit came that ended it; until_ms lies later where fires were claimed ahead
  std::int32_t last_version = 0; ///< the version in force when it ended

  /// The first of its fires at or after the instant; none if there is none.
  std::optional<std::int64_t> first_from(std::int64_t ms) const;
  /// How many of its fires lie in [from, to].
  std::int64_t count(std::int64_t from_ms, std::int64_t to_ms) const;
};

/// What one job had to do.
struct job_plan {
  std::string job;
  bool fixed_delay = false;  ///< it has no stretches: its fires depend on when runs end
  int retries = 0;           ///< after `failed` and `timed_out`
  std::int64_t ended_ms = 0; ///< when it was disabled
  std::vector<stretch> stretches;
};

/// From all versions of one job in order, the last of which disables it. Throws std::runtime_error for what the harness
/// never asks for: another kind of schedule, no end.
job_plan plan_of(std::span<const e2e::job_version> versions);

} // namespace xxl::faults
