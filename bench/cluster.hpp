#pragma once
// What is measured: a PostgreSQL of its own with durable settings, an admin and executors as separate processes, all on
// loopback.

#include "bench/start_log.hpp"
#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/process.hpp"
#include "tests/e2e/harness/workspace.hpp"
#include "tests/support/postgres_server.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xxl::bench {

struct cluster_options {
  std::string programs; ///< folder of xxl-node and xxl-bench
  unsigned executors = 1;
  std::size_t starts = 0; ///< room in the record
  std::vector<std::string> admin_flags;
};

class cluster {
public:
  /// Starts everything and waits until the executors may be routed to. Throws std::runtime_error.
  explicit cluster(const cluster_options& options);

  std::uint16_t port() const { return port_; }
  start_log& record() { return record_; }
  /// Seconds of CPU that the database, the admin and the executors have used so far.
  double cpu_seconds() const;
  /// Resident memory of the admin, MiB.
  double admin_rss_mb() const;
  /// Number of final rows of fire times in [from, to), by the ledger: to see when all is committed.
  std::int64_t committed(std::int64_t from_ms, std::int64_t to_ms);
  /// When the first of them was claimed, Unix milliseconds.
  std::int64_t first_claim(std::int64_t from_ms, std::int64_t to_ms);

private:
  std::int64_t ask(const std::string& sql);
  void start_admin(const cluster_options& options);
  void start_executor(const cluster_options& options, unsigned number);

  e2e::workspace place_;
  test::postgres_server server_;
  std::string url_;
  std::uint16_t port_;
  start_log record_;
  std::vector<e2e::process> processes_; ///< the admin first
};

} // namespace xxl::bench
