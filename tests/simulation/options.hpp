#pragma once
// What a seed decides before a run begins: which faults exist at all, how strong they are, how large everything is.
// Drawn first, so that runs differ in kind and not only in order.

#include "protocol/guards.hpp"
#include "tests/simulation/cluster.hpp"
#include "tests/simulation/database.hpp"
#include "tests/simulation/network.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xxl::sim {

enum class fault : std::uint8_t {
  kill_admin,
  kill_executor,
  lose_admin,
  lose_executor,
  freeze_admin,
  freeze_executor,
  stop_admin,
  stop_executor,
  fill_disk,   ///< of an executor: nothing can be written for a while
  second_life, ///< a process is started on a data directory that is in use
  cut,
  stall,
  part_network,
  part_database,
  restart_database,
  end_lock_session, ///< the leader loses its lock at once, and hears of it with its next heartbeat
};
std::string to_string(fault f);

struct options {
  std::uint64_t seed = 0;
  int admins = 2, executors = 2;
  int jobs = 5;
  span chaos = 15s; ///< how long faults happen
  span step_most = 100us;
  span fault_every = 1s;
  span operator_every = 1s;
  std::vector<fault> faults;
  network::traits net;
  database::traits db;
  cluster_settings settings;
  std::vector<std::chrono::milliseconds> clock_offsets; ///< of admins, then of executors
};

options draw_options(std::uint64_t seed);
/// The same, bent to where that guard matters if the seed alone seldom leads there.
options draw_options_for(guard which, std::uint64_t seed);
/// One line.
std::string describe(const options& o);

} // namespace xxl::sim
