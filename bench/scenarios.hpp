#pragma once
// throughput, burst, steady (docs/bench.md). Each starts a cluster of its own, so that none inherits another's tables.

#include "bench/figures.hpp"

#include <string>

namespace xxl::bench {

struct scenario_options {
  std::string programs; ///< folder of xxl-node and xxl-bench
  std::size_t n = 0;
  unsigned seconds = 0; ///< steady only
  unsigned executors = 1;
};

/// n jobs due at one and the same instant: how long from the first claim until the last result is committed.
figures throughput(const scenario_options& options);
/// The same, looking at lateness.
figures burst(const scenario_options& options);
/// n jobs each second, on the second, for that many seconds.
figures steady(const scenario_options& options);

} // namespace xxl::bench
