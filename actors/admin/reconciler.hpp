#pragma once
// Once a second, while this node leads: ends sessions whose lease ran out, settles the open rows of sessions that are
// over, and sets the next fire of fixed delays whose end was missed (guarantees.md §2, Fixed delay; §3, Sessions and
// Ending a session).
//
// What becomes of a dead session's rows depends on what is known of it: after a goodbye nothing had started; a life
// whose process restarted brings its start journal, for which a full lease is waited; without one, what a wire may have
// carried is lost.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct reconciler_config {
  epoch_id epoch;
  ledger_actor ledger;
  spec_source_actor specs;
  registry_actor registry;
  reign_actor reign;
  clock_ptr time;
  metrics_ptr stats;
  std::chrono::milliseconds every{1'000};
  std::chrono::milliseconds journal_wait{10'000}; ///< for a restarted process's journal: a full lease
  std::chrono::milliseconds result_wait{3'000};   ///< for results on their way, where nobody restarted
};

reconciler_actor spawn_reconciler(caf::actor_system& sys, reconciler_config cfg);

} // namespace xxl::admin
