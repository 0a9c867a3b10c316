#pragma once
// A temporary PostgreSQL for tests and benches: made with initdb in a directory of its own, stopped and removed with
// the object. Dies with the process that started it, however that ends. Works as root (server programs then run as the
// user postgres).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace xxl::test {

class postgres_server {
public:
  struct options {
    bool tcp = false;                  ///< listen on 127.0.0.1 as well, on a free port
    bool fsync = false;                ///< fault tests and benches: true
    std::vector<std::string> settings; ///< more lines for postgresql.conf: "max_wal_size = 4GB"
  };

  /// Throws std::runtime_error that says what is missing and which package has it, or quotes the server's log.
  explicit postgres_server(options o);
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// One server for the whole test program, on a Unix socket, started at the first call.
  static postgres_server& shared();

  /// A new empty database; its name.
  std::string fresh_database();
  /// A new database, a copy of `name`, to which nobody may be connected.
  std::string fresh_database_from(const std::string& name);
  /// postgresql://… for libpq, over the Unix socket.
  std::string url(const std::string& database) const;
  /// The same over TCP on 127.0.0.1; only with options::tcp.
  std::string tcp_url(const std::string& database) const;
  std::uint16_t port() const noexcept { return port_; }

  /// Stops (fast: connections are ended) and starts again on the same socket and port.
  void restart();
  /// kill -9 of the postmaster; its children are gone when this returns. Nothing if it is not running.
  void kill9();
  /// Stops (fast); nothing if it is not running.
  void stop();
  /// Starts after stop() or kill9(), recovery included.
  void start();
  /// What the server has written to its log.
  std::string log() const;
  /// The postmaster; 0 while stopped.
  pid_t pid() const noexcept { return pid_; }

private:
  class guardian;

  void make_cluster();
  void configure() const;

  options options_;
  std::filesystem::path bin_, directory_;
  std::unique_ptr<guardian> guardian_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
  int databases_ = 0;
};

} // namespace xxl::test
