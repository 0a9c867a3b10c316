#include "protocol/errors.hpp"
#include "transport/transport.hpp"

#include <caf/io/middleman.hpp>

#include <cerrno>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace xxl::transport {
namespace {

/// Why nothing can listen there, by trying it: CAF's error names neither cause nor address. Empty if it went well.
std::string reason_to_refuse(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (auto code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); code != 0)
    return ::gai_strerror(code);
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> address{found, &::freeaddrinfo};
  int fd = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::generic_category().message(errno);
  int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bool well = ::bind(fd, address->ai_addr, address->ai_addrlen) == 0 && ::listen(fd, 1) == 0;
  auto reason = well ? std::string{} : std::generic_category().message(errno);
  ::close(fd);
  return reason;
}

} // namespace

caf::expected<std::uint16_t> listen(caf::actor_system& sys, const gate_actor& gate, const endpoint& where) {
  if (!is_loopback(where))
    return make_error(errc::invalid_argument,
                      "cannot listen on " + to_string(where) +
                          ": without TLS a node listens on loopback only (127.0.0.1, ::1 or localhost)");
  auto host = where.host == "localhost" ? std::string{"127.0.0.1"} : where.host;
  auto port = sys.middleman().publish(gate, where.port, host.c_str(), true);
  if (port) return *port;
  auto reason = reason_to_refuse(host, where.port);
  return make_error(errc::unavailable,
                    "cannot listen on " + to_string(where) + ": " + (reason.empty() ? text_of(port.error()) : reason));
}

void stop_listening(caf::actor_system& sys, const gate_actor& gate, std::uint16_t port) {
  // The one failure there is, "not published there", is the state asked for.
  static_cast<void>(sys.middleman().unpublish(gate, port));
}

} // namespace xxl::transport
