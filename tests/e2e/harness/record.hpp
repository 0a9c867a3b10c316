#pragma once
// What really ran, from the handlers' side: the recorder (recorder.cpp) appends a line per run to a file, before
// anything else.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace xxl::e2e {

struct recorded_run {
  std::string job;          ///< group/name
  std::int64_t fire_ms = 0; ///< nominal fire time
  std::int64_t trigger = 0;
  int attempt = 0;
};

/// The runs recorded so far; a line still being written is left out.
std::vector<recorded_run> read_record(const std::filesystem::path& file);

/// Runs of one job and fire time, first attempts: how many starts each has.
using starts = std::map<std::pair<std::string, std::int64_t>, int>;
starts first_starts(const std::vector<recorded_run>& runs);

} // namespace xxl::e2e
