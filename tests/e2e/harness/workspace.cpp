#include "tests/e2e/harness/workspace.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace xxl::e2e {

std::uint16_t free_port() {
  static std::set<std::uint16_t> given;
  for (;;) {
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                 ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0;
    ::close(fd);
    if (!bound) throw std::runtime_error{"no free port on 127.0.0.1"};
    if (given.insert(ntohs(at.sin_port)).second) return ntohs(at.sin_port);
  }
}

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
