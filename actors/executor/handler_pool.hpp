#pragma once
// Threads that run handlers, which may block, outside of CAF's scheduler. Made on demand up to a limit, kept until
// stop(). A handler that never returns keeps its thread; it is left behind when the process ends.

#include "actors/executor/handler_registry.hpp"
#include "actors/executor/run_recorder.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace xxl::executor {

/// A run and the handler that does its work; the handler lives as long as the registry.
struct handler_task {
  run_ptr what;
  const handler* fn = nullptr;
};

/// Does the work of runs; the end of each comes through run_recorder. Tests put another one in place of the pool.
class handler_runner {
public:
  virtual ~handler_runner() = default;
  virtual void submit(std::vector<handler_task> tasks) = 0;
};

class handler_pool final : public handler_runner {
public:
  /// Keeps the registry: its handlers may run when everybody else has let go of it.
  handler_pool(std::size_t max_threads, std::shared_ptr<const handler_registry> registry,
               std::shared_ptr<run_recorder> recorder);
  /// As stop(), without waiting.
  ~handler_pool() override;

  void submit(std::vector<handler_task> tasks) override;
  /// Begins nothing new and waits for the threads, at most that long. True if all have ended.
  bool stop(std::chrono::nanoseconds patience);

private:
  struct shared;
  std::shared_ptr<shared> shared_; ///< with the threads, which may outlive this object
};

} // namespace xxl::executor
