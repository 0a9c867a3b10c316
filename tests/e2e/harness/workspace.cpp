#include "tests/e2e/harness/workspace.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <fstream>
#include <poll.h>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace xxl::e2e {

namespace fs = std::filesystem;

workspace::workspace() {
  auto pattern = (fs::temp_directory_path() / "xxl-e2e-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory " + pattern};
  root_ = pattern;
}

workspace::~workspace() {
  std::error_code ignored; // a left-over directory is no failure of what was tested
  fs::remove_all(root_, ignored);
}

fs::path workspace::write(const std::string& name, const std::string& content) const {
  auto path = root_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

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
