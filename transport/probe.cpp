#include "transport/probe.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace xxl::transport {
namespace {

std::string text_of_errno(int code) { return std::generic_category().message(code); }

std::string numeric(const addrinfo& a) {
  std::array<char, NI_MAXHOST> text{};
  auto problem = ::getnameinfo(a.ai_addr, a.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return problem == 0 ? std::string{text.data()} : std::string{};
}

} // namespace

probe::probe(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (auto code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); code != 0) {
    problem_ = code == EAI_SYSTEM ? text_of_errno(errno) : ::gai_strerror(code);
    return;
  }
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
  for (auto* a = addresses.get(); a != nullptr; a = a->ai_next) {
    int fd = ::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) attempts_.push_back({fd, numeric(*a)});
    if (fd >= 0 && (::connect(fd, a->ai_addr, a->ai_addrlen) == 0 || errno == EINPROGRESS)) continue;
    problem_ = text_of_errno(errno);
    if (fd >= 0) drop(attempts_.size() - 1);
  }
}

probe::~probe() {
  for (auto& a : attempts_) ::close(a.fd);
}

void probe::drop(std::size_t index) {
  ::close(attempts_[index].fd);
  attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(index));
}

probe::state probe::wait(std::chrono::milliseconds most) {
  if (attempts_.empty()) return state::failed;
  std::vector<pollfd> sockets;
  for (auto& a : attempts_) sockets.push_back({a.fd, POLLOUT, 0});
  if (::poll(sockets.data(), sockets.size(), static_cast<int>(most.count())) <= 0) return state::pending;
  for (auto i = sockets.size(); i-- > 0;) { // from the back: drop() moves what comes after
    if (sockets[i].revents == 0) continue;
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(sockets[i].fd, SOL_SOCKET, SO_ERROR, &code, &size);
    if (code == 0) {
      address_ = attempts_[i].address;
      return state::reached;
    }
    problem_ = text_of_errno(code);
    drop(i);
  }
  return attempts_.empty() ? state::failed : state::pending;
}

} // namespace xxl::transport
