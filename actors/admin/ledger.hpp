#pragma once
// The writers of triggers (guarantees.md §2.2, §2.5, §2.7): one detached actor per connection. On PostgreSQL the leader
// has one for claims and every node one for completions; on SQLite one does both. Work is kept, in order, until the
// database has answered: a lost connection, a restart of the server or a commit whose outcome is unknown costs time and
// nothing else.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"
#include "storage/ledger.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace xxl::admin {

struct ledger_config {
  std::shared_ptr<storage::ledger> db;
  trust_ptr leads;
  clock_ptr time;
  metrics_ptr stats;
  change_listener_actor listener; ///< told of jobs whose next fire or waiting rows a write brought; may be null
  std::string duty;               ///< for logs and metrics: "claim", "complete" or "ledger"
  std::chrono::milliseconds lease{10'000};
};

/// `detached`: a thread of its own (production, calls block); tests run it with a ledger in memory.
ledger_actor spawn_ledger(caf::actor_system& sys, ledger_config cfg, bool detached = true);

} // namespace xxl::admin
