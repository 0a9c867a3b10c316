#pragma once
// The wall clock of an admin as far as it may be believed (guarantees.md §3, Clocks). Fires are decided by it and what
// follows an end is planned by it; a clock that was set must do neither. The election measures it against the
// database's clock; between two measurements a step shows as a change against the boot clock. Safe from any thread.

#include "protocol/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace xxl::admin {

class clock_watch final : public clock {
public:
  static constexpr std::chrono::milliseconds warns_above{100};
  static constexpr std::chrono::milliseconds leads_below{1'000};
  static constexpr std::chrono::milliseconds steps_above{250};

  explicit clock_watch(const clock& c) : clock_{c} {}

  /// The wall clock less the database's, as it is now.
  void measured(std::chrono::milliseconds offset) {
    auto wall = against_boot();
    anchor_.store(wall, std::memory_order_relaxed);
    database_.store(wall - offset.count(), std::memory_order_relaxed);
    known_.store(true, std::memory_order_release);
  }
  /// As last measured; nothing before that.
  std::optional<std::chrono::milliseconds> offset() const {
    if (!known_.load(std::memory_order_acquire)) return std::nullopt;
    return std::chrono::milliseconds{anchor_.load(std::memory_order_relaxed) -
                                     database_.load(std::memory_order_relaxed)};
  }
  /// The clock was set since: neither claims nor edits until it is measured anew.
  bool stepped() const { return known_.load(std::memory_order_acquire) && was_set(against_boot()); }
  /// Too far from the database's clock to decide anything.
  bool astray() const {
    auto off = offset();
    return off && std::chrono::abs(*off) > leads_below;
  }

  /// The wall clock; if it was set or is astray, the database's, which the boot clock has carried on since it was
  /// measured.
  instant now() const override {
    auto boot = boot_ms();
    auto wall = to_ms(clock_.now());
    if (!known_.load(std::memory_order_acquire)) return from_ms(wall);
    auto database = boot + database_.load(std::memory_order_relaxed);
    auto off = std::chrono::milliseconds{wall - database};
    return from_ms(was_set(wall - boot) || std::chrono::abs(off) > leads_below ? database : wall);
  }
  boot_time boot() const override { return clock_.boot(); }

private:
  std::int64_t boot_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.boot().time_since_epoch()).count();
  }
  std::int64_t against_boot() const { return to_ms(clock_.now()) - boot_ms(); }
  bool was_set(std::int64_t wall_against_boot) const {
    auto moved = std::chrono::milliseconds{wall_against_boot - anchor_.load(std::memory_order_relaxed)};
    return std::chrono::abs(moved) > steps_above;
  }

  const clock& clock_;
  std::atomic<bool> known_{false};
  std::atomic<std::int64_t> anchor_{0}, database_{0}; ///< the wall clock and the database's less the boot clock, in ms
};

using clock_watch_ptr = std::shared_ptr<clock_watch>;

} // namespace xxl::admin
