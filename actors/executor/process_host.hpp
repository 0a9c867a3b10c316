#pragma once
// Child processes. One thread starts them all, reads their output and collects their ends. It lives as long as this
// object, because PR_SET_PDEATHSIG goes by the thread that forked: a child dies with its executor (guarantees.md §3),
// and with nothing less.
//
// Each child leads a process group of its own; standard input is /dev/null; standard output and error are one pipe, so
// that their order is kept; no other descriptor is inherited.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::executor {

struct process_spec {
  std::vector<std::string> arguments;   ///< the program first: a path, or a name to be looked up in PATH
  std::vector<std::string> environment; ///< "NAME=value", over what this process has
};

struct process_end {
  enum class kind : std::uint8_t { exited, signalled, not_started } how = kind::exited;
  int code = 0; ///< exit code, signal or errno
};

/// The program's path as PATH has it; "" if there is none.
std::string find_program(const std::string& name);

class process_host {
public:
  using line_sink = std::function<void(std::string_view)>;
  using end_sink = std::function<void(const process_end&)>;

  explicit process_host(std::chrono::milliseconds kill_grace = std::chrono::milliseconds{2'000});
  /// Kills what is left, with its groups, and collects it.
  ~process_host();
  process_host(const process_host&) = delete;
  process_host& operator=(const process_host&) = delete;

  /// Starts a child; the sinks are called on the host's thread and must not block, `on_end` once and last. Answers the
  /// child's number for terminate().
  std::uint64_t start(process_spec spec, line_sink on_line, end_sink on_end);
  /// SIGTERM to the group; what is left of it after the grace, or when its leader is gone, gets SIGKILL. Any thread; an
  /// old number is harmless.
  void terminate(std::uint64_t number);

private:
  class reactor;
  std::unique_ptr<reactor> reactor_;
};

} // namespace xxl::executor
