#pragma once
// The time ring's actor: hands each group's due fires to its router, a lead before their time, and decides misfires on
// the way (guarantees.md §2.2). Lives for one reign.

#include "actors/admin/clock_watch.hpp"
#include "actors/admin/ring.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct time_ring_config {
  epoch_id epoch;
  trust_ptr leads;      ///< asked before each claim
  clock_watch_ptr wall; ///< likewise; null: the clock is never set
  clock_ptr time;
  metrics_ptr stats;
  ring_options ring;
  std::chrono::milliseconds misfire_threshold{5'000};
  reign_actor reign; ///< asked for the router of a group that has none
};

/// `detached`: a thread of its own (production); tests run it under virtual time.
ring_actor spawn_time_ring(caf::actor_system& sys, time_ring_config cfg, bool detached = true);

} // namespace xxl::admin
