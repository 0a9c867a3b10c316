#pragma once
// Whether this node's wall clock may be believed (guarantees.md §3, Clocks). Fires are decided by it; a clock that was
// set must not write gap rows into the future. The election measures it against the database's clock; between two
// measurements a step shows as a change against the boot clock. Safe from any thread.

#include "protocol/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace xxl::admin {

class clock_watch {
public:
  static constexpr std::chrono::milliseconds warns_above{100};
  static constexpr std::chrono::milliseconds leads_below{1'000};
  static constexpr std::chrono::milliseconds steps_above{250};

  explicit clock_watch(const clock& c) : clock_{c} {}

  /// The wall clock less the database's, as it is now.
  void measured(std::chrono::milliseconds offset) {
    anchor_.store(against_boot(), std::memory_order_relaxed);
    offset_.store(offset.count(), std::memory_order_relaxed);
    known_.store(true, std::memory_order_release);
  }
  /// As last measured; nothing before that.
  std::optional<std::chrono::milliseconds> offset() const {
    if (!known_.load(std::memory_order_acquire)) return std::nullopt;
    return std::chrono::milliseconds{offset_.load(std::memory_order_relaxed)};
  }
  /// The clock was set since: neither claims nor edits until it is measured anew.
  bool stepped() const {
    if (!known_.load(std::memory_order_acquire)) return false;
    auto moved = std::chrono::milliseconds{against_boot() - anchor_.load(std::memory_order_relaxed)};
    return std::chrono::abs(moved) > steps_above;
  }
  /// Too far from the database's clock to decide anything.
  bool astray() const {
    auto off = offset();
    return off && std::chrono::abs(*off) > leads_below;
  }

private:
  std::int64_t against_boot() const {
    auto boot = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.boot().time_since_epoch());
    return to_ms(clock_.now()) - boot.count();
  }

  const clock& clock_;
  std::atomic<bool> known_{false};
  std::atomic<std::int64_t> anchor_{0}, offset_{0}; ///< milliseconds
};

using clock_watch_ptr = std::shared_ptr<clock_watch>;

} // namespace xxl::admin
