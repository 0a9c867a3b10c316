#pragma once
// Admins on a temporary PostgreSQL, a recorder, and jobs that fire all the time: the stage of the fault tests, and the
// two laws they are held to (guarantees.md): nothing lost, nothing doubled.

#include "tests/e2e/harness/ledger.hpp"
#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/record.hpp"
#include "tests/support/postgres_server.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace xxl::e2e {

class fleet {
public:
  struct shape {
    int admins = 1;
    int jobs = 5;
    std::chrono::milliseconds every{200};
    bool fsync = false; ///< for tests that stop the database
  };
  /// Everything is up, the recorder connected to each admin, and the first fires have run.
  explicit fleet(shape s);

  struct admin_process : admin_at {
    admin_process(std::uint16_t port, process p) : admin_at{port}, program{std::move(p)} {}
    process program;
  };
  std::vector<admin_process>& admins() { return admins_; }
  /// The one that leads, and a place of another (admins must be two).
  std::size_t leader() const;
  process& recorder() { return recorder_; }
  test::postgres_server& database() { return database_; }
  const std::string& url() const { return url_; }

  /// Starts an admin again on its port, after it was killed.
  void restart_admin(std::size_t index);
  /// Starts the recorder again, with the same name and data.
  void restart_recorder();

  /// Waits until that many more runs have been recorded.
  void wait_for_runs(std::size_t more) const;
  /// Waits until every run that has begun has ended, and no other begins for a while; answers them.
  std::vector<recorded_run> wait_until_idle() const;
  /// Pauses all jobs at `admin`, waits until no row is open, and answers the ledger.
  ledger come_to_rest(const admin_at& admin) const;

  /// Fails the test for each of these runs that is not in the ledger as succeeded.
  static void expect_succeeded(const std::vector<recorded_run>& runs, const ledger& at_rest);
  /// Fails the test for each fire that started twice.
  void expect_nothing_doubled() const;
  /// Fails the test unless each fire between a job's first and last has a first attempt or lies in a gap row, and each
  /// that the ledger calls succeeded was recorded.
  void expect_nothing_lost(const ledger& at_rest) const;
  /// Fails the test for each row that is lost although its handler never started: the executor's start journal knew.
  void expect_lost_had_started(const ledger& at_rest) const;

private:
  process start_admin(std::uint16_t port) const;
  process start_recorder() const;
  std::string job_file(bool enabled = true) const;

  shape shape_;
  workspace place_;
  test::postgres_server database_;
  std::string url_;
  std::string record_;
  std::vector<admin_process> admins_;
  process recorder_;
};

} // namespace xxl::e2e
