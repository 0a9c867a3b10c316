#include "actors/executor/executor.hpp"

#include "actors/executor/builtin_handlers.hpp"
#include "actors/executor/callback_spool.hpp"
#include "actors/executor/executor_node.hpp"
#include "actors/executor/handler_pool.hpp"
#include "actors/executor/log_store.hpp"
#include "actors/executor/process_host.hpp"
#include "actors/executor/runners.hpp"
#include "actors/executor/script_host.hpp"
#include "protocol/random.hpp"
#include "protocol/validate.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <stdexcept>
#include <unistd.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

/// What cancelled handlers and scripts get to end; a script that ignores SIGTERM is killed 2 s after it.
constexpr auto cancel_grace = 2'500ms;
/// How long an actor may take to end; only a blocked disk needs it.
constexpr auto exit_grace = 5'000ms;

std::string host_name() {
  char text[256] = {};
  return ::gethostname(text, sizeof text - 1) == 0 ? text : "unknown-host";
}

executor_hello hello_of(const executor_settings& s, session_id session, std::string boot) {
  executor_hello hello;
  hello.session = session;
  hello.group = s.group;
  hello.name = s.name;
  hello.address = host_name() + " pid " + std::to_string(::getpid());
  hello.version = XXL_VERSION;
  hello.labels = s.labels;
  hello.boot = std::move(boot);
  return hello;
}

void require(bool fine, const std::string& problem) {
  if (!fine) throw std::invalid_argument{"executor settings: " + problem};
}

} // namespace

void check_settings(const executor_settings& s) {
  auto in = [](auto value, auto least, auto most) { return value >= least && value <= most; };
  require(in(s.max_running, 1u, 10'000u), "max_running is " + std::to_string(s.max_running) + "; it may be 1 to 10000");
  require(in(s.queue_limit, 1u, 1'000'000u),
          "queue_limit is " + std::to_string(s.queue_limit) + "; it may be 1 to 1000000");
  require(in(s.credit, 1u, 100'000u), "credit is " + std::to_string(s.credit) + "; it may be 1 to 100000");
  require(s.log_days.count() >= 1, "log_days is " + std::to_string(s.log_days.count()) + "; it must be at least 1");
  require(!s.data.empty(), "data directory is empty");
  require(!s.admins.empty() || s.local_gate, "no admin is named");
  if (auto problem = invalid(hello_of(s, {1}, {}))) require(false, *problem);
}

/// Everything alive, in the order in which it was made; ended in the reverse order.
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
  std::shared_ptr<ended_runs> ended_ = std::make_shared<ended_runs>();
  std::shared_ptr<lease> trust_ = std::make_shared<lease>();
  std::shared_ptr<process_host> processes_;
  std::shared_ptr<handler_pool> pool_;
  caf::strong_actor_ptr dialer_; ///< ours, unless it came with the settings
  executor_node_actor node_;
  log_store_actor logs_;
  callback_spool_actor spool_;
  script_host_actor scripts_;
  runners_actor runners_;
  bool stopped_ = false;
};

executor_handle::parts::parts(caf::actor_system& sys, executor_settings s, handler_registry handlers, const clock& time,
                              metrics_ptr counters)
    : sys_{sys} {
  check_settings(s);
  add_builtin_handlers(handlers);
  auto registry = std::make_shared<const handler_registry>(std::move(handlers));
  // The lock first: nothing else in the data directory is touched before it is ours.
  auto store = std::make_shared<spool>(s.data / "spool");
  auto boot = host_boot_id();
  session_id session{random_id()};
  trust_->begin(session);
  auto log = std::make_shared<log_buffer>(*counters, log_buffer::limits{});
  auto journal = std::make_shared<start_journal>(s.data / "spool", boot);
  if (auto why = journal->begin(session))
    throw std::runtime_error{"cannot begin a start journal in " + (s.data / "spool").string() + ": " + why.message()};
  auto recorder = std::make_shared<run_recorder>(trust_, journal, log, ended_, time, *counters);
  processes_ = std::make_shared<process_host>();
  pool_ = std::make_shared<handler_pool>(s.max_running, registry, recorder);

  transport::dialer_actor dialer;
  if (s.dialer) {
    dialer = *s.dialer;
  } else if (!s.admins.empty()) {
    dialer = transport::spawn_dialer(sys);
    dialer_ = caf::actor_cast<caf::strong_actor_ptr>(dialer);
  }
  try {
    log_segments::limits log_limits;
    log_limits.keep = s.log_days;
    log_limits.total_bytes = s.log_bytes;
    logs_ = spawn_log_store(sys, {s.data / "logs", log_limits, 20ms, log, counters, &time}, placement::own_thread);
    executor_node_config node;
    node.hello = hello_of(s, session, boot);
    node.earlier_starts = journal->before();
    node.admins = s.admins;
    node.local_gate = s.local_gate;
    node.dialer = dialer;
    node.earlier_results = store->before();
    node.trust = trust_;
    node.credit = s.credit;
    node.jitter_seed = static_cast<std::uint32_t>(session.value);
    node.counters = counters;
    node.time = &time;
    node_ = spawn_executor_node(sys, std::move(node));
    spool_ = spawn_callback_spool(sys, {store, journal, node_, counters}, placement::own_thread);
    scripts_ =
        spawn_script_host(sys, {s.data / "scripts", node_, registry, processes_, recorder}, placement::own_thread);
    runners_ = spawn_runners(sys, {{s.max_running, s.queue_limit},
                                   node_,
                                   spool_,
                                   scripts_,
                                   pool_,
                                   registry,
                                   recorder,
                                   ended_,
                                   trust_,
                                   s.on_finished,
                                   counters,
                                   &time});
    caf::anon_send(node_, node_peers{runners_, spool_, logs_});
  } catch (...) {
    stop(); // a destructor does not run for an object that was not made
    throw;
  }
}

bool executor_handle::parts::drain(std::chrono::milliseconds deadline) {
  caf::scoped_actor self{sys_};
  std::optional<bool> told;
  auto ask = [&](std::chrono::milliseconds patience) {
    self->request(node_, patience, drain_request{}).receive([&](bool all) { told = all; }, [](const caf::error&) {});
  };
  ask(deadline);
  if (!told) {
    self->send(runners_, cancel_running{});
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
  end_all(runners_, scripts_, node_, spool_);
  processes_.reset(); // kills what is left
  end_all(logs_);     // last: the others still log
  end(self, std::exchange(dialer_, nullptr));
  ended_->on_first({});
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
