#include "tests/e2e/harness/workspace.hpp"

#include <poll.h>

namespace xxl::e2e {

bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds most) {
  constexpr int pause_ms = 20; // between two looks at something that cannot be waited for
  auto until = std::chrono::steady_clock::now() + most;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    ::poll(nullptr, 0, pause_ms);
  }
  return true;
}

} // namespace xxl::e2e
