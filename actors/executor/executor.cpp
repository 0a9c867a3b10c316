#include "actors/executor/executor.hpp"

#include "actors/executor/executor_actors.hpp"
#include "actors/executor/spool.hpp"

#include <caf/scoped_actor.hpp>

#include <utility>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

/// What cancelled handlers and scripts get to end; a script that ignores SIGTERM is killed 2 s after it.
constexpr auto cancel_grace = 2'500ms;
/// How long an actor may take to end; only a blocked disk needs it.
constexpr auto exit_grace = 5'000ms;

} // namespace

class executor_handle::parts {
public:
  parts(caf::actor_system& sys, executor_settings s, handler_registry handlers, const clock& time,
        metrics_ptr counters);
  ~parts() { stop(); }
  bool drain(std::chrono::milliseconds deadline);
  void stop();

private:
  void end(caf::scoped_actor& self, const caf::strong_actor_ptr& who);

  caf::actor_system& sys_;
  std::shared_ptr<process_host> processes_ = std::make_shared<process_host>();
  std::shared_ptr<handler_pool> pool_;
  caf::strong_actor_ptr dialer_; ///< ours, unless it came with the settings
  executor_actors actors_;
  bool stopped_ = false;
};

executor_handle::parts::parts(caf::actor_system& sys, executor_settings s, handler_registry handlers, const clock& time,
                              metrics_ptr counters)
    : sys_{sys} {
  executor_ground ground;
  ground.boot = host_boot_id();
  ground.time = &time;
  ground.counters = std::move(counters);
  ground.processes = processes_;
  ground.make_handlers = [&](auto registry, auto recorder) {
    return pool_ = std::make_shared<handler_pool>(s.max_running, std::move(registry), std::move(recorder));
  };
  try {
    if (s.dialer) {
      ground.dialer = *s.dialer;
    } else if (!s.admins.empty()) {
      ground.dialer = transport::spawn_dialer(sys);
      dialer_ = caf::actor_cast<caf::strong_actor_ptr>(ground.dialer);
    }
    spawn_executor(sys, s, std::move(handlers), ground, actors_);
  } catch (...) {
    stop(); // a destructor does not run for an object that was not made
    throw;
  }
}

bool executor_handle::parts::drain(std::chrono::milliseconds deadline) {
  caf::scoped_actor self{sys_};
  std::optional<bool> told;
  auto ask = [&](std::chrono::milliseconds patience) {
    self->request(actors_.node, patience, drain_request{})
        .receive([&](bool all) { told = all; }, [](const caf::error&) {});
  };
  ask(deadline);
  if (!told) {
    self->send(actors_.runners, cancel_running{});
    ask(cancel_grace);
  }
  return told.value_or(false);
}

void executor_handle::parts::end(caf::scoped_actor& self, const caf::strong_actor_ptr& who) {
  if (!who) return;
  self->monitor(caf::actor_cast<caf::actor>(who));
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  self->receive([](const caf::down_msg&) {}, caf::after(exit_grace) >> [] {});
}

void executor_handle::parts::stop() {
  if (std::exchange(stopped_, true)) return;
  if (pool_) pool_->stop(0ms);
  caf::scoped_actor self{sys_};
  auto end_all = [&](auto&... actors) {
    (end(self, caf::actor_cast<caf::strong_actor_ptr>(std::exchange(actors, nullptr))), ...);
  };
  end_all(actors_.runners, actors_.scripts, actors_.node, actors_.spool);
  processes_.reset();    // kills what is left
  end_all(actors_.logs); // last: the others still log
  end(self, std::exchange(dialer_, nullptr));
  actors_.ended->on_first({});
}

executor_handle::executor_handle(std::unique_ptr<parts> p) : parts_{std::move(p)} {}
executor_handle::executor_handle(executor_handle&&) noexcept = default;
executor_handle& executor_handle::operator=(executor_handle&&) noexcept = default;
executor_handle::~executor_handle() = default;
bool executor_handle::drain(std::chrono::milliseconds deadline) { return parts_->drain(deadline); }
void executor_handle::stop() { parts_->stop(); }

executor_handle start_executor(caf::actor_system& sys, executor_settings settings, handler_registry handlers,
                               const clock& time, metrics_ptr counters) {
  return executor_handle{std::make_unique<executor_handle::parts>(sys, std::move(settings), std::move(handlers), time,
                                                                  std::move(counters))};
}

} // namespace xxl::executor
