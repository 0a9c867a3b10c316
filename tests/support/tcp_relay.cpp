#include "tests/support/tcp_relay.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace xxl::test {

namespace {

using namespace std::chrono_literals;

/// The Sync message, with which libpq ends a request.
constexpr std::string_view request_end{"S\0\0\0\4", 5};
/// How much is held for an end that reads slower than the other writes.
constexpr std::size_t most_unsent = 1024 * 1024;
/// When a connection of which something was lost is given up by its ends.
constexpr auto silence = 5s;

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

/// Closes it so that the other end sees a reset.
void reset(int& fd) {
  constexpr linger at_once{1, 0};
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  drop(fd);
}

/// What has arrived; empty: the other end is closed.
std::string take(int fd) {
  std::array<char, 65'536> buffer{};
  const auto n = recv(fd, buffer.data(), buffer.size(), 0);
  return {buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

} // namespace

tcp_relay::tcp_relay(std::uint16_t server_port, hooks h) : server_port_{server_port}, hooks_{std::move(h)} {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error{"the relay cannot listen on 127.0.0.1"};
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

tcp_relay::~tcp_relay() {
  stop_ = true;
  eventfd_write(wake_, 1);
  thread_.join();
  for (auto& l : links_) {
    drop(l.client.fd);
    drop(l.server.fd);
  }
  drop(listener_);
  drop(wake_);
}

std::string tcp_relay::postgres_url(const std::string& database) const {
  return "postgresql://xxl@127.0.0.1:" + std::to_string(port_) + "/" + database + "?sslmode=disable";
}

void tcp_relay::arm(fault f, std::string client) {
  std::lock_guard guard{mutex_};
  armed_ = f;
  armed_for_ = std::move(client);
}

bool tcp_relay::armed() const {
  std::lock_guard guard{mutex_};
  return armed_ != fault::none;
}

void tcp_relay::cut(outage how) {
  std::lock_guard guard{mutex_};
  outage_ = how;
  cut_at_ = steady::now();
  if (how == outage::lose)
    for (auto& l : links_) l.doomed = true;
  eventfd_write(wake_, 1);
}

// ---- the relay's thread

void tcp_relay::run() {
  std::vector<pollfd> waiting;
  while (!stop_) {
    int patience = -1;
    {
      std::lock_guard guard{mutex_};
      end_losses();
      waiting.assign({{wake_, POLLIN, 0}, {listener_, POLLIN, 0}});
      for (const auto& l : links_)
        for (auto [self, other] : {std::pair{&l.client, &l.server}, std::pair{&l.server, &l.client}}) {
          const bool reads = other->unsent.size() < most_unsent;
          const auto events = static_cast<short>((reads ? POLLIN : 0) | (self->unsent.empty() ? 0 : POLLOUT));
          // poll() passes over −1; without events it would still tell of a reset, again and again.
          waiting.push_back({outage_ == outage::stall || events == 0 ? -1 : self->fd, events, 0});
        }
      if (outage_ == outage::lose && !links_.empty())
        patience = static_cast<int>(std::max<std::int64_t>(
            std::chrono::ceil<std::chrono::milliseconds>(cut_at_ + silence - steady::now()).count(), 0));
    }
    poll(waiting.data(), waiting.size(), patience);
    std::lock_guard guard{mutex_};
    if (eventfd_t ignored = 0; waiting[0].revents != 0) eventfd_read(wake_, &ignored);
    std::size_t at = 2;
    for (auto& l : links_) {
      serve(l, waiting[at].revents, waiting[at + 1].revents);
      at += 2;
    }
    if (waiting[1].revents != 0) accept_one();
  }
}

/// Connections that do not survive the outage, or its end; and those that are closed.
void tcp_relay::end_losses() {
  const bool given_up = outage_ == outage::lose ? steady::now() >= cut_at_ + silence : outage_ == outage::none;
  for (auto& l : links_)
    if (outage_ == outage::refuse || (l.doomed && given_up)) {
      reset(l.client.fd);
      reset(l.server.fd);
    }
  links_.remove_if([](const link& l) { return l.client.fd < 0 && l.server.fd < 0; });
}

void tcp_relay::serve(link& l, short client_events, short server_events) {
  // The outage may have begun, and the connection ended, since poll() looked.
  if (outage_ == outage::stall || outage_ == outage::refuse) return;
  if (l.client.fd >= 0 && (client_events & ~POLLOUT) != 0) client_sent(l);
  if (l.server.fd >= 0 && (server_events & ~POLLOUT) != 0) server_sent(l);
  if (l.doomed) return; // neither end hears of the other
  for (auto* to : {&l.client, &l.server}) {
    auto& other = to == &l.client ? l.server : l.client;
    if (to->fd >= 0 && !to->unsent.empty()) {
      const auto n = send(to->fd, to->unsent.data(), to->unsent.size(), MSG_NOSIGNAL);
      if (n > 0) to->unsent.erase(0, static_cast<std::size_t>(n));
      if (n < 0 && errno != EAGAIN && errno != ENOTCONN) drop(to->fd); // its end is not there any more
    }
    if (other.fd < 0 && to->unsent.empty() && l.under != fault::lose_client) drop(to->fd);
  }
}

void tcp_relay::accept_one() {
  link l;
  l.client.fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (l.client.fd < 0) return;
  if (outage_ == outage::refuse) return reset(l.client.fd);
  l.doomed = outage_ == outage::lose;
  l.server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto at = loopback(server_port_);
  if (connect(l.server.fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 && errno != EINPROGRESS) {
    drop(l.client.fd);
    drop(l.server.fd);
    return;
  }
  links_.push_back(std::move(l));
}

void tcp_relay::client_sent(link& l) {
  auto bytes = take(l.client.fd);
  if (l.doomed) return bytes.empty() ? drop(l.client.fd) : void();
  if (l.greeting.empty()) l.greeting = bytes;
  if (!bytes.empty() && armed_ != fault::none && l.greeting.find(armed_for_) != std::string::npos)
    l.under = std::exchange(armed_, fault::none);
  if (bytes.empty() || l.under == fault::lose_request) {
    drop(l.client.fd);
    if (bytes.empty()) return;
    return drop(l.server.fd);
  }
  const bool complete = bytes.ends_with(request_end);
  if (hooks_.to_server) hooks_.to_server(bytes);
  l.server.unsent += bytes;
  if (l.under == fault::lose_client && complete) drop(l.client.fd);
}

void tcp_relay::server_sent(link& l) {
  auto bytes = take(l.server.fd);
  if (l.doomed) return bytes.empty() ? drop(l.server.fd) : void();
  if (bytes.empty()) return drop(l.server.fd);
  if (l.under == fault::lose_answer) {
    drop(l.client.fd);
    return drop(l.server.fd);
  }
  if (l.client.fd < 0) return; // nobody hears it
  if (hooks_.to_client) hooks_.to_client(bytes);
  l.client.unsent += bytes;
}

} // namespace xxl::test
