#pragma once
// Who schedules (storage.md §5): an advisory lock on a connection of its own, then the epoch. On SQLite one process
// owns the file, so the lock is always granted; the epoch rises all the same.

#include "protocol/ids.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace xxl::storage {

/// What an admin says of itself.
struct presence {
  std::string node, address, version;
  instant started{};
  std::optional<std::chrono::milliseconds> clock_offset; ///< its clock less the database's, as last measured
};

class leader_lock {
public:
  virtual ~leader_lock() = default;
  /// Opens the lock session and checks that nothing stands between us and the primary (a pooler, a standby):
  /// error_kind::fatal with an explanation.
  virtual void connect() = 0;
  /// True: the lock is ours. Never waits.
  virtual bool try_lock() = 0;
  /// Ends the old leader's claim backends, raises the epoch, and records the takeover: from whom, why, and how long
  /// after its last word. Only with the lock.
  virtual epoch_id raise_epoch(const std::string& node, instant now) = 0;
  /// Asks the server whether the lock is still ours, waiting at most `patience`. False: it is not, or nobody answered;
  /// close().
  virtual bool heartbeat(std::chrono::milliseconds patience) = 0;
  /// Notes that this node lives. Answers the database's clock; nothing if that is this process's own.
  virtual std::optional<instant> say_present(const presence& p) = 0;
  /// Notes that the reign ends by its own will, then close().
  virtual void hand_over(epoch_id epoch) noexcept = 0;
  /// Gives the lock back and closes the connection; connect() starts anew.
  virtual void close() noexcept = 0;
};

} // namespace xxl::storage
