#pragma once
// Once a second, while this node leads: ends sessions whose lease ran out, lets the ledger end the rows of sessions
// that are gone, and sets the next fire of fixed delays whose end was missed (guarantees.md §2, Fixed delay; §3,
// Sessions).

#include "actors/admin/scheduler_actors.hpp"
#include "protocol/clock.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct reconciler_config {
  epoch_id epoch;
  ledger_actor ledger;
  spec_source_actor specs;
  registry_actor registry;
  reign_actor reign;
  const clock* time = nullptr;
  std::chrono::milliseconds every{1'000};
};

reconciler_actor spawn_reconciler(caf::actor_system& sys, reconciler_config cfg);

} // namespace xxl::admin
