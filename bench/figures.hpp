#pragma once
// What a scenario measured, and its line of CSV.

#include "bench/start_log.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace xxl::bench {

/// What was asked for: every (job, fire time) that must start exactly once.
struct expected_fires {
  std::vector<std::uint64_t> jobs;    ///< keys
  std::vector<std::int64_t> fires_ms; ///< each job fires at each of them
  std::size_t count() const { return jobs.size() * fires_ms.size(); }
};

struct figures {
  std::string scenario;
  std::size_t n = 0; ///< as asked for: --n
  double seconds = 0;
  double per_second = 0;
  double p50_ms = 0, p99_ms = 0, p999_ms = 0, max_ms = 0; ///< handler's start − nominal fire time
  std::size_t missed = 0, doubled = 0;                    ///< counted from the handlers' side
  double cpu_s_per_1000 = 0;                              ///< database, admin and executors, per 1,000 fires
  double rss_mb = 0;                                      ///< of the admin, at the end
  unsigned executors = 1;
};

/// Lateness and counts from what the handlers noted. Starts that were not asked for are passed over.
void judge(figures& f, const expected_fires& expected, std::span<const start> starts);

std::string csv_header();
std::string csv_line(const figures& f);

} // namespace xxl::bench
