#pragma once
// What happens at both ends of every run, whoever does the work: the lease is asked, the start is written to the
// journal and measured, the log gets its first and its last line, and the end is left for the runners. Safe from any
// thread.

#include "actors/executor/ended_runs.hpp"
#include "actors/executor/lease.hpp"
#include "actors/executor/log_buffer.hpp"
#include "actors/executor/start_journal.hpp"
#include "actors/metrics.hpp"
#include "protocol/clock.hpp"

#include <atomic>
#include <memory>
#include <string_view>

namespace xxl::executor {

class run_recorder {
public:
  run_recorder(std::shared_ptr<lease> trust, std::shared_ptr<start_journal> journal, std::shared_ptr<log_buffer> log,
               std::shared_ptr<ended_runs> ended, const xxl::clock& time, metrics& counters);

  /// The work may begin: its start is in the journal, measured and logged. False: there is no trust, or the journal
  /// cannot be written; the run goes back (and its end is left already).
  bool begin(const run_ptr& r);
  void line(run& r, std::string_view text) { log_->write(r, text, time_.now()); }
  /// The work has ended.
  void end(const run_ptr& r, trigger_state state, state_reason reason, std::string message);
  /// The work could not begin: no interpreter, no source.
  void fail(const run_ptr& r, state_reason reason, std::string message);
  /// A run that was not even queued. Only its log is written.
  void never_queued(run& r, std::string_view why);
  /// A run whose work goes on after its timeout, or after it was killed. Only its log is written.
  void still_runs(run& r, std::string_view after);

private:
  void give_back(const run_ptr& r, state_reason reason);

  std::shared_ptr<lease> trust_;
  std::shared_ptr<start_journal> journal_;
  std::shared_ptr<log_buffer> log_;
  std::shared_ptr<ended_runs> ended_;
  const xxl::clock& time_;
  metrics::value& journal_failures_;
  std::atomic<bool> journal_fails_{false}; ///< said once, not with every run
};

} // namespace xxl::executor
