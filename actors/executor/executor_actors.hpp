#pragma once
// The actors of an executor node, put together: the only place where that is done. Who starts and stops them is
// executor.hpp's, with threads; a test's, under virtual time.

#include "actors/executor/executor.hpp"
#include "actors/executor/handler_pool.hpp"
#include "actors/executor/interfaces.hpp"
#include "actors/executor/process_host.hpp"
#include "protocol/random.hpp"

#include <functional>
#include <memory>
#include <string>

namespace xxl::executor {

/// What an executor stands on.
struct executor_ground {
  std::string boot;            ///< the host's boot id
  const clock* time = nullptr; ///< outlives the actors and the threads of the handlers
  metrics_ptr counters;
  id_source new_id = random_id;            ///< of sessions
  transport::dialer_actor dialer;          ///< null if there are no admins to dial
  std::shared_ptr<process_host> processes; ///< null where no work is a child process
  /// Makes those who do the work of handlers, once.
  std::function<std::shared_ptr<handler_runner>(std::shared_ptr<const handler_registry>, std::shared_ptr<run_recorder>)>
      make_handlers;
  placement where = placement::own_thread; ///< of the actors that block
};

/// In order of spawn. They end in the reverse order, the logs last: the others still log.
struct executor_actors {
  log_store_actor logs;
  executor_node_actor node;
  callback_spool_actor spool;
  script_host_actor scripts;
  runners_actor runners;
  std::shared_ptr<ended_runs> ended = std::make_shared<ended_runs>(); ///< threads may still end runs when all is gone
};

/// Takes the data directory's lock, reads what earlier lives left, and spawns. Throws as start_executor() does: what is
/// in `made` then is the caller's to end.
void spawn_executor(caf::actor_system& sys, const executor_settings& settings, handler_registry handlers,
                    const executor_ground& ground, executor_actors& made);

} // namespace xxl::executor
