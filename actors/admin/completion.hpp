#pragma once
// Callbacks of all links, collected for up to 5 ms or a full batch, completed in one statement each, acknowledged after
// the commit (guarantees.md §2.5). On every admin. At most two batches are with the ledger at a time.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct completion_config {
  ledger_actor ledger;
  spec_source_actor specs; ///< asked only for outcomes that something follows
  clock_ptr time;
  metrics_ptr stats;
  std::chrono::milliseconds collect{5};
};

completion_actor spawn_completion(caf::actor_system& sys, completion_config cfg);

} // namespace xxl::admin
