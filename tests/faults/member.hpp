#pragma once
// A process of the cluster under test: it dies, freezes and comes back, and what all its lives said is kept.

#include "tests/e2e/harness/process.hpp"

#include <csignal>
#include <functional>
#include <optional>
#include <string>

namespace xxl::faults {

class member {
public:
  /// `begin` starts one life.
  member(std::string name, std::function<e2e::process()> begin);

  /// Does nothing if it is running.
  void start();
  /// As a service manager does: starts it again if it ended by itself, with an error that it could tell. Does nothing
  /// while it is running.
  void start_again();
  /// SIGKILL; does nothing if it is not running.
  void kill9();
  /// SIGTERM, and waits for its end. Throws unless it exits with 0. Does nothing if it is not running.
  void stop();
  void freeze() const { signal(SIGSTOP); }
  void thaw() const { signal(SIGCONT); }

  /// False if it ended though nobody ended it.
  bool running() const { return program_ && program_->running(); }
  /// Errors and output of every life, in order.
  std::string said() const;

private:
  /// Nothing if it is not running.
  void signal(int number) const;
  void bury();

  std::string name_;
  std::function<e2e::process()> begin_;
  std::optional<e2e::process> program_;
  std::string earlier_; ///< what its earlier lives said
};

} // namespace xxl::faults
