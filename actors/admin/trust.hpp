#pragma once
// Whether this node may act as the leader now (guarantees.md §3). Written by `election`, asked before every claim and
// every send. Shared between threads instead of asked by message: the answer must be true at the instant of the send.

#include "protocol/clock.hpp"
#include "protocol/guards.hpp"
#include "protocol/ids.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace xxl::admin {

class trust {
public:
  explicit trust(const clock& c) : clock_{c} {}

  /// A reign begins. Only with a new epoch: trust never comes back within one.
  void begin(epoch_id epoch, boot_time until) {
    until_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
    epoch_.store(epoch.value, std::memory_order_release);
  }
  /// A heartbeat was answered: good until `until`, counted from when it was sent. Nothing if trust had run out
  /// meanwhile: then the reign is over.
  bool extend(boot_time until) {
    if (stands(guard::resignation) && !holds(epoch())) return false;
    until_.store(until.time_since_epoch().count(), std::memory_order_release);
    return true;
  }
  /// That reign is over; nothing if another one has begun meanwhile: a late answer to an old epoch ends no newer one.
  void resign(epoch_id epoch) {
    auto ours = epoch.value;
    epoch_.compare_exchange_strong(ours, 0, std::memory_order_acq_rel);
  }

  /// The epoch of the reign, 0 if there is none.
  epoch_id epoch() const { return {epoch_.load(std::memory_order_acquire)}; }

  /// True if `epoch` is this node's reign and its trust has not run out. One that finds it gone has resigned.
  bool holds(epoch_id epoch) const {
    return epoch && epoch.value == epoch_.load(std::memory_order_acquire) &&
           (clock_.boot().time_since_epoch().count() < until_.load(std::memory_order_acquire) ||
            !stands(guard::leader_trust));
  }

private:
  const clock& clock_;
  std::atomic<std::int64_t> epoch_{0};
  std::atomic<std::int64_t> until_{0}; ///< nanoseconds since boot
};

using trust_ptr = std::shared_ptr<trust>;

} // namespace xxl::admin
