#include "bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace xxl::bench {
namespace {

/// The value below which that share of a sorted list lies: the nearest rank.
double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

} // namespace

void judge(figures& f, const expected_fires& expected, std::span<const start> starts) {
  std::map<std::pair<std::uint64_t, std::int64_t>, unsigned> seen;
  for (auto job : expected.jobs)
    for (auto fire : expected.fires_ms) seen.emplace(std::pair{job, fire}, 0u);
  std::vector<double> late;
  late.reserve(starts.size());
  for (auto& s : starts) {
    auto it = seen.find({s.job, s.fire_ms});
    if (it == seen.end()) continue;
    ++it->second;
    late.push_back(static_cast<double>(s.at_us - s.fire_ms * 1'000) / 1'000.0);
  }
  for (auto& [key, times] : seen) {
    if (times == 0) ++f.missed;
    if (times > 1) f.doubled += times - 1;
  }
  std::sort(late.begin(), late.end());
  f.p50_ms = percentile(late, 0.5);
  f.p99_ms = percentile(late, 0.99);
  f.p999_ms = percentile(late, 0.999);
  f.max_ms = late.empty() ? 0 : late.back();
}

std::string csv_header() {
  return "scenario,n,seconds,per_second,p50_ms,p99_ms,p999_ms,max_ms,missed,doubled,cpu_s_per_1000,rss_mb,executors";
}

std::string csv_line(const figures& f) {
  char line[320];
  std::snprintf(line, sizeof line, "%s,%zu,%.3f,%.1f,%.3f,%.3f,%.3f,%.3f,%zu,%zu,%.3f,%.1f,%u", f.scenario.c_str(), f.n,
                f.seconds, f.per_second, f.p50_ms, f.p99_ms, f.p999_ms, f.max_ms, f.missed, f.doubled, f.cpu_s_per_1000,
                f.rss_mb, f.executors);
  return line;
}

} // namespace xxl::bench
