#pragma once
// Orders of one link that are claimed and not yet on the wire, by planned time. Pure.

#include "protocol/limits.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>
#include <vector>

namespace xxl::admin {

class send_queue {
public:
  void put(std::vector<order> orders);
  /// Orders due at `now`, oldest first: at most `credit`, and at most one message's items and bytes.
  std::vector<order> take(instant now, std::size_t credit);
  /// When the next order is due; none: empty.
  std::optional<instant> next() const;
  std::size_t size() const { return size_; }
  bool contains(trigger_id id) const { return ids_.count(id) > 0; }
  /// Takes that one off; false: it is not here.
  bool drop(trigger_id id);
  /// Everything, and the queue is empty.
  std::vector<order> drain();

private:
  std::map<instant, std::vector<order>> by_time_;
  std::unordered_set<trigger_id> ids_;
  std::size_t size_ = 0;
};

} // namespace xxl::admin
