#include "actors/executor/executor_actors.hpp"

#include "actors/executor/builtin_handlers.hpp"
#include "actors/executor/callback_spool.hpp"
#include "actors/executor/executor_node.hpp"
#include "actors/executor/log_store.hpp"
#include "actors/executor/runners.hpp"
#include "actors/executor/script_host.hpp"
#include "protocol/validate.hpp"

#include <caf/send.hpp>

#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

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

void spawn_executor(caf::actor_system& sys, const executor_settings& s, handler_registry handlers,
                    const executor_ground& ground, executor_actors& made) {
  check_settings(s);
  add_builtin_handlers(handlers);
  auto registry = std::make_shared<const handler_registry>(std::move(handlers));
  auto& [boot, time, counters, new_id, dialer, processes, make_handlers, where] = ground;
  // The lock first: nothing else in the data directory is touched before it is ours.
  auto store = std::make_shared<spool>(s.data / "spool");
  session_id session{new_id()};
  auto trust = std::make_shared<lease>();
  trust->begin(session);
  auto log = std::make_shared<log_buffer>(*counters, log_buffer::limits{});
  auto journal = std::make_shared<start_journal>(s.data / "spool", boot);
  if (auto why = journal->begin(session))
    throw std::runtime_error{"cannot begin a start journal in " + (s.data / "spool").string() + ": " + why.message()};
  auto recorder = std::make_shared<run_recorder>(trust, journal, log, made.ended, *time, *counters);
  auto workers = make_handlers(registry, recorder);

  log_segments::limits log_limits;
  log_limits.keep = s.log_days;
  log_limits.total_bytes = s.log_bytes;
  made.logs = spawn_log_store(sys, {s.data / "logs", log_limits, 20ms, log, counters, time}, where);
  executor_node_config node;
  node.hello = hello_of(s, session, boot);
  node.earlier_starts = journal->before();
  node.admins = s.admins;
  node.local_gate = s.local_gate;
  node.dialer = dialer;
  node.earlier_results = store->before();
  node.trust = trust;
  node.new_id = new_id;
  node.credit = s.credit;
  node.jitter_seed = static_cast<std::uint32_t>(session.value);
  node.counters = counters;
  node.time = time;
  made.node = spawn_executor_node(sys, std::move(node));
  made.spool = spawn_callback_spool(sys, {store, journal, made.node, counters}, where);
  made.scripts = spawn_script_host(sys, {s.data / "scripts", made.node, registry, processes, recorder}, where);
  made.runners = spawn_runners(sys, {{s.max_running, s.queue_limit},
                                     made.node,
                                     made.spool,
                                     made.scripts,
                                     workers,
                                     registry,
                                     recorder,
                                     made.ended,
                                     trust,
                                     s.on_finished,
                                     counters,
                                     time});
  caf::anon_send(made.node, node_peers{made.runners, made.spool, made.logs});
}

} // namespace xxl::executor
