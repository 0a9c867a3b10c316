#pragma once
// An admin node: spawns its actors, supervises them, starts and ends reigns, stops everything in order. The only place
// where the admin's actors are put together.

#include "actors/admin/reign.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock.hpp"
#include "storage/store.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>

namespace xxl::admin {

struct admin_settings {
  std::string node;    ///< this node's name
  std::string address; ///< where it listens, for people
  scheduling how;
  /// Called once, from an actor's thread, when the node cannot go on; the text says why. The owner then stops the
  /// process.
  std::function<void(const std::string&)> on_fatal;
};

/// A running admin. Not an actor: owned by main() or a test; its calls block.
class admin_node {
public:
  /// Spawns everything; the database need not answer yet. `store` is migrated already. Throws storage::error.
  admin_node(caf::actor_system& sys, admin_settings settings, std::shared_ptr<storage::store> store, const clock& time,
             metrics_ptr stats);
  ~admin_node();
  admin_node(const admin_node&) = delete;
  admin_node& operator=(const admin_node&) = delete;

  const gate_actor& gate() const;
  const operator_actor& operators() const;
  /// Whether this node leads now.
  bool leads() const;

  /// Gives up leadership, then ends every actor, claims and completions last; at most `patience`. Idempotent.
  void stop(std::chrono::milliseconds patience);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xxl::admin
