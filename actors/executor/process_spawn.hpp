#pragma once
// The one place that forks.

#include "actors/executor/file.hpp"
#include "actors/executor/process_host.hpp"

#include <string>
#include <sys/types.h>

namespace xxl::executor {

struct spawned {
  pid_t pid = -1; ///< also its process group
  file exit;      ///< a pidfd: readable when the process has ended
  file output;    ///< reads its standard output and error, does not block
  int error = 0;  ///< errno if it was not started
};

/// To be called by a thread that lives as long as the child may.
spawned spawn_process(const process_spec& spec);

} // namespace xxl::executor
