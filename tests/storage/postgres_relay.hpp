#pragma once
// A TCP relay in front of PostgreSQL that breaks connections at a chosen point of the next request, or changes what
// passes, as a pooler does.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace xxl::test {

class postgres_relay {
public:
  /// What happens to the next request.
  enum class fault : std::uint8_t {
    none,
    lose_request, ///< the connection breaks before the server hears of it
    lose_answer,  ///< the server answers, and the connection breaks before the client hears of it
    lose_client,  ///< the client's end breaks at once; the server works on and sees nothing of it
  };
  /// Changes to the bytes on their way; called on the relay's thread.
  struct hooks {
    std::function<void(std::string&)> to_server, to_client;
  };

  explicit postgres_relay(std::uint16_t server_port) : postgres_relay{server_port, hooks{}} {}
  postgres_relay(std::uint16_t server_port, hooks h);
  ~postgres_relay();
  postgres_relay(const postgres_relay&) = delete;
  postgres_relay& operator=(const postgres_relay&) = delete;

  std::string url(const std::string& database) const;
  void arm(fault f) { armed_ = f; }

private:
  /// −1: closed.
  struct link {
    int client = -1, server = -1;
    fault under = fault::none;
  };

  void run();
  void accept_one();
  void client_sent(link& l);
  void server_sent(link& l);

  std::uint16_t server_port_;
  hooks hooks_;
  int listener_ = -1, wake_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<fault> armed_{fault::none};
  std::atomic<bool> stop_{false};
  std::vector<link> links_;
  std::thread thread_;
};

} // namespace xxl::test
