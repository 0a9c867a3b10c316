#pragma once
// Reads the plan ahead (guarantees.md §2.1): every 500 ms all that is due before now + 2 s, in pages, each handed to
// the ring before the next is read; stops while the ring is full. Writes nothing. Detached, a connection of its own;
// lives for one reign.

#include "actors/admin/armed_cache.hpp"
#include "actors/admin/clock_watch.hpp"
#include "actors/admin/scheduler_actors.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace xxl::admin {

struct read_ahead_config {
  std::shared_ptr<storage::plan_reader> db;
  armed_cache_ptr cache;
  ring_actor ring;
  reign_actor reign; ///< hears what is marked for killing
  clock_ptr time;
  clock_watch_ptr wall; ///< null: the clock is never set
  metrics_ptr stats;
  std::chrono::milliseconds pass{500}; ///< between passes; one that took t is followed after 10 t, or `horizon`
  std::chrono::milliseconds horizon{2'000};
  std::size_t page = 5'000;
  std::size_t ring_most = 200'000; ///< the ring's limit: while it is reached a pass reads one page
};

read_ahead_actor spawn_read_ahead(caf::actor_system& sys, read_ahead_config cfg, bool detached = true);

} // namespace xxl::admin
