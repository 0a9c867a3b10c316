#pragma once
// An executor program in three calls: name it, add handlers, run. Part of the public SDK: the standard library only.

#include "xxl/executor_options.hpp"
#include "xxl/handler.hpp"

#include <memory>
#include <string>

namespace xxl {
// Inline, because the folder actors/executor owns a namespace of the same name: for a program that includes only the
// SDK this is xxl::executor.
inline namespace sdk {

class executor {
public:
  /// Throws std::invalid_argument for options that cannot work, with a text for people.
  explicit executor(executor_options options);
  ~executor();
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;

  /// Before run(). The built-in handlers (demo, noop, command) may be replaced. Throws std::invalid_argument if the
  /// name is empty, longer than 128 bytes or was added before.
  void add_handler(std::string name, handler fn);

  /// Runs orders until stop(), SIGINT or SIGTERM, then lets running handlers end (options.drain) and returns 0; 1 with
  /// a message on stderr if it could not start. Blocks; call it once.
  int run();

  /// Ends run(). From any thread, and from a signal handler.
  void stop() noexcept;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace sdk
} // namespace xxl
