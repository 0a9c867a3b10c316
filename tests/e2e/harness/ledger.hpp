#pragma once
// The ledger's own rows, read past the product: what the tests hold against the handlers' record.

#include "tests/e2e/harness/record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace xxl::e2e {

struct ledger_row {
  run_key key;
  std::int64_t trigger = 0;
  int state = 0;  ///< guarantees.md §1
  int reason = 0; ///< protocol/enums.hpp, state_reason
  int handed = 0; ///< how often it was handed back
  std::int64_t session = 0, epoch = 0;
  std::int64_t claimed_ms = 0, started_ms = 0, ended_ms = 0; ///< 0: never
};

/// Fires that never got a row.
struct gap_row {
  std::string job;
  std::int64_t from_ms = 0, to_ms = 0, fires = 0;
  std::int64_t at_ms = 0; ///< when it was written
  int version = 0;        ///< of the job, in force until then
  int reason = 0;
};

struct ledger {
  std::vector<ledger_row> rows; ///< open and history, by key
  std::vector<gap_row> gaps;

  std::size_t open() const; ///< rows that are not final
  std::size_t in_state(int state) const;
};

/// One edit of a job.
struct job_version {
  std::string job;
  int version = 0;
  std::int64_t from_ms = 0;
  std::optional<std::int64_t> after_ms; ///< the last claimed fire then, or the instant the edit computed from
  std::string spec;                     ///< JSON; empty: as before
  bool enabled = true, paused = false;
};

/// `url` as libpq takes it; PostgreSQL only. All throw std::runtime_error with the server's reason.
ledger read_ledger(const std::string& url);
/// The triggers that are not final.
std::vector<std::int64_t> open_triggers(const std::string& url);
/// The keys of those of these triggers that are open.
std::vector<run_key> open_keys(const std::string& url, const std::set<std::int64_t>& triggers);
/// All versions of all jobs, by job and version.
std::vector<job_version> read_versions(const std::string& url);
/// The executor's name by session.
std::map<std::int64_t, std::string> read_sessions(const std::string& url);

/// Ends the backends of the product's connections: all of them, or every second one.
void end_backends(const std::string& url, bool all);
/// One statement; to damage a ledger by hand. Answers how many rows it changed.
int change_ledger(const std::string& url, const std::string& sql);

} // namespace xxl::e2e
