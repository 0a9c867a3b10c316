#include "actors/executor/sdk_runner.hpp"

#include "actors/executor/executor.hpp"
#include "actors/executor/file.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <stdexcept>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace xxl::sdk_detail {
namespace {

/// Waits for SIGINT, SIGTERM or the eventfd. The signals are blocked before any thread starts, so that they come here
/// only.
class stop_signals {
public:
  stop_signals() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGINT);
    ::sigaddset(&set_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
    signals_ = executor::file{::signalfd(-1, &set_, SFD_CLOEXEC)};
    if (!signals_) throw std::system_error{errno, std::generic_category(), "signalfd"};
  }
  ~stop_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  void wait(int stop) const {
    pollfd fds[] = {{signals_.fd(), POLLIN, 0}, {stop, POLLIN, 0}};
    while (::poll(fds, 2, -1) < 0 && errno == EINTR) {}
  }

private:
  sigset_t set_{}, before_{};
  executor::file signals_;
};

std::string host_name() {
  char text[256] = {};
  return ::gethostname(text, sizeof text - 1) == 0 ? text : "executor";
}

executor::executor_settings settings_of(const executor_options& options) {
  executor::executor_settings s;
  s.group = options.group;
  s.name = options.name.empty() ? host_name() : options.name;
  s.data = options.data;
  s.labels = options.labels;
  s.max_running = options.max_running;
  s.queue_limit = options.queue_limit;
  for (auto& text : options.admins) {
    auto where = parse_endpoint(text);
    if (auto* why = std::get_if<std::string>(&where)) throw std::invalid_argument{"admin " + *why};
    s.admins.push_back(std::move(std::get<endpoint>(where)));
  }
  return s;
}

} // namespace

void check_options(const executor_options& options) { executor::check_settings(settings_of(options)); }

int run_executor(const executor_options& options, const std::map<std::string, handler>& handlers, int stop) {
  try {
    stop_signals signals;
    transport::settings caf_settings;
    transport::config config{caf_settings};
    caf::actor_system sys{config};
    if (auto problem = transport::effective_mismatch(sys, caf_settings); !problem.empty())
      throw std::runtime_error{problem};
    executor::handler_registry registry;
    for (auto& [name, fn] : handlers) registry.add(name, fn);
    auto running = executor::start_executor(sys, settings_of(options), std::move(registry), system_clock(),
                                            std::make_shared<metrics>());
    signals.wait(stop);
    spdlog::info("stopping: waiting for what runs, at most {} ms", options.drain.count());
    if (!running.drain(options.drain))
      spdlog::warn("stopped with results that no admin has acknowledged; the next start sends them");
    running.stop();
    return 0;
  } catch (const std::exception& e) {
    spdlog::error("the executor cannot run: {}", e.what());
    return 1;
  }
}

} // namespace xxl::sdk_detail
