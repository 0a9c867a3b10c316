#pragma once
// The runners of all jobs of this node as one table: per job a serial queue with a limit, over all jobs a limit of runs
// at the same time, and the timeouts. A job has an entry only while it has runs. Plain state: the runners actor owns
// the one instance.
//
// One table instead of an actor per job, by measurement (docs/handlers.md, "What a run costs"): 0.2 against 0.6 µs of
// CPU per run, a batch of orders stays one message, and a job without runs leaves nothing behind.

#include "actors/executor/run.hpp"

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace xxl::executor {

class run_table {
public:
  struct limits {
    std::size_t max_running = 64;                 ///< over all jobs
    std::size_t queue_limit = 1'000;              ///< waiting runs per job
    std::chrono::milliseconds handler_grace{250}; ///< from the timeout until a handler counts as still running
    std::chrono::milliseconds process_grace{
        5'000}; ///< the same for a child process, which is killed 2 s after its timeout
  };
  explicit run_table(limits l) : limits_{l} {}

  /// False: the job's queue is at its limit.
  bool admit(run_ptr r);
  /// Runs whose turn it is; they count as running from now on. Their timeout is looked at from then, but counts from
  /// their start.
  std::vector<run_ptr> start(boot_time now);

  enum class fate : std::uint8_t {
    report,    ///< its outcome is to be reported
    give_back, ///< it never started
    told,      ///< its outcome was reported when it went on after its timeout
  };
  /// The work of a run has ended; a timed-out run's verdict is put in place of its own.
  fate end(ended_run& ended);

  struct abandoned {
    run_ptr what;
    bool killed = false; ///< else its timeout is over
  };
  /// What is due by then: runs past their timeout are cancelled; answers those, and killed ones, that went on all the
  /// same. Their outcome is reported now, their job waits until they end.
  std::vector<abandoned> expire(boot_time now);
  /// When expire() has something to do next.
  std::optional<boot_time> due() const;

  /// Everything that waits, off the table.
  std::vector<run_ptr> take_queued();
  void cancel_all();
  /// Asks that run to end; answers it if it was waiting: it is off the table then, and never starts. What is not here
  /// has ended.
  run_ptr kill(job_id job, trigger_id trigger, boot_time now);

  /// Reports of runs accepted before then whose state has changed since their last report.
  std::vector<progress> report_open(boot_time accepted_before);

  std::size_t queued() const { return queued_; }
  std::size_t running() const { return running_; }

private:
  enum class phase : std::uint8_t { none, running, cancelled, killed, abandoned };
  using checks = std::multimap<boot_time, job_id>;
  struct job {
    std::deque<run_ptr> queue;
    run_ptr current;
    phase is = phase::none;
    std::optional<checks::iterator> check;
  };
  std::chrono::milliseconds grace_of(const run& r) const;
  void check_at(job_id id, job& j, boot_time at);
  /// The run if it is past its grace.
  run_ptr look_at(job_id id, job& j, boot_time now);
  void settle(std::unordered_map<job_id, job>::iterator it);

  limits limits_;
  std::unordered_map<job_id, job> jobs_;
  std::deque<job_id> ready_; ///< jobs with a queue and nothing running, in turn
  checks checks_;
  std::size_t queued_ = 0, running_ = 0;
};

/// What is reported of a run; the message is cleaned and cut at limits::message_bytes (clean_text).
outcome outcome_of(const run& r, instant ended, trigger_state state, state_reason reason, std::string_view message);

} // namespace xxl::executor
