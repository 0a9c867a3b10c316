#pragma once
// What really ran, from the handlers' side: the recorder (recorder.cpp) appends a line per run to a file, before
// anything else.

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace xxl::e2e {

/// What names one run for ever (guarantees.md §1).
struct run_key {
  std::string job;          ///< group/name
  std::int64_t fire_ms = 0; ///< nominal fire time
  std::string origin;       ///< empty for the schedule
  int shard = -1;           ///< −1: not a shard
  int attempt = 1;
  friend auto operator<=>(const run_key&, const run_key&) = default;
};

/// As it stands in the record: JOB FIRE ORIGIN SHARD ATTEMPT, the fire time in UTC with milliseconds, an empty origin
/// as
/// `-`.
std::string to_string(const run_key& key);

struct recorded_run {
  run_key key;
  std::int64_t session = 0; ///< the executor's life that ran it
};

/// The runs recorded so far; a line still being written is left out. Throws std::runtime_error for a line that is none.
std::vector<recorded_run> read_record(const std::filesystem::path& file);

/// Runs of one job and fire time, first attempts: how many starts each has.
using starts = std::map<std::pair<std::string, std::int64_t>, int>;
starts first_starts(const std::vector<recorded_run>& runs);

} // namespace xxl::e2e
