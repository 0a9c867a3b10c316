#pragma once
// This executor towards its admins (guarantees.md §2.4, §2.5, §3 Sessions): a connection to every admin, for ever; one
// session; the epoch and the ids it knows; credit; the lease; results and returns until they are acknowledged. Orders
// are taken from the leader only, results go to the leader first and to any other admin else.

#include "actors/executor/callback_window.hpp"
#include "actors/executor/interfaces.hpp"
#include "actors/executor/lease.hpp"
#include "actors/executor/order_memory.hpp"
#include "actors/executor/start_journal.hpp"
#include "actors/metrics.hpp"
#include "protocol/random.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xxl::executor {

struct executor_node_config {
  executor_hello hello; ///< session, names, labels; earlier lives and the highest epoch are filled in
  std::vector<endpoint> admins;
  std::optional<gate_actor> local_gate; ///< one more admin, in this process
  transport::dialer_actor dialer;       ///< null if there are no admins to dial
  std::map<session_id, std::vector<outcome>>
      earlier_results; ///< of earlier lives, not acknowledged; they are sent first
  /// What the earlier lives on this boot had started; told to the leader once their results are acknowledged.
  start_journal::earlier earlier_starts;
  std::shared_ptr<lease> trust;
  id_source new_id = random_id;              ///< of a session that follows one that has ended
  std::uint32_t credit = 2'000;              ///< orders on the wire per connection; at least 1
  std::size_t max_open = 100'000;            ///< ids held or not acknowledged; from there on no credit is granted
  std::chrono::milliseconds patience{5'000}; ///< for any answer of an admin
  order_memory::limits memory;
  callback_window::limits callbacks;
  std::uint32_t jitter_seed = 1;
  metrics_ptr counters;
  const clock* time = nullptr;
};

/// It dials nobody before it has got its node_peers.
executor_node_actor spawn_executor_node(caf::actor_system& sys, executor_node_config cfg);

} // namespace xxl::executor
