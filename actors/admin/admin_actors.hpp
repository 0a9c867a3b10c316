#pragma once
// The actors of an admin node, put together: the only place where that is done. Who starts and stops them is
// admin_node.hpp's, with threads; a test's, under virtual time.

#include "actors/admin/clock_watch.hpp"
#include "actors/admin/node.hpp"
#include "actors/admin/reign.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock.hpp"
#include "protocol/random.hpp"
#include "storage/store.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace xxl::admin {

struct admin_settings {
  std::string node;    ///< this node's name
  std::string address; ///< where it listens, for people
  scheduling how;
  /// Called once, from an actor's thread, when the node cannot go on; the text says why. The owner then stops the
  /// process.
  std::function<void(const std::string&)> on_fatal;
};

/// What an admin stands on.
struct admin_ground {
  std::shared_ptr<storage::store> store; ///< migrated; it need not answer yet
  const clock* time = nullptr;           ///< outlives the actors
  metrics_ptr stats;
  id_source random = random_id; ///< seeds what is jittered
  bool detached = true;         ///< threads for the actors that block; tests run them under virtual time
};

struct admin_actors {
  clock_watch_ptr wall; ///< what they tell the time by
  trust_ptr leads;
  gate_actor gate;
  operator_actor operators;
  /// All of them, in the order in which they end: the supervisor first, so that nobody's orderly end looks like a
  /// failure, then leadership, free for another admin at once; the ledger last, so that what is under way is settled.
  std::vector<caf::actor> in_order_of_end;
};

/// Throws storage::error.
admin_actors spawn_admin(caf::actor_system& sys, const admin_settings& settings, const admin_ground& ground);

} // namespace xxl::admin
