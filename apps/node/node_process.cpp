#include "apps/node/node_process.hpp"

#include "actors/admin/admin_node.hpp"
#include "actors/executor/builtin_handlers.hpp"
#include "actors/executor/executor.hpp"
#include "apps/node/job_loader.hpp"
#include "apps/node/run_printer.hpp"
#include "apps/node/signals.hpp"
#include "cli/version.hpp"
#include "config/secrets.hpp"
#include "protocol/errors.hpp"
#include "storage/store.hpp"
#include "transport/transport.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace xxl::apps {
namespace {

using namespace std::chrono_literals;
using config::node_role;

constexpr auto drain_patience = 30s; ///< running work after SIGTERM
constexpr auto stop_patience = 5s;   ///< everything else

transport::settings transport_of(const config::settings& s) {
  transport::settings t;
  t.threads = s.threads;
  t.heartbeat = s.heartbeat;
  t.connection_timeout = s.connection_timeout;
  return t;
}

admin::scheduling scheduling_of(const config::settings& s) {
  admin::scheduling how;
  how.ring.lead = s.lead;
  how.misfire_threshold = s.misfire_threshold;
  how.dispatch_timeout = s.dispatch_timeout;
  how.lease = s.lease;
  return how;
}

/// The store, migrated. A database that does not answer is waited for; nothing if a signal came first.
std::shared_ptr<storage::store> open_storage(const config::settings& s) {
  std::shared_ptr<storage::store> store = storage::open_store(s.database, s.node);
  for (bool said = false;;) {
    try {
      store->migrate();
      return store;
    } catch (const storage::error& e) {
      if (e.kind == storage::error_kind::fatal || e.kind == storage::error_kind::refused)
        throw storage::error{e.kind, e.state, store->describe() + ": " + e.what()};
      if (!std::exchange(said, true))
        spdlog::warn("{} does not answer: {}; waiting for it", store->describe(), e.what());
    }
    if (auto signal = next_signal(500ms); signal && *signal != SIGHUP) return nullptr;
  }
}

/// One running node. Members end in reverse order: the executor before the admin that it reports to.
class node {
public:
  node(const config::settings& s, caf::actor_system& sys)
      : settings_{s}, sys_{sys}, stats_{std::make_shared<metrics>()} {}

  exit_code run() {
    if (settings_.role != node_role::executor)
      if (auto code = start_admin(); code != ok || !admin_) return code;
    if (settings_.role == node_role::executor) start_executor();
    banner();
    serve();
    stop();
    if (fatal_.empty()) return ok;
    spdlog::critical("stopped: {}", fatal_);
    return failed;
  }

private:
  exit_code start_admin() {
    store_ = open_storage(settings_);
    if (!store_) return ok;
    admin::admin_settings a;
    a.node = settings_.node;
    a.address = to_string(settings_.listen);
    a.how = scheduling_of(settings_);
    a.on_fatal = [this](const std::string& why) { fail(why); };
    admin_ = std::make_unique<admin::admin_node>(sys_, std::move(a), store_, system_clock(), stats_);
    auto port = transport::listen(sys_, admin_->gate(), settings_.listen);
    if (!port) {
      std::fprintf(stderr, "xxl-node: %s\n", text_of(port.error()).c_str());
      admin_->stop(stop_patience);
      return no_address;
    }
    port_ = *port;
    jobs_.emplace(sys_, admin_->operators(), settings_);
    apply_pending_ = settings_.role == node_role::standalone || !settings_.jobs.empty();
    if (!jobs_->read()) {
      admin_->stop(stop_patience);
      return invalid_jobs;
    }
    return ok;
  }

  void start_executor() {
    executor::executor_settings e;
    e.group = settings_.group;
    e.name = settings_.executor_name;
    e.data = settings_.data;
    e.max_running = settings_.max_running;
    e.queue_limit = settings_.queue_limit;
    if (admin_)
      e.local_gate = admin_->gate();
    else
      e.admins = settings_.admins;
    if (settings_.print_runs) e.on_finished = print_run;
    executor::handler_registry handlers;
    executor::add_builtin_handlers(handlers);
    executor_.emplace(executor::start_executor(sys_, std::move(e), std::move(handlers), system_clock(), stats_));
  }

  void banner() const {
    std::string line =
        std::string{"xxl-node "} + cli::version() + ": role " + to_string(settings_.role) + ", node " + settings_.node;
    if (store_) line += ", storage " + store_->describe();
    if (admin_)
      line += ", listening on " + to_string(endpoint{settings_.listen.host, port_}) + " (no TLS: loopback only)";
    if (settings_.role != node_role::admin)
      line +=
          ", executor " + settings_.group + "/" + settings_.executor_name + " with data in " + settings_.data.string();
    if (settings_.role == node_role::executor) {
      line += ", admins";
      for (auto& a : settings_.admins) line += " " + to_string(a);
    }
    spdlog::info("{}", line);
  }

  void serve() {
    for (;;) {
      auto signal = next_signal(apply_pending_ ? 20ms : 1'000ms);
      if (signal && *signal == SIGHUP)
        reload();
      else if (signal) {
        if (fatal_text().empty()) spdlog::info("{}: stopping", *signal == SIGINT ? "SIGINT" : "SIGTERM");
        return;
      }
      // Only the leader applies: with several admins each file would else be applied by all at once.
      if (apply_pending_ && admin_->leads() && jobs_->apply()) apply_pending_ = false;
      // A standalone node's executor comes when its group is there.
      if (!apply_pending_ && !executor_ && settings_.role == node_role::standalone) start_executor();
    }
  }

  void reload() {
    if (!admin_ || settings_.jobs.empty()) return spdlog::info("SIGHUP: this node has no job files to reload");
    if (!admin_->leads()) return spdlog::info("SIGHUP: another admin leads; job files are reloaded there");
    spdlog::info("SIGHUP: reloading job files");
    if (jobs_->read())
      apply_pending_ = true;
    else
      spdlog::error("the job files have problems: nothing of them was applied");
  }

  void stop() {
    if (admin_) transport::stop_listening(sys_, admin_->gate(), port_);
    if (executor_) {
      executor_->drain(drain_patience);
      executor_->stop();
      executor_.reset();
    }
    jobs_.reset();
    if (admin_) admin_->stop(stop_patience);
    admin_.reset();
    store_.reset();
  }

  void fail(const std::string& why) {
    {
      std::lock_guard guard{fatal_mutex_};
      if (!fatal_.empty()) return;
      fatal_ = why;
    }
    ask_to_stop();
  }
  std::string fatal_text() {
    std::lock_guard guard{fatal_mutex_};
    return fatal_;
  }

  const config::settings& settings_;
  caf::actor_system& sys_;
  metrics_ptr stats_;
  std::shared_ptr<storage::store> store_;
  std::unique_ptr<admin::admin_node> admin_;
  std::uint16_t port_ = 0;
  std::optional<job_loader> jobs_;
  bool apply_pending_ = false;
  std::optional<executor::executor_handle> executor_;
  std::mutex fatal_mutex_;
  std::string fatal_;
};

} // namespace

exit_code run_node(const config::settings& settings) {
  auto wanted = transport_of(settings);
  transport::config cfg{wanted};
  caf::actor_system sys{cfg};
  if (auto problem = transport::effective_mismatch(sys, wanted); !problem.empty()) {
    std::fprintf(stderr, "xxl-node: CAF does not run as it was asked to: %s\n", problem.c_str());
    return failed;
  }
  try {
    return node{settings, sys}.run();
  } catch (const storage::error& e) {
    std::fprintf(stderr, "xxl-node: %s\n", config::mask_secrets(e.what()).c_str());
    return no_storage;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "xxl-node: %s\n", e.what());
    return failed;
  }
}

} // namespace xxl::apps
