#include "actors/executor/run.hpp"

namespace xxl::executor {

void run::cancel() {
  std::function<void()> how;
  {
    std::lock_guard guard{mutex_};
    cancelled_.store(true, std::memory_order_release);
    how = std::exchange(on_cancel_, nullptr);
  }
  wake_.notify_all();
  if (how) how();
}

bool run::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock{mutex_};
  return wake_.wait_for(lock, time, [this] { return cancelled(); });
}

void run::on_cancel(std::function<void()> how) {
  {
    std::lock_guard guard{mutex_};
    if (!cancelled()) {
      on_cancel_ = std::move(how);
      return;
    }
  }
  how();
}

std::string kind_of(const work_spec& work) {
  if (auto* script = std::get_if<script_work>(&work)) return to_string(script->language);
  return std::get<handler_work>(work).name;
}

} // namespace xxl::executor
