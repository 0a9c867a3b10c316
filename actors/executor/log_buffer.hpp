#pragma once
// Lines of running jobs on their way to the log store: any thread appends, the store takes all of them at once. On the
// hot path of every run, so a line costs a copy and a short lock. It never fails and never waits: what has no room is
// counted and dropped.

#include "actors/executor/run.hpp"
#include "actors/metrics.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace xxl::executor {

/// What stands before each text in a log segment.
struct log_record {
  std::uint32_t bytes = 0; ///< of the text that follows
  enum kind_type : std::uint32_t { line = 0x4c4f4731, end = 0x4c4f4732 } kind = line;
  std::int64_t trigger = 0;
};
static_assert(sizeof(log_record) == 16);

class log_buffer {
public:
  static constexpr std::size_t line_bytes = 8 * 1024; ///< a longer line goes on in the next one
  struct limits {
    std::uint64_t run_bytes = 16 * 1024 * 1024;  ///< text per run; then a mark, then nothing more
    std::size_t buffer_bytes = 16 * 1024 * 1024; ///< waiting for the store
    std::size_t hurry_bytes = 1024 * 1024;       ///< from here on the store is told not to linger
  };
  log_buffer(metrics& m, limits l);

  /// Appends the text with its time; each line end in it begins a new line.
  void write(run& r, std::string_view text, instant now);
  /// Nothing follows that belongs to the run. Kept however full the buffer is.
  void end(const run& r);

  /// All records since the last call.
  std::string take();
  /// Who is told that records wait: `hurry` is true if there are many. Called by the thread that writes; empty: nobody
  /// any more.
  void on_records(std::function<void(bool hurry)> wake);

private:
  void append(log_record::kind_type kind, trigger_id id, std::string_view stamp, std::string_view text);
  bool within_budget(run& r, std::size_t bytes, std::string_view stamp);

  limits limits_;
  metrics::value& lines_;
  metrics::value& dropped_;
  std::mutex mutex_;
  std::string records_;
  bool hurried_ = false;
  std::function<void(bool)> wake_;
};

} // namespace xxl::executor
