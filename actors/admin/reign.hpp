#pragma once
// One reign: everything that lives only while this node leads. Takes over (a full lease for every live session), then
// starts the read-ahead, the ring, the reconciler and a router per group, and tells the links. Ends as a whole: when
// told to, when trust is gone, or when one of its actors dies; the next reign has a new epoch and new actors.

#include "actors/admin/armed_cache.hpp"
#include "actors/admin/clock_watch.hpp"
#include "actors/admin/ring.hpp"
#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"
#include "protocol/random.hpp"
#include "storage/store.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace xxl::admin {

/// What of the node's settings concerns scheduling.
struct scheduling {
  ring_options ring;
  std::chrono::milliseconds misfire_threshold{5'000};
  std::chrono::milliseconds dispatch_timeout{10'000};
  std::chrono::milliseconds lease{10'000};
};

struct reign_config {
  epoch_id epoch;
  trust_ptr leads;
  clock_ptr time;
  clock_watch_ptr wall; ///< null: the clock is never set
  metrics_ptr stats;
  std::shared_ptr<storage::store> store;
  armed_cache_ptr cache;
  scheduling how;
  ledger_actor completions; ///< where one writer does both: claims go there too
  registry_actor registry;
  spec_source_actor specs;
  change_listener_actor listener; ///< told of fires that the ledger's own writes made due
  id_source random = random_id;   ///< seeds the routers
  bool detached = true;           ///< threads for the actors that block; tests run them under virtual time
};

reign_actor spawn_reign(caf::actor_system& sys, reign_config cfg);

} // namespace xxl::admin
