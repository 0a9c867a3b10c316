#pragma once
// One executor's connection to this admin: made by the gate at hello, gone with the connection. Checks what comes from
// outside, sends claimed orders at their planned time within the executor's credit, passes callbacks on and
// acknowledges them after the commit (guarantees.md §2.3–2.6). In a reign it opens the session, has the epoch adopted,
// and sends again what the inventory lacks (§3).

#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct executor_link_config {
  std::string admin; ///< this node's name
  executor_actor executor;
  registry_actor registry;
  completion_actor completion;
  ledger_actor reports; ///< for lazy progress reports
  spec_source_actor specs;
  trust_ptr leads;
  clock_ptr time;
  metrics_ptr stats;
  std::chrono::milliseconds beat{1'000};
  std::chrono::milliseconds lease{10'000};
};

link_actor spawn_executor_link(caf::actor_system& sys, executor_link_config cfg);

} // namespace xxl::admin
