#pragma once
// Results on their way to the admins: collected into batches, a few batches in flight, sent again until they are
// acknowledged (guarantees.md §2.5). Plain state: executor_node owns the one instance and sends what take() gives it.

#include "protocol/clock.hpp"
#include "protocol/limits.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace xxl::executor {

class callback_window {
public:
  struct limits {
    std::size_t items = xxl::limits::batch_items;
    std::size_t bytes = xxl::limits::batch_bytes;
    std::size_t in_flight = 4;               ///< batches without acknowledgement
    std::chrono::milliseconds linger{5};     ///< how long a result waits for company
    std::chrono::milliseconds resend{5'000}; ///< without acknowledgement
  };
  callback_window() : callback_window{limits{}} {}
  explicit callback_window(limits l) : limits_{l} {}

  /// Results of one life, already in the spool.
  void add(session_id session, std::vector<outcome> outcomes, boot_time now);

  /// The next batch to send over that connection: one to be repeated first. Null if none is due. Valid until the next
  /// call.
  const callback_batch* take(std::uint64_t connection, boot_time now);

  /// The batch of that number, which is committed; nothing if it was acknowledged before.
  std::optional<callback_batch> acknowledge(std::uint64_t number);

  /// What was in flight over that connection is due at once.
  void lost(std::uint64_t connection);

  /// When take() has something next; nothing while only an acknowledgement can change that.
  std::optional<boot_time> due() const;

  /// Results without acknowledgement.
  std::size_t pending() const { return waiting_items_ + flying_items_; }
  /// True if one of them is of that life.
  bool pending(session_id life) const;
  std::size_t in_flight() const { return flights_.size(); }

private:
  struct waiting {
    session_id session;
    std::deque<outcome> outcomes;
    boot_time since{};
    std::size_t bytes = 0;
  };
  struct flight {
    callback_batch batch;
    std::uint64_t connection = 0;
    boot_time repeat_at{};
  };
  bool full(const waiting& w) const { return w.outcomes.size() >= limits_.items || w.bytes >= limits_.bytes; }
  callback_batch cut();

  limits limits_;
  std::deque<waiting> waiting_;
  std::map<std::uint64_t, flight> flights_;
  std::size_t waiting_items_ = 0, flying_items_ = 0;
  std::uint64_t numbers_ = 0;
};

} // namespace xxl::executor
