#pragma once
// Which orders count, and which ids this node knows (guarantees.md §2.4). Sending an order again is always safe because
// of this: an id that is held, has finished (until two minutes after its acknowledgement) or was returned under the
// same `handed` count never starts again. Plain state: executor_node owns the one instance.

#include "protocol/clock.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace xxl::executor {

enum class verdict : std::uint8_t {
  accept,
  duplicate, ///< held or finished: the result comes or came; nobody needs to be told
  returned,  ///< given back under this count already: it goes back again, its return may have been lost
};

class order_memory {
public:
  struct limits {
    std::chrono::seconds remember{120}; ///< after the acknowledgement, and after a return
    std::size_t remembered = 1'000'000; ///< acknowledged and returned ids; the oldest go first
  };
  order_memory() : order_memory{limits{}} {}
  explicit order_memory(limits l) : limits_{l} {}

  /// The highest epoch that any adoption has named.
  epoch_id highest() const { return highest_; }
  /// False for an epoch below the highest: its sender leads no more.
  bool adopt(epoch_id epoch);
  /// Why nothing of this batch may run, in words; empty if its orders may be judged. `adopted` is the epoch adopted on
  /// the connection that brought it.
  std::string refusal(const order_batch& batch, epoch_id adopted, session_id ours) const;

  verdict judge(trigger_id id, std::int16_t handed) const;
  /// It is queued or running.
  bool holds(trigger_id id) const;
  /// Its result is in the spool, or committed.
  bool ended(trigger_id id) const;
  void hold(trigger_id id, std::int16_t handed);
  /// Its result is in the spool.
  void finish(trigger_id id);
  /// Its result is committed.
  void acknowledge(trigger_id id, boot_time now);
  /// It goes back under that count; in the inventory until the return was sent.
  void give_back(trigger_id id, std::int16_t handed, boot_time now);
  void return_sent(trigger_id id);
  /// Drops what need not be remembered any longer.
  void forget(boot_time now);

  /// Ids queued or running, results not acknowledged, returns not sent.
  std::vector<trigger_id> inventory() const;
  std::size_t held() const { return held_; }
  std::size_t unacknowledged() const { return finished_; }
  std::size_t remembered() const { return expiry_.size(); }

private:
  enum class state : std::uint8_t { held, finished, acknowledged, returning, returned };
  struct entry {
    state is = state::held;
    std::int16_t handed = 0;
    std::uint32_t stamp = 0; ///< of its newest expiry entry: older ones no longer count
  };
  struct expiry {
    boot_time at{};
    trigger_id id;
    std::uint32_t stamp = 0;
  };
  entry& move_to(trigger_id id, state to);
  void expire_later(trigger_id id, entry& e, boot_time now);

  limits limits_;
  epoch_id highest_;
  std::unordered_map<trigger_id, entry> known_;
  std::deque<expiry> expiry_;
  std::size_t held_ = 0, finished_ = 0;
  std::uint32_t stamps_ = 0;
};

} // namespace xxl::executor
