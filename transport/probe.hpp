#pragma once
// Whether anybody listens at an address, asked without blocking: CAF's own connect() blocks every other dial of the
// node for as long as an address swallows our SYNs (minutes). Owns its sockets; they are closed with it.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace xxl::transport {

class probe {
public:
  enum class state { pending, reached, failed };

  /// Resolves the host (which may block, for names) and begins to connect to all its addresses at once.
  probe(const std::string& host, std::uint16_t port);
  ~probe();
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;

  /// Waits at most that long for a connection to stand or for the last address to fail.
  state wait(std::chrono::milliseconds most);
  /// The numeric address that was reached.
  const std::string& address() const { return address_; }
  /// Why the last address failed, in words.
  const std::string& problem() const { return problem_; }

private:
  struct attempt {
    int fd = -1;
    std::string address;
  };
  /// Ends the attempt at that index.
  void drop(std::size_t index);

  std::vector<attempt> attempts_;
  std::string address_;
  std::string problem_;
};

} // namespace xxl::transport
