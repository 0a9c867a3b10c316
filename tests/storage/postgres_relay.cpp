#include "tests/storage/postgres_relay.hpp"

#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace xxl::test {

namespace {

/// The Sync message, with which libpq ends a request.
constexpr std::string_view request_end{"S\0\0\0\4", 5};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

void drop(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

/// What has arrived; empty: the other end is closed.
std::string take(int fd) {
  std::array<char, 65'536> buffer{};
  const auto n = recv(fd, buffer.data(), buffer.size(), 0);
  return {buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

void put(int fd, std::string_view bytes) {
  while (fd >= 0 && !bytes.empty()) {
    const auto n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return; // the other side's end is seen when it is read
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

} // namespace

postgres_relay::postgres_relay(std::uint16_t server_port, hooks h) : server_port_{server_port}, hooks_{std::move(h)} {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  wake_ = eventfd(0, EFD_CLOEXEC);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error{"the relay cannot listen on 127.0.0.1"};
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

postgres_relay::~postgres_relay() {
  stop_ = true;
  eventfd_write(wake_, 1);
  thread_.join();
  for (auto& l : links_) {
    drop(l.client);
    drop(l.server);
  }
  drop(listener_);
  drop(wake_);
}

std::string postgres_relay::url(const std::string& database) const {
  return "postgresql://xxl@127.0.0.1:" + std::to_string(port_) + "/" + database + "?sslmode=disable";
}

void postgres_relay::run() {
  while (!stop_) {
    std::vector<pollfd> waiting{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& l : links_) {
      waiting.push_back({l.client, POLLIN, 0}); // poll passes over −1
      waiting.push_back({l.server, POLLIN, 0});
    }
    poll(waiting.data(), waiting.size(), -1);
    for (std::size_t i = 0; i < links_.size(); ++i) {
      if (waiting[2 + 2 * i].revents != 0) client_sent(links_[i]);
      if (waiting[3 + 2 * i].revents != 0 && links_[i].server >= 0) server_sent(links_[i]);
    }
    if (waiting[1].revents != 0) accept_one();
  }
}

void postgres_relay::accept_one() {
  link l;
  l.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  l.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto at = loopback(server_port_);
  if (connect(l.server, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    drop(l.client);
    drop(l.server);
    return;
  }
  links_.push_back(l);
}

void postgres_relay::client_sent(link& l) {
  auto bytes = take(l.client);
  if (const auto f = bytes.empty() ? fault::none : armed_.exchange(fault::none); f != fault::none) l.under = f;
  if (bytes.empty() || l.under == fault::lose_request) {
    drop(l.client);
    drop(l.server);
    return;
  }
  const bool complete = bytes.ends_with(request_end);
  if (hooks_.to_server) hooks_.to_server(bytes);
  put(l.server, bytes);
  if (l.under == fault::lose_client && complete) drop(l.client);
}

void postgres_relay::server_sent(link& l) {
  auto bytes = take(l.server);
  if (bytes.empty() || l.under == fault::lose_answer) {
    drop(l.client);
    drop(l.server);
    return;
  }
  if (hooks_.to_client) hooks_.to_client(bytes);
  put(l.client, bytes);
}

} // namespace xxl::test
