#include "actors/admin/admin_node.hpp"

#include "actors/admin/armed_cache.hpp"
#include "actors/admin/catalog.hpp"
#include "actors/admin/completion.hpp"
#include "actors/admin/election.hpp"
#include "actors/admin/executor_registry.hpp"
#include "actors/admin/gate.hpp"
#include "actors/admin/job_registry.hpp"
#include "actors/admin/ledger.hpp"
#include "actors/admin/node.hpp"
#include "actors/admin/operator_api.hpp"
#include "actors/admin/spec_source.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace xxl::admin {

struct admin_node::parts {
  caf::actor_system& sys;
  admin_settings settings;
  std::shared_ptr<storage::store> store;
  const clock& time;
  metrics_ptr stats;
  trust_ptr leads;
  clock_watch_ptr wall;
  supervisor_actor node;
  election_actor election;
  gate_actor gate;
  operator_actor operators;
  std::vector<caf::actor> children; ///< in order of spawn, the node's actor apart

  parts(caf::actor_system& s, admin_settings a, std::shared_ptr<storage::store> db, const clock& t, metrics_ptr m)
      : sys{s},
        settings{std::move(a)},
        store{std::move(db)},
        time{t},
        stats{std::move(m)},
        leads{std::make_shared<trust>(t)},
        wall{std::make_shared<clock_watch>(t)} {}

  template <class Handle> Handle adopt(Handle child, const char* name) {
    auto plain = caf::actor_cast<caf::actor>(child);
    children.push_back(plain);
    caf::anon_send(node, watch{plain, name});
    return child;
  }
};

admin_node::admin_node(caf::actor_system& sys, admin_settings settings, std::shared_ptr<storage::store> store,
                       const clock& time, metrics_ptr stats)
    : parts_{std::make_unique<parts>(sys, std::move(settings), std::move(store), time, std::move(stats))} {
  auto& p = *parts_;
  auto& how = p.settings.how;
  auto cache = std::make_shared<armed_cache>(*p.stats);
  p.node = spawn_node(sys, {p.leads, p.settings.on_fatal});

  // The ledger first: it ends last, so that what is under way is settled.
  ledger_config complete;
  complete.db = p.store->open_ledger(false);
  complete.leads = p.leads;
  complete.time = &time;
  complete.stats = p.stats;
  complete.duty = p.store->one_writer() ? "ledger" : "complete";
  complete.lease = how.lease;
  complete.listener = p.node;
  auto ledger = p.adopt(spawn_ledger(sys, std::move(complete)), "ledger");
  auto specs = p.adopt(spawn_spec_source(sys, {p.store->open_plan_reader(), cache}), "spec_source");

  catalog_config cat;
  cat.database = p.store->open_catalog();
  cat.time = &time;
  cat.wall = p.wall;
  cat.listener = p.node;
  cat.metrics = p.stats;
  auto catalog = p.adopt(spawn_catalog(sys, std::move(cat)), "catalog");
  auto registry = p.adopt(spawn_executor_registry(sys, {catalog, p.stats, &time}), "executor_registry");
  auto completion = p.adopt(spawn_completion(sys, {ledger, specs, &time, p.stats}), "completion");

  job_registry_config jobs;
  jobs.catalog = catalog;
  jobs.metrics = p.stats;
  auto job_registry = p.adopt(spawn_job_registry(sys, std::move(jobs)), "job_registry");
  operator_api_config api;
  api.catalog = catalog;
  api.jobs = job_registry;
  api.executors = registry;
  api.metrics = p.stats;
  api.stats = [node = p.settings.node, leads = p.leads, stats = p.stats] {
    auto epoch = leads->epoch();
    return node_stats{node, leads->holds(epoch), epoch, stats->snapshot()};
  };
  p.operators = p.adopt(spawn_operator_api(sys, std::move(api)), "operator_api");

  executor_link_config link;
  link.admin = p.settings.node;
  link.registry = registry;
  link.completion = completion;
  link.reports = ledger;
  link.specs = specs;
  link.leads = p.leads;
  link.time = &time;
  link.stats = p.stats;
  link.lease = how.lease;
  p.gate = p.adopt(spawn_gate(sys, {std::move(link), p.operators}), "gate");

  caf::anon_send(
      p.node,
      reign_recipe{{{}, p.leads, &time, p.wall, p.stats, p.store, cache, how, ledger, registry, specs, p.node}});
  election_config vote;
  vote.lock = p.store->open_leader_lock();
  vote.node = p.settings.node;
  vote.address = p.settings.address;
  vote.version = XXL_VERSION;
  vote.wall = p.wall;
  vote.leads = p.leads;
  vote.time = &time;
  vote.stats = p.stats;
  vote.listener = p.node;
  p.election = spawn_election(sys, std::move(vote));
  caf::anon_send(p.node, watch{caf::actor_cast<caf::actor>(p.election), "election"});
}

admin_node::~admin_node() { stop(std::chrono::seconds{5}); }

const gate_actor& admin_node::gate() const { return parts_->gate; }
const operator_actor& admin_node::operators() const { return parts_->operators; }
bool admin_node::leads() const { return parts_->leads->holds(parts_->leads->epoch()); }

void admin_node::stop(std::chrono::milliseconds patience) {
  auto& p = *parts_;
  if (!p.node) return;
  auto until = p.time.boot() + patience;
  caf::scoped_actor self{p.sys};
  auto end = [&](const auto& child) {
    self->monitor(child);
    self->send_exit(child, caf::exit_reason::user_shutdown);
    auto left = std::max<std::chrono::nanoseconds>(until - p.time.boot(), std::chrono::nanoseconds{0});
    self->receive([](const caf::down_msg&) {}, caf::after(left) >> [] {});
  };
  // The node first, so that nobody's orderly end looks like a failure; then leadership, free for another admin at once.
  end(p.node);
  end(p.election);
  p.election = nullptr;
  p.gate = nullptr;
  p.operators = nullptr;
  while (!p.children.empty()) {
    auto child = std::move(p.children.back());
    p.children.pop_back();
    end(child);
  }
  p.node = nullptr;
}

} // namespace xxl::admin
