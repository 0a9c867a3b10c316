#pragma once
// Signals as events of the main thread: blocked everywhere, taken here one by one.

#include <chrono>
#include <optional>

namespace xxl::apps {

/// Blocks SIGINT, SIGTERM and SIGHUP for this thread and those it starts, and ignores SIGPIPE. Before any thread is
/// started.
void block_signals();

/// The next signal, waiting at most that long.
std::optional<int> next_signal(std::chrono::milliseconds wait);

/// Makes next_signal() answer SIGTERM; from any thread.
void ask_to_stop();

} // namespace xxl::apps
