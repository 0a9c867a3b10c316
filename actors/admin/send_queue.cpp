#include "actors/admin/send_queue.hpp"

#include "protocol/wire_size.hpp"

#include <utility>

namespace xxl::admin {

void send_queue::put(std::vector<order> orders) {
  for (auto& o : orders) {
    if (!ids_.insert(o.trigger).second) continue;
    ++size_;
    by_time_[o.planned].push_back(std::move(o));
  }
}

std::vector<order> send_queue::take(instant now, std::size_t credit) {
  std::vector<order> out;
  std::size_t bytes = 0;
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    auto& list = by_time_.begin()->second;
    std::size_t taken = 0;
    for (auto& o : list) {
      auto size = wire_size(o);
      if (out.size() >= credit || out.size() >= limits::batch_items ||
          (!out.empty() && bytes + size > limits::batch_bytes))
        break;
      bytes += size;
      ids_.erase(o.trigger);
      out.push_back(std::move(o));
      ++taken;
    }
    size_ -= taken;
    if (taken < list.size()) {
      list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(taken));
      break;
    }
    by_time_.erase(by_time_.begin());
  }
  return out;
}

std::optional<instant> send_queue::next() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

bool send_queue::drop(trigger_id id) {
  if (ids_.erase(id) == 0) return false;
  for (auto it = by_time_.begin(); it != by_time_.end(); ++it) {
    auto& list = it->second;
    if (std::erase_if(list, [&](auto& o) { return o.trigger == id; }) == 0) continue;
    if (list.empty()) by_time_.erase(it);
    break;
  }
  --size_;
  return true;
}

std::vector<order> send_queue::drain() {
  std::vector<order> all;
  for (auto& [when, list] : by_time_)
    for (auto& o : list) all.push_back(std::move(o));
  by_time_.clear();
  ids_.clear();
  size_ = 0;
  return all;
}

} // namespace xxl::admin
