#pragma once
// Where threads and children leave runs that have ended. The runners actor takes them in batches: only the first of a
// batch wakes it.

#include "actors/executor/run.hpp"

#include <functional>
#include <mutex>
#include <vector>

namespace xxl::executor {

class ended_runs {
public:
  /// Any thread.
  void push(ended_run ended);
  /// Everything left since the last call.
  std::vector<ended_run> take();
  /// Who is told that there is something; called by the thread that pushes. Empty: nobody any more.
  void on_first(std::function<void()> wake);

private:
  std::mutex mutex_;
  std::vector<ended_run> ended_;
  std::function<void()> wake_;
};

} // namespace xxl::executor
