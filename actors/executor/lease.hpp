#pragma once
// The executor's trust in its own session (guarantees.md §3, Sessions): counted from when the last answered beat to the
// leader was *sent*, on CLOCK_BOOTTIME, less a margin. Asked before each start, by any thread. Trust in a new session
// is none in an older one: what that one still has queued never starts.

#include "protocol/clock.hpp"
#include "protocol/guards.hpp"
#include "protocol/ids.hpp"
#include "protocol/limits.hpp"

#include <atomic>
#include <chrono>

namespace xxl::executor {

class lease {
public:
  /// A beat sent then was answered by the leader. A later one never shortens the trust.
  void renew(boot_time beat_sent, std::chrono::milliseconds length) {
    auto until = (beat_sent + length - limits::lease_margin).time_since_epoch().count();
    auto before = until_.load(std::memory_order_relaxed);
    while (until > before && !until_.compare_exchange_weak(before, until, std::memory_order_release)) {}
  }
  /// A session begins, the one before has ended.
  void begin(session_id session) {
    until_.store(0, std::memory_order_release);
    session_.store(session.value, std::memory_order_release);
  }

  bool trusted(boot_time now) const {
    return now.time_since_epoch().count() < until_.load(std::memory_order_acquire) || !stands(guard::lease_trust);
  }
  /// The same of one session; `until_` first: it is of the session that is read after it, or of an older one.
  bool trusted(boot_time now, session_id session) const {
    return trusted(now) && session_.load(std::memory_order_acquire) == session.value;
  }
  /// Trust ends then, unless it is renewed; the epoch if there is none.
  boot_time until() const { return boot_time{std::chrono::nanoseconds{until_.load(std::memory_order_acquire)}}; }

private:
  std::atomic<std::int64_t> until_{0}; ///< nanoseconds since boot
  std::atomic<std::int64_t> session_{0};
};

} // namespace xxl::executor
