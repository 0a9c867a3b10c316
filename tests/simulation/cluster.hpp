#pragma once
// The machines: admins and executors as in production, each with a clock and a disk of its own, and what can happen to
// them. A machine has one life at a time; its name, its disk and its clock stay.

#include "actors/admin/admin_actors.hpp"
#include "actors/executor/executor_actors.hpp"
#include "tests/simulation/database.hpp"
#include "tests/simulation/handlers.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/world.hpp"
#include "tests/support/actor_test.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace xxl::sim {

struct admin_machine {
  explicit admin_machine(test::virtual_clock time) : clock{time} {}
  test::virtual_clock clock;
  std::string name;
  std::uint16_t port = 0;
  process life = process::nobody; ///< nobody: down
  admin::admin_actors actors;
  metrics_ptr counters;
};

struct executor_machine {
  explicit executor_machine(test::virtual_clock time) : clock{time} {}
  test::virtual_clock clock;
  std::string name, group;
  std::filesystem::path data;
  int boots = 1;
  process life = process::nobody;
  executor::executor_actors actors;
  metrics_ptr counters;
};

struct cluster_settings {
  admin::scheduling how;
  std::uint32_t credit = 2'000;
  std::size_t max_running = 64, queue_limit = 1'000;
};

/// True while it has a life, frozen or not.
template <class Machine> bool up(const Machine& m) { return m.life != process::nobody; }

class cluster {
public:
  cluster(world& w, network& net, database& db, dice random, cluster_settings settings, std::filesystem::path disks,
          std::function<behaviour(const order&)> behaviour_of, run_listener& runs,
          std::function<void(const std::string&)> on_fatal);

  admin_machine& add_admin(std::chrono::milliseconds clock_offset);
  executor_machine& add_executor(std::string group, std::chrono::milliseconds clock_offset);
  std::deque<admin_machine>& admins() { return admins_; }
  std::deque<executor_machine>& executors() { return executors_; }

  void start(admin_machine& m);
  /// False: another process holds the data directory.
  bool start(executor_machine& m);

  /// kill -9.
  void kill(admin_machine& m);
  void kill(executor_machine& m);
  /// The machine is gone without a word. It comes back, if it does, with another boot id; what its disk had not
  /// written down is lost, which here is everything.
  void lose(admin_machine& m);
  void lose(executor_machine& m);
  /// What those that live have counted so far.
  void note_lives() const;
  /// Starts another process on the data directory of one that lives.
  void start_second(const executor_machine& m);
  /// Nothing can be written to its disk for that long.
  void fill_disk(const executor_machine& m, span length);
  /// SIGSTOP and, after that long, SIGCONT.
  void freeze(process life, span length);
  /// SIGTERM: ends in order, at the latest after `patience`.
  void stop(admin_machine& m, span patience);
  void stop(executor_machine& m, span patience);

private:
  /// `lost`: with its host.
  template <class Machine> void end(Machine& m, bool lost = false);
  template <class Machine> std::function<void()> process_ends(Machine& m);

  world& world_;
  network& net_;
  database& db_;
  dice random_;
  cluster_settings settings_;
  std::filesystem::path disks_;
  std::function<behaviour(const order&)> behaviour_of_;
  run_listener& runs_;
  std::function<void(const std::string&)> on_fatal_;
  std::deque<admin_machine> admins_;
  std::deque<executor_machine> executors_;
  std::deque<executor_machine> twins_; ///< second processes that got the data directory all the same
};

} // namespace xxl::sim
