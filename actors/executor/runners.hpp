#pragma once
// Runs orders: queues them per job, starts them in turn, watches their timeouts and passes their results on. One actor
// with a table (run_table.hpp) for the runners of all jobs.

#include "actors/executor/handler_pool.hpp"
#include "actors/executor/interfaces.hpp"
#include "actors/executor/run_table.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>

namespace xxl::executor {

struct runners_config {
  run_table::limits limits;
  executor_node_actor node;
  callback_spool_actor spool;
  script_host_actor scripts;
  std::shared_ptr<handler_runner> handlers;
  std::shared_ptr<const handler_registry> registry;
  std::shared_ptr<run_recorder> recorder;
  std::shared_ptr<ended_runs> ended;
  std::shared_ptr<const lease> trust;
  std::function<void(const order&, const outcome&)> on_finished; ///< after each run, in this actor: must not block
  metrics_ptr counters;
  const clock* time = nullptr;
};

runners_actor spawn_runners(caf::actor_system& sys, runners_config cfg);

} // namespace xxl::executor
