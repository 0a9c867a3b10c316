#pragma once
// A TCP relay in front of a server on loopback: a network between two processes that can be cut, and a link that breaks
// at a chosen point of a request to PostgreSQL, or changes what passes, as a pooler does.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace xxl::test {

class tcp_relay {
public:
  /// What happens to the next request.
  enum class fault : std::uint8_t {
    none,
    lose_request, ///< the connection breaks before the server hears of it
    lose_answer,  ///< the server answers, and the connection breaks before the client hears of it
    lose_client,  ///< the client's end breaks at once; the server works on and sees nothing of it
  };
  /// What a cut does until heal().
  enum class outage : std::uint8_t {
    none,
    refuse, ///< every connection is reset, new ones too
    stall,  ///< nothing passes; what was under way arrives when it is over
    lose,   ///< nothing passes and what was under way is gone: both ends are reset after 5 s, as by TCP's own timeouts,
            ///< or when it is over
  };
  /// Changes to the bytes on their way; called on the relay's thread.
  struct hooks {
    std::function<void(std::string&)> to_server, to_client;
  };

  explicit tcp_relay(std::uint16_t server_port) : tcp_relay{server_port, hooks{}} {}
  tcp_relay(std::uint16_t server_port, hooks h);
  ~tcp_relay();
  tcp_relay(const tcp_relay&) = delete;
  tcp_relay& operator=(const tcp_relay&) = delete;

  std::uint16_t port() const { return port_; }
  /// For libpq, which must not ask for encryption.
  std::string postgres_url(const std::string& database) const;

  /// The next request is hit; with `client`, the next one of a connection whose first bytes hold that text
  /// (PostgreSQL's application_name).
  void arm(fault f, std::string client = {});
  /// False once it has hit.
  bool armed() const;

  void cut(outage how);
  void heal() { cut(outage::none); }

private:
  using steady = std::chrono::steady_clock;

  /// −1: closed.
  struct end {
    int fd = -1;
    std::string unsent; ///< on its way to this end
  };
  struct link {
    end client, server;
    std::string greeting; ///< the client's first bytes
    fault under = fault::none;
    bool doomed = false; ///< something of it was lost in an outage
  };

  void run();
  void serve(link& l, short client_events, short server_events);
  void accept_one();
  void client_sent(link& l);
  void server_sent(link& l);
  void end_losses();

  std::uint16_t server_port_;
  hooks hooks_;
  int listener_ = -1, wake_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_; // guards what follows
  fault armed_ = fault::none;
  std::string armed_for_;
  outage outage_ = outage::none;
  steady::time_point cut_at_{};
  std::list<link> links_;
  std::thread thread_;
};

} // namespace xxl::test
