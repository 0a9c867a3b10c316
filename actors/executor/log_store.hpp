#pragma once
// Writes the runs' log to disk in batches and reads it back while runs go on. Its own thread, because it blocks. It
// never fails a run: on a full disk lines are counted as dropped (log.dropped_lines) and one warning is written.

#include "actors/executor/interfaces.hpp"
#include "actors/executor/log_buffer.hpp"
#include "actors/executor/log_segments.hpp"

#include <caf/actor_system.hpp>

#include <filesystem>
#include <memory>

namespace xxl::executor {

struct log_store_config {
  std::filesystem::path directory;
  log_segments::limits limits;
  std::chrono::milliseconds linger{20}; ///< how long records wait for company; readers never wait
  std::shared_ptr<log_buffer> buffer;
  metrics_ptr counters;
  const clock* time = nullptr;
};

/// Opens the directory first: throws std::runtime_error with a text for people.
log_store_actor spawn_log_store(caf::actor_system& sys, log_store_config cfg, placement where);

} // namespace xxl::executor
