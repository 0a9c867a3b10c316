#include "actors/executor/order_memory.hpp"

#include "protocol/guards.hpp"

namespace xxl::executor {

bool order_memory::adopt(epoch_id epoch) {
  if (epoch < highest_) return false;
  highest_ = epoch;
  return true;
}

std::string order_memory::refusal(const order_batch& batch, epoch_id adopted, session_id ours) const {
  auto checked = stands(guard::epoch_check);
  if (checked && batch.epoch < highest_)
    return "epoch " + to_string(batch.epoch) + " is below " + to_string(highest_) + ", which leads now";
  if (checked && batch.epoch != adopted)
    return "epoch " + to_string(batch.epoch) + " was not adopted on this connection";
  if (stands(guard::session_check) && batch.session != ours)
    return "session " + to_string(batch.session) + " is not this executor's, which is " + to_string(ours);
  return {};
}

verdict order_memory::judge(trigger_id id, std::int16_t handed) const {
  auto it = known_.find(id);
  if (it == known_.end()) return verdict::accept;
  auto& e = it->second;
  if (e.is != state::returning && e.is != state::returned)
    return stands(guard::id_memory) ? verdict::duplicate : verdict::accept;
  return handed > e.handed || !stands(guard::handed_count) ? verdict::accept : verdict::returned;
}

bool order_memory::holds(trigger_id id) const {
  auto it = known_.find(id);
  return it != known_.end() && it->second.is == state::held;
}

bool order_memory::ended(trigger_id id) const {
  auto it = known_.find(id);
  return it != known_.end() && (it->second.is == state::finished || it->second.is == state::acknowledged);
}

void order_memory::hold(trigger_id id, std::int16_t handed) { move_to(id, state::held).handed = handed; }

void order_memory::finish(trigger_id id) { move_to(id, state::finished); }

void order_memory::acknowledge(trigger_id id, boot_time now) {
  expire_later(id, move_to(id, state::acknowledged), now);
}

void order_memory::give_back(trigger_id id, std::int16_t handed, boot_time now) {
  auto& e = move_to(id, state::returning);
  e.handed = handed;
  expire_later(id, e, now);
}

void order_memory::return_sent(trigger_id id) {
  if (auto it = known_.find(id); it != known_.end() && it->second.is == state::returning)
    it->second.is = state::returned;
}

void order_memory::forget(boot_time now) {
  while (!expiry_.empty() && (expiry_.front().at <= now || expiry_.size() > limits_.remembered)) {
    auto& due = expiry_.front();
    auto it = known_.find(due.id);
    if (it != known_.end() && it->second.stamp == due.stamp) {
      // A return that found no admin yet stays known: it still has to be told.
      if (it->second.is == state::returning)
        expiry_.push_back({now + limits_.remember, due.id, due.stamp});
      else
        known_.erase(it);
    }
    expiry_.pop_front();
  }
}

std::vector<trigger_id> order_memory::inventory() const {
  std::vector<trigger_id> ids;
  for (auto& [id, e] : known_)
    if (e.is == state::held || e.is == state::finished || e.is == state::returning) ids.push_back(id);
  return ids;
}

order_memory::entry& order_memory::move_to(trigger_id id, state to) {
  auto [it, added] = known_.try_emplace(id);
  auto& e = it->second;
  if (!added) {
    if (e.is == state::held) --held_;
    if (e.is == state::finished) --finished_;
  }
  if (to == state::held) ++held_;
  if (to == state::finished) ++finished_;
  e.is = to;
  e.stamp = 0;
  return e;
}

void order_memory::expire_later(trigger_id id, entry& e, boot_time now) {
  e.stamp = ++stamps_ == 0 ? ++stamps_ : stamps_; // 0 says that nothing is due
  expiry_.push_back({now + limits_.remember, id, e.stamp});
}

} // namespace xxl::executor
