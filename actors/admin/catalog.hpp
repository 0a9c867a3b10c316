#pragma once
// The database for people: edits, triggers by hand, and lists. Owns one connection and blocks on it, hence detached.
// Serves one request at a time, in the order they came: that order is the order of commits on this node.
//
// A connection found dead is opened again, and a step whose outcome is unknown is run again with the same ids
// (storage.md §8); only then the request fails: `unavailable` if nothing can have happened, `deadline_exceeded` if it
// may have.

#include "actors/admin/clock_watch.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"
#include "protocol/local.hpp"
#include "schedule/timetable.hpp"
#include "storage/catalog.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>

namespace xxl::admin {

struct catalog_config {
  std::shared_ptr<storage::catalog> database; ///< this actor's own; it connects at the first request
  clock_ptr time = borrowed(system_clock());
  clock_watch_ptr wall;           ///< asked before each edit; null: the clock is never set
  change_listener_actor listener; ///< told of each commit that changed a job or a group; may be null
  metrics_ptr metrics;            ///< catalog.requests, catalog.errors
  bool detached = true;           ///< false under the test coordinator
  /// Asked each minute; true: the zone data is another from now on.
  std::function<bool()> zones_changed = schedule::refresh_zones;
};

catalog_actor spawn_catalog(caf::actor_system& sys, catalog_config cfg);

} // namespace xxl::admin
