#pragma once
// An admin node with threads: its actors (admin_actors.hpp), stopped in order.

#include "actors/admin/admin_actors.hpp"

#include <caf/actor_system.hpp>

#include <chrono>

namespace xxl::admin {

/// A running admin. Not an actor: owned by main() or a test; its calls block.
class admin_node {
public:
  /// Spawns everything; the database need not answer yet. `store` is migrated already. Throws storage::error.
  admin_node(caf::actor_system& sys, const admin_settings& settings, std::shared_ptr<storage::store> store,
             const clock& time, metrics_ptr stats);
  ~admin_node();
  admin_node(const admin_node&) = delete;
  admin_node& operator=(const admin_node&) = delete;

  const gate_actor& gate() const { return actors_.gate; }
  const operator_actor& operators() const { return actors_.operators; }
  /// Whether this node leads now.
  bool leads() const { return actors_.leads->holds(actors_.leads->epoch()); }

  /// Gives up leadership, then ends every actor, claims and completions last; at most `patience`. Idempotent.
  void stop(std::chrono::milliseconds patience);

private:
  caf::actor_system& sys_;
  const clock& time_;
  admin_actors actors_;
};

} // namespace xxl::admin
