#pragma once
// What is put under faults: one PostgreSQL that syncs, two admins, three executors, all real processes on loopback, a
// relay in each of the connections between them, and a shim in each process of ours.

#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/workspace.hpp"
#include "tests/faults/member.hpp"
#include "tests/faults/shim_control.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/tcp_relay.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace xxl::faults {

class cluster {
public:
  static constexpr std::size_t admins = 2, executors = 3;

  /// An admin that listens on a port and reaches PostgreSQL through a relay.
  struct admin {
    admin(std::string its_name, std::uint16_t port, std::uint16_t database_port, const e2e::workspace& place);
    std::string name;
    e2e::admin_at at;
    test::tcp_relay database;
    shim_control shim;
    std::unique_ptr<member> process;
  };
  /// An executor that reaches each admin through a relay.
  struct executor {
    executor(std::string its_name, const e2e::workspace& place);
    std::string name;
    std::filesystem::path data;
    std::array<std::unique_ptr<test::tcp_relay>, admins> network; ///< by admin
    shim_control shim;
    std::unique_ptr<member> process;
  };

  /// Starts everything and waits until it is whole.
  cluster();

  admin& admin_of(std::size_t i) { return *admins_.at(i); }
  executor& executor_of(std::size_t i) { return *executors_.at(i); }
  test::postgres_server& database() { return database_; }
  /// Past the relays.
  const std::string& url() const { return url_; }
  e2e::workspace& place() { return place_; }
  /// Where every handler writes down that it starts.
  std::filesystem::path record() const { return place_ / "record"; }

  /// The admin that leads; waits until one does.
  std::size_t leader() const;
  std::size_t follower() const { return 1 - leader(); }
  /// Waits until each process runs, one admin leads and each is connected to every executor. Throws what is missing.
  void wait_until_whole();

  /// Writes what every process and PostgreSQL said to `logs/` in the workspace, which is then kept.
  void keep_logs();

private:
  void start_admin(std::size_t number);
  void start_executor(std::size_t number);

  e2e::workspace place_;
  test::postgres_server database_;
  std::string database_name_, url_;
  std::vector<std::unique_ptr<admin>> admins_;
  std::vector<std::unique_ptr<executor>> executors_;
};

} // namespace xxl::faults
