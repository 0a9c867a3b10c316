#pragma once
// Settings of an executor program. Part of the public SDK: the standard library only.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace xxl {

struct executor_options {
  std::string group;               ///< the executor group's name: [a-z][a-z0-9-]{3,63}
  std::string name;                ///< of this executor, unique in its group, stable over restarts; empty: host name
  std::vector<std::string> admins; ///< every admin, as "host:port"
  std::filesystem::path data = "xxl-executor"; ///< spool, logs and scripts; one directory per process
  std::map<std::string, std::string> labels;   ///< at most 64
  std::size_t max_running = 64;                ///< runs at the same time; 1 to 10,000
  std::size_t queue_limit = 1'000; ///< queued runs of one job; above it they are discarded with reason queue_full
  std::chrono::milliseconds drain{30'000}; ///< how long running handlers may take to end after stop()
};

} // namespace xxl
