#include "actors/executor/callback_window.hpp"

#include "protocol/wire_size.hpp"

#include <algorithm>

namespace xxl::executor {

void callback_window::add(session_id session, std::vector<outcome> outcomes, boot_time now) {
  if (outcomes.empty()) return;
  if (waiting_.empty() || waiting_.back().session != session) waiting_.push_back({session, {}, now, 0});
  auto& last = waiting_.back();
  waiting_items_ += outcomes.size();
  for (auto& x : outcomes) {
    last.bytes += wire_size(x);
    last.outcomes.push_back(std::move(x));
  }
}

const callback_batch* callback_window::take(std::uint64_t connection, boot_time now) {
  for (auto& [number, f] : flights_)
    if (f.repeat_at <= now) {
      f.connection = connection;
      f.repeat_at = now + limits_.resend;
      return &f.batch;
    }
  auto at = due();
  if (!at || *at > now || waiting_.empty() || flights_.size() >= limits_.in_flight) return nullptr;
  auto number = ++numbers_;
  auto& f = flights_[number];
  f = {cut(), connection, now + limits_.resend};
  f.batch.number = number;
  return &f.batch;
}

callback_batch callback_window::cut() {
  auto& first = waiting_.front();
  callback_batch batch;
  batch.session = first.session;
  batch.outcomes.reserve(std::min(first.outcomes.size(), limits_.items));
  std::size_t bytes = 0;
  while (!first.outcomes.empty() && batch.outcomes.size() < limits_.items) {
    auto more = wire_size(first.outcomes.front());
    if (!batch.outcomes.empty() && bytes + more > limits_.bytes) break;
    bytes += more;
    batch.outcomes.push_back(std::move(first.outcomes.front()));
    first.outcomes.pop_front();
  }
  first.bytes -= bytes;
  waiting_items_ -= batch.outcomes.size();
  flying_items_ += batch.outcomes.size();
  if (first.outcomes.empty()) waiting_.pop_front();
  return batch;
}

bool callback_window::pending(session_id life) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](auto& w) { return w.session == life; }) ||
         std::any_of(flights_.begin(), flights_.end(), [&](auto& f) { return f.second.batch.session == life; });
}

std::optional<callback_batch> callback_window::acknowledge(std::uint64_t number) {
  auto it = flights_.find(number);
  if (it == flights_.end()) return std::nullopt;
  auto batch = std::move(it->second.batch);
  flights_.erase(it);
  flying_items_ -= batch.outcomes.size();
  return batch;
}

void callback_window::lost(std::uint64_t connection) {
  for (auto& [number, f] : flights_)
    if (f.connection == connection) f.repeat_at = boot_time{};
}

std::optional<boot_time> callback_window::due() const {
  std::optional<boot_time> at;
  for (auto& [number, f] : flights_)
    if (!at || f.repeat_at < *at) at = f.repeat_at;
  if (!waiting_.empty() && flights_.size() < limits_.in_flight) {
    auto& first = waiting_.front();
    // Another life's results behind it: this group cannot grow any more.
    auto ready = full(first) || waiting_.size() > 1 ? first.since : first.since + limits_.linger;
    if (!at || ready < *at) at = ready;
  }
  return at;
}

} // namespace xxl::executor
