#pragma once
// What a handler sees: the context of one run, and the result it gives back. Part of the public SDK: the standard
// library only.

#include <chrono>
#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace xxl {

/// How a run ended, in the handler's own words. The message is kept with the trigger, cut at 2,048 bytes.
struct result {
  bool succeeded = true;
  std::string message;

  static result success(std::string message = {}) { return {true, std::move(message)}; }
  static result fail(std::string message) { return {false, std::move(message)}; }
};

/// One run of one job, as its handler sees it. Valid until the handler returns; may be used from several threads of the
/// handler.
class job_context {
public:
  using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

  job_context() = default;
  job_context(const job_context&) = delete;
  job_context& operator=(const job_context&) = delete;
  virtual ~job_context() = default;

  /// The job as "group/name".
  virtual const std::string& job() const = 0;
  /// The job's params, or those of a manual trigger.
  virtual const std::string& params() const = 0;
  /// The id of this attempt; `xxlctl logs` takes it.
  virtual std::int64_t trigger_id() const = 0;
  /// The nominal instant of the schedule: the same for every retry and shard.
  virtual time_point fire_time() const = 0;
  /// When this attempt should really have started.
  virtual time_point planned() const = 0;
  /// What started the run, empty for the schedule. Job, fire time, origin, shard and attempt together name one run for
  /// ever.
  virtual const std::string& origin() const = 0;
  /// 1 for the first attempt.
  virtual int attempt() const = 0;
  /// 0 to shard_total() − 1; 0 of 1 where the run is not a shard.
  virtual int shard_index() const = 0;
  virtual int shard_total() const = 0;
  /// This executor's session: one life of its process, as `xxlctl get executors` shows it.
  virtual std::int64_t session_id() const = 0;

  /// True once the run should end: its timeout ran out or the executor is stopping. It stays true.
  virtual bool cancelled() const = 0;
  /// Waits, at most that long; at once if the run is cancelled. True if it is cancelled.
  virtual bool wait_for(std::chrono::nanoseconds time) = 0;

  /// Appends to the run's log; each line end begins a new line. Never fails: what cannot be kept is counted.
  void log(std::string_view text) { append_log(text); }
  /// Each `{}` of the pattern is replaced by the next argument, written with `<<`.
  template <class... Args>
  requires(sizeof...(Args) > 0) void log(std::string_view pattern, const Args&... args) {
    std::ostringstream text;
    (fill(text, pattern, args), ...);
    text << pattern;
    append_log(text.view());
  }

protected:
  virtual void append_log(std::string_view text) = 0;

private:
  /// Writes the pattern up to its first `{}`, then the argument; what is left stays in `pattern`. A pattern without
  /// `{}` takes none.
  template <class Arg> static void fill(std::ostringstream& text, std::string_view& pattern, const Arg& arg) {
    auto hole = pattern.find("{}");
    if (hole == std::string_view::npos) return;
    text << pattern.substr(0, hole) << arg;
    pattern.remove_prefix(hole + 2);
  }
};

/// Runs one attempt on a thread of its own; it may block. An exception fails the run with the exception's text.
using handler = std::function<result(job_context&)>;

} // namespace xxl
