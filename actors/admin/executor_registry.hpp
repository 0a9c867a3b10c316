#pragma once
// Executors connected to this admin, by session: checks that a newcomer's group exists and allows it, tells every link
// of a new reign, renews the leases of those that beat, and finds the link that can read a log. The sessions themselves
// are the database's.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct executor_registry_config {
  catalog_actor catalog; ///< where groups are read
  metrics_ptr stats;
  clock_ptr time;
  std::chrono::milliseconds renew{1'000}; ///< how often leases are renewed, in one batch
};

registry_actor spawn_executor_registry(caf::actor_system& sys, executor_registry_config cfg);

} // namespace xxl::admin
