#pragma once
// One run: the cluster, the load, the faults of a plan one after the other, people at work, and the evidence of it all.

#include "tests/faults/checker.hpp"
#include "tests/faults/cluster.hpp"
#include "tests/faults/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xxl::faults {

/// A fault that was planted. Times are the machine's wall clock, in Unix milliseconds.
struct planted {
  step what;
  std::string target;
  std::int64_t hit_ms = 0;    ///< inject() was called then
  std::int64_t healed_ms = 0; ///< heal() returned then
  std::int64_t whole_ms = 0;  ///< and the cluster was whole again
  std::string host_cut;
  bool alone = true; ///< no other fault came while it lasted
};

/// One line, without line end: when, what, whom, and how long until all was whole.
std::string to_string(const planted& p, std::int64_t run_began_ms);

struct run_record {
  std::int64_t began_ms = 0, ended_ms = 0; ///< of firing
  std::vector<planted> faults;
  evidence seen;
  e2e::finished audit; ///< what xxlctl audit says of all of it, the handlers' lines included
};

/// Plants the faults, prints each as it is over, and waits until no trigger is open, or none should be. Throws
/// std::runtime_error if the cluster does not recover; what was planted until then is in `record`.
void carry_out(const std::vector<step>& plan, std::uint64_t seed, cluster& c, run_record& record);

} // namespace xxl::faults
