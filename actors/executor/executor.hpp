#pragma once
// Everything that runs on an executor node, put together.

#include "actors/executor/handler_registry.hpp"
#include "actors/metrics.hpp"
#include "protocol/actors.hpp"
#include "protocol/clock.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xxl::executor {

struct executor_settings {
  std::string group;                         ///< the executor group's name: [a-z][a-z0-9-]{3,63}
  std::string name;                          ///< 1 to 128 bytes, stable over restarts
  std::filesystem::path data;                ///< spool, logs, scripts; one directory per process
  std::vector<endpoint> admins;              ///< every admin
  std::optional<gate_actor> local_gate;      ///< standalone: the admin in this process
  std::map<std::string, std::string> labels; ///< at most 64
  std::size_t max_running = 64;              ///< runs at the same time; 1 to 10,000
  std::size_t queue_limit = 1'000;           ///< waiting runs per job; above it they are discarded; at least 1
  std::uint32_t credit = 2'000;              ///< orders on the wire per admin; 1 to 100,000
  std::chrono::days log_days{30};            ///< run logs are kept that long
  std::uint64_t log_bytes = 20ull << 30;     ///< and never more than that; the oldest go first
  /// Told after each run, by an actor: must not block.
  std::function<void(const order&, const outcome&)> on_finished;
  std::optional<transport::dialer_actor> dialer; ///< instead of transport's own
};

/// Throws std::invalid_argument with a text for people if the settings cannot work.
void check_settings(const executor_settings& settings);

/// A running executor. Its functions block and are for the thread that started it, not for actors.
class executor_handle {
public:
  class parts;
  explicit executor_handle(std::unique_ptr<parts> p);
  executor_handle(executor_handle&&) noexcept;
  executor_handle& operator=(executor_handle&&) noexcept;
  /// Stops, if stop() was not called.
  ~executor_handle();

  /// Takes no more orders, gives back what waits, lets running handlers and scripts end and their results reach an
  /// admin, says goodbye. What still runs at the deadline is cancelled and gets 2.5 s more. True if everything was
  /// told; false: results that no admin has acknowledged are in the spool, for the next life. Call stop() next.
  bool drain(std::chrono::milliseconds deadline);

  /// Ends all actors, threads and children; handlers that go on are left behind, children are killed. Returns within
  /// seconds.
  void stop();

private:
  std::unique_ptr<parts> parts_;
};

/// Spawns all executor actors. Throws std::runtime_error (or std::invalid_argument) with a text for people: settings
/// that cannot work, a data directory in use (by which pid) or not usable. The clock must outlive the process's
/// threads: xxl::system_clock() does.
executor_handle start_executor(caf::actor_system& sys, executor_settings settings, handler_registry handlers,
                               const clock& time, metrics_ptr counters);

} // namespace xxl::executor
