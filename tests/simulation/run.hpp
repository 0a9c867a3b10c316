#pragma once
// One run of one seed, from an empty ledger to the last check: first chaos, then a calm in which everything must
// settle.

#include "tests/simulation/options.hpp"
#include "tests/support/temporary_directory.hpp"

#include <cstdint>
#include <string>

namespace xxl::sim {

/// Where runs have their files, and the migrated database that each begins with.
class ground {
public:
  ground();
  /// Everything of the last run is gone; answers the new run's database.
  std::string fresh_database();
  std::filesystem::path disks() const { return place_ / "disks"; }

private:
  test::temporary_directory place_;
};

struct verdict {
  std::string rule, what; ///< empty: every promise was kept
  std::string phase;
  span at{}; ///< virtual time since the beginning
  std::uint64_t steps = 0, hash = 0;
  bool kept() const { return rule.empty(); }
};

/// `log`: tells everything, with virtual time, on standard output.
verdict run(const options& o, ground& g, bool log);

} // namespace xxl::sim
