#pragma once
// Routes one group's due triggers: owns the routing state of its jobs and knows how much room each executor's link has.
// Waiting rows without a candidate go back to the table, are seen again with each pass of the read-ahead, as they are
// then (paused, killed, deleted), and end after dispatch_timeout (guarantees.md §2.2). Lives for one reign.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct router_config {
  epoch_id epoch;
  group_id group;
  clock_ptr time;
  metrics_ptr stats;
  ring_actor ring;
  ledger_actor ledger;
  std::uint64_t seed = 1;
  /// From when this reign first found a row due without a candidate.
  std::chrono::milliseconds dispatch_timeout{10'000};
  std::chrono::milliseconds misfire_threshold{5'000};
  /// Orders of one link claimed or claiming, and not yet on the wire.
  std::size_t link_room = 10'000;
};

router_actor spawn_router(caf::actor_system& sys, router_config cfg);

} // namespace xxl::admin
