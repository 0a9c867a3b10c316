#include "tests/support/free_port.hpp"

#include <arpa/inet.h>
#include <fstream>
#include <random>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace xxl::test {
namespace {

constexpr int lowest = 10'000, highest = 65'535;

/// The highest port that the kernel gives to no outgoing connection; any, where it may give all.
int last_reserved() {
  int first_given = 32'768; // Linux's default
  std::ifstream{"/proc/sys/net/ipv4/ip_local_port_range"} >> first_given;
  return first_given > lowest ? first_given - 1 : highest;
}

bool is_free(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
  ::close(fd);
  return bound;
}

} // namespace

std::uint16_t free_port() {
  static std::set<std::uint16_t> given;
  static std::minstd_rand random{std::random_device{}()}; // programs that run side by side seldom meet
  std::uniform_int_distribution ports{lowest, last_reserved()};
  constexpr int tries = 10'000;
  for (int i = 0; i < tries; ++i) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (!given.contains(port) && is_free(port)) {
      given.insert(port);
      return port;
    }
  }
  throw std::runtime_error{"no free port on 127.0.0.1"};
}

} // namespace xxl::test
