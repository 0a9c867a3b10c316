#pragma once
// Routes one group's due triggers: owns the routing state of its jobs and knows how much room each executor's link has.
// Waiting rows without a candidate are held until one comes, or until dispatch_timeout (guarantees.md §2.2). Lives for
// one reign.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct router_config {
  epoch_id epoch;
  group_id group;
  const clock* time = nullptr;
  metrics_ptr stats;
  ring_actor ring;
  ledger_actor ledger;
  std::uint64_t seed = 1;
  std::chrono::milliseconds dispatch_timeout{
      10'000};                    ///< from when this reign first found a row due without a candidate
  std::size_t link_room = 10'000; ///< orders of one link claimed or claiming, and not yet on the wire
};

router_actor spawn_router(caf::actor_system& sys, router_config cfg);

} // namespace xxl::admin
