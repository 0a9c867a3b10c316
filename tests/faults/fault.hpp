#pragma once
// The things that go wrong in the cluster: each is planted, and mended again.

#include "tests/faults/cluster.hpp"
#include "tests/faults/plan.hpp"

#include <functional>
#include <string>

namespace xxl::faults {

struct fault {
  std::string target;           ///< whom it hits and how: "admin-2 and executor-3, stall"
  std::function<void()> inject; ///< plants it
  std::function<void()> heal;   ///< ends it; after that the cluster must become whole by itself
  std::string host_cut = {};    ///< the executor that can reach no admin meanwhile, if that is for longer than a lease
};

/// The fault of that step, for the cluster as it is now: whom it hits depends on who leads. What the step leaves open
/// is chosen by its dice. The cluster outlives it.
fault make_fault(const step& s, cluster& c);

} // namespace xxl::faults
