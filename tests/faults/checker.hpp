#pragma once
// The judge of a run: what had to fire, what the handlers wrote down and what the ledger says, held against each other.
// Knows nothing of processes; tests plant violations into it (checker_test.cpp). Pure.

#include "tests/e2e/harness/ledger.hpp"
#include "tests/e2e/harness/record.hpp"
#include "tests/faults/due_fires.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace xxl::faults {

/// Something an operator asked of a job: from when it was first asked for to when it was answered, by the harness's
/// clock.
struct operator_act {
  std::string what; ///< "pause", "resume", "apply"
  std::string job;
  std::int64_t asked_ms = 0, answered_ms = 0;
};

/// How long the run went on undisturbed before its end: everything fires again by then.
inline constexpr std::int64_t calm_ms = 3'000;

/// An executor that could reach no admin, for longer than a lease.
struct cut_host {
  std::string executor;
  std::int64_t from_ms = 0, to_ms = 0;
};

/// All that is known about a run after it has come to rest.
struct evidence {
  std::vector<job_plan> jobs;
  std::vector<e2e::job_version> versions;
  std::vector<e2e::recorded_run> starts; ///< what the handlers wrote, each before its work
  e2e::ledger ledger;
  std::map<std::int64_t, std::string> executors; ///< by session
  std::vector<cut_host> cuts;
  std::vector<operator_act> acts;
  std::set<std::int64_t> triggered;    ///< triggers that were started by hand and answered for
  std::set<std::int64_t> to_be_killed; ///< triggers whose kill was asked for
  std::set<std::int64_t> killed;       ///< those of them that were open yet, said the answer
};

/// What no fault excuses.
struct violation {
  std::string rule; ///< in a few words, for people
  std::string job;
  std::int64_t fire_ms = 0;
  std::string what; ///< the row, line or gap that shows it
};

struct verdict {
  std::int64_t fires = 0;       ///< due by schedule, and started by hand
  std::int64_t lost = 0;        ///< fires that are nowhere, or whose end nothing excuses
  std::int64_t doubled = 0;     ///< starts of a key beyond the first
  std::int64_t gaps = 0;        ///< gap rows, all of edits and pauses unless there are violations
  std::int64_t lost_rows = 0;   ///< rows that ended `lost` and may have
  std::int64_t no_executor = 0; ///< rows that ended `failed`, reason no_executor
  std::vector<violation> violations;

  bool clean() const { return violations.empty(); }
};

verdict check(const evidence& e);

/// In one line, for people.
std::string text_of(const e2e::ledger_row& row);
std::string text_of(const e2e::gap_row& gap);

} // namespace xxl::faults
