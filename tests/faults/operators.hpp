#pragma once
// People at work while faults are planted: at random instants they edit jobs, pause and resume them, start some by hand
// and kill runs, through whichever admin answers. They repeat what was not confirmed until it is, and note what they
// did.

#include "tests/e2e/harness/nodes.hpp"
#include "tests/faults/checker.hpp"
#include "tests/faults/workload.hpp"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace xxl::faults {

class operators {
public:
  /// `edited` are theirs alone; the others they only start by hand, and kill. `ledger`: the database, past the product.
  operators(std::vector<std::string> admins, std::string ledger, e2e::workspace& place, std::filesystem::path record,
            std::vector<harness_job> edited, std::vector<harness_job> untouched, std::uint64_t seed);
  ~operators();

  /// Applies all jobs.
  void open();
  /// They work from now on, on a thread of their own.
  void begin();
  /// They stop, resume what they have paused and disable every job: nothing fires any more. Throws what went wrong on
  /// their thread.
  void close();

  /// What was done; after close().
  const std::vector<operator_act>& acts() const { return acts_; }
  const std::set<std::int64_t>& triggered() const { return triggered_; }
  const std::set<std::int64_t>& to_be_killed() const { return to_be_killed_; }
  const std::set<std::int64_t>& killed() const { return killed_; }

private:
  void work();
  bool pause_for(std::chrono::milliseconds time);
  std::string insist(const e2e::words& verb);
  void act(const std::string& what, const std::vector<std::string>& jobs, const e2e::words& verb);
  void apply(const std::vector<harness_job>& jobs);
  harness_job& any_edited();

  void reschedule();
  void rename_owner();
  void pause_or_resume();
  void start_by_hand();
  void kill_one();

  std::vector<std::string> admins_;
  std::string ledger_;
  e2e::workspace& place_;
  std::filesystem::path record_;
  std::vector<harness_job> edited_, untouched_;
  std::mt19937_64 random_;
  std::set<std::string> paused_;
  std::vector<operator_act> acts_;
  std::set<std::int64_t> triggered_, to_be_killed_, killed_;
  int requests_ = 0;
  std::exception_ptr failure_;
  std::mutex mutex_; // guards what follows
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

} // namespace xxl::faults
