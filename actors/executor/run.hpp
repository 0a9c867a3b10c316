#pragma once
// One accepted order on its way through this node: shared by the runners actor, which decides, and the thread or child
// process that does the work. What changes here is safe from any thread.

#include "protocol/clock.hpp"
#include "protocol/messages.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace xxl::executor {

class run {
public:
  run(order what, session_id in_session, epoch_id under, std::uint64_t over, boot_time at)
      : task{std::move(what)}, session{in_session}, epoch{under}, connection{over}, accepted{at} {}

  const order task;
  const session_id session;       ///< the life that accepted it
  const epoch_id epoch;           ///< of the order
  const std::uint64_t connection; ///< it came over; a script's source is asked for there first
  const boot_time accepted;

  bool child_process = false; ///< the work is a script or a command; set before anybody shares the run
  trigger_state reported = trigger_state::waiting; ///< the state last told to the leader; the runners actor's own

  /// The work begins now.
  void start(instant wall, boot_time boot) {
    started_wall_.store(to_ms(wall), std::memory_order_relaxed);
    started_boot_.store(boot.time_since_epoch().count(), std::memory_order_release);
  }
  /// Nothing before the work has begun.
  std::optional<boot_time> started() const {
    auto at = started_boot_.load(std::memory_order_acquire);
    if (at == 0) return std::nullopt;
    return boot_time{std::chrono::nanoseconds{at}};
  }
  /// The epoch before the work has begun.
  instant started_wall() const { return from_ms(started_wall_.load(std::memory_order_relaxed)); }

  /// Asks the work to end: wakes wait_for() and calls what on_cancel() left, once.
  void cancel();
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  /// True if the run is cancelled, at the latest when the time is over.
  bool wait_for(std::chrono::nanoseconds time);
  /// What ends this work from outside; called at once if the run is cancelled already.
  void on_cancel(std::function<void()> how);

  /// Bytes of log that this run has written; log_buffer counts here.
  std::atomic<std::uint64_t> logged_bytes{0};

private:
  std::atomic<std::int64_t> started_wall_{0};
  std::atomic<std::int64_t> started_boot_{0};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::function<void()> on_cancel_;
};

using run_ptr = std::shared_ptr<run>;

/// The end of the work of one run, as its thread or child saw it.
struct ended_run {
  run_ptr what;
  instant ended{};
  trigger_state state = trigger_state::succeeded;
  state_reason reason = state_reason::none;
  std::string message;
  bool returned = false; ///< no trust, or no journal, when its turn came: it never started and goes back
};

/// The handler's name, or the language of the script: what people are told of the work.
std::string kind_of(const work_spec& work);

} // namespace xxl::executor
