#include "actors/executor/ended_runs.hpp"

namespace xxl::executor {

void ended_runs::push(ended_run ended) {
  std::lock_guard guard{mutex_};
  ended_.push_back(std::move(ended));
  // Under the lock, so that nobody is woken after on_first({}) returned.
  if (ended_.size() == 1 && wake_) wake_();
}

std::vector<ended_run> ended_runs::take() {
  std::lock_guard guard{mutex_};
  return std::exchange(ended_, {});
}

void ended_runs::on_first(std::function<void()> wake) {
  std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
  if (!ended_.empty() && wake_) wake_();
}

} // namespace xxl::executor
