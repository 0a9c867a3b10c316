#pragma once
// Runs whose work is a child process: scripts, and handlers that are commands. Fetches a script's source once per (job,
// version), starts the child and tells its end. Its own thread, because it reads and writes files.

#include "actors/executor/handler_registry.hpp"
#include "actors/executor/interfaces.hpp"
#include "actors/executor/process_host.hpp"
#include "actors/executor/run_recorder.hpp"

#include <caf/actor_system.hpp>

#include <filesystem>
#include <memory>

namespace xxl::executor {

struct script_host_config {
  std::filesystem::path directory; ///< of the sources
  executor_node_actor node;        ///< who gets sources from an admin
  std::shared_ptr<const handler_registry> handlers;
  std::shared_ptr<process_host> processes;
  std::shared_ptr<run_recorder> recorder;
  std::chrono::milliseconds fetch_again{500}; ///< while no admin can be asked
  int fetch_attempts = 20;                    ///< then the run fails with reason script_unavailable
};

/// Throws std::system_error with a text for people if the directory cannot be used.
script_host_actor spawn_script_host(caf::actor_system& sys, script_host_config cfg, placement where);

/// Argument list of a script: interpreter, file, params, shard index, shard total.
std::vector<std::string> script_arguments(const order& o, const std::filesystem::path& file);
/// XXL_TRIGGER_ID, XXL_JOB, XXL_SHARD_INDEX, XXL_SHARD_TOTAL, XXL_ATTEMPT, XXL_FIRE_TIME (milliseconds since the Unix
/// epoch).
std::vector<std::string> script_environment(const order& o);

} // namespace xxl::executor
