#pragma once
// Wins and keeps leadership (storage.md §5, guarantees.md §3).
//
//   follower ── lock won, epoch raised ──▶ leader ── heartbeat failed, trust gone, clock astray, or deposed ──▶
//   follower
//
// A follower tries the lock every 200 ± 50 ms. A leader beats every 500 ms; each answered beat extends trust to 2 s
// after it was *sent*, on the boot clock. The server frees the lock 3 s after the last beat, so that no two leaders
// trust themselves at once. Trust that ran out never comes back: the lock connection is closed and everything begins
// anew, with a new epoch.
//
// Every 500 ms each node says in the database that it lives, and measures its wall clock against the database's. One
// that is more than a second off neither leads nor tries to.

#include "actors/admin/clock_watch.hpp"
#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock_ptr.hpp"
#include "storage/leadership.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace xxl::admin {

struct election_config {
  std::shared_ptr<storage::leader_lock> lock;
  std::string node;             ///< this node's name, recorded with the epoch
  std::string address, version; ///< for people
  clock_watch_ptr wall;
  trust_ptr leads;
  clock_ptr time;
  metrics_ptr stats;
  node_actor listener;
  std::chrono::milliseconds try_every{200};  ///< ± a quarter
  std::chrono::milliseconds beat_every{500}; ///< also how often a follower says that it lives
  std::uint32_t jitter_seed = 1;
  std::chrono::milliseconds beat_patience{1'500};
  std::chrono::milliseconds trust_for{2'000}; ///< from when an answered beat was sent
};

election_actor spawn_election(caf::actor_system& sys, election_config cfg, bool detached = true);

} // namespace xxl::admin
