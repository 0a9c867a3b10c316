#pragma once
// The actor in front of the spool: results come in, are written, and only then go on to the node, which sends them. Its
// own thread, because it blocks. While the disk refuses, results wait in memory in their order, the write is tried
// again with backoff, and the node is told, so that it takes no new orders.

#include "actors/executor/interfaces.hpp"
#include "actors/executor/spool.hpp"
#include "actors/executor/start_journal.hpp"
#include "actors/metrics.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <string>

namespace xxl::executor {

struct callback_spool_config {
  std::shared_ptr<spool> store; ///< opened by whoever starts the executor; used by this actor only from then on
  std::shared_ptr<start_journal> journal;
  executor_node_actor node;
  metrics_ptr counters;
};

callback_spool_actor spawn_callback_spool(caf::actor_system& sys, callback_spool_config cfg, placement where);

} // namespace xxl::executor
