#include "apps/node/signals.hpp"

#include <csignal>
#include <ctime>
#include <unistd.h>

namespace xxl::apps {
namespace {

sigset_t ours() {
  sigset_t set;
  ::sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&set, signal);
  return set;
}

} // namespace

void block_signals() {
  auto set = ours();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::optional<int> next_signal(std::chrono::milliseconds wait) {
  auto set = ours();
  auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  timespec limit{seconds.count(), std::chrono::nanoseconds{wait - seconds}.count()};
  auto signal = ::sigtimedwait(&set, nullptr, &limit);
  if (signal < 0) return std::nullopt;
  return signal;
}

void ask_to_stop() { ::kill(::getpid(), SIGTERM); }

} // namespace xxl::apps
