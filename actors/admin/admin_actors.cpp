#include "actors/admin/admin_actors.hpp"

#include "actors/admin/armed_cache.hpp"
#include "actors/admin/catalog.hpp"
#include "actors/admin/completion.hpp"
#include "actors/admin/election.hpp"
#include "actors/admin/executor_registry.hpp"
#include "actors/admin/gate.hpp"
#include "actors/admin/job_registry.hpp"
#include "actors/admin/ledger.hpp"
#include "actors/admin/operator_api.hpp"
#include "actors/admin/spec_source.hpp"
#include "schedule/timetable.hpp"

#include <caf/send.hpp>

#include <utility>

namespace xxl::admin {

admin_actors spawn_admin(caf::actor_system& sys, const admin_settings& settings, const admin_ground& ground) {
  auto& [store, time, stats, random, detached] = ground;
  auto& how = settings.how;
  admin_actors made;
  made.leads = std::make_shared<trust>(*time);
  auto wall = made.wall = std::make_shared<clock_watch>(*time);
  auto cache = std::make_shared<armed_cache>(*stats);
  auto node = spawn_node(sys, {made.leads, settings.on_fatal});
  std::vector<caf::actor> children; // in order of spawn
  auto adopt = [&](auto child, const char* name) {
    children.push_back(caf::actor_cast<caf::actor>(child));
    caf::anon_send(node, watch{children.back(), name});
    return child;
  };

  ledger_config complete;
  complete.db = store->open_ledger(false);
  complete.leads = made.leads;
  complete.time = wall;
  complete.stats = stats;
  complete.duty = store->one_writer() ? "ledger" : "complete";
  complete.lease = how.lease;
  complete.listener = node;
  auto ledger = adopt(spawn_ledger(sys, std::move(complete), detached), "ledger");
  auto specs = adopt(spawn_spec_source(sys, {store->open_plan_reader(), cache}, detached), "spec_source");

  catalog_config cat;
  cat.database = store->open_catalog();
  cat.time = wall;
  cat.wall = wall;
  cat.listener = node;
  cat.metrics = stats;
  cat.detached = detached;
  cat.zones_changed = [cache] {
    auto changed = schedule::refresh_zones();
    if (changed) cache->clear();
    return changed;
  };
  auto catalog = adopt(spawn_catalog(sys, std::move(cat)), "catalog");
  auto registry = adopt(spawn_executor_registry(sys, {catalog, stats, wall}), "executor_registry");
  auto completion = adopt(spawn_completion(sys, {ledger, specs, wall, stats}), "completion");

  job_registry_config jobs;
  jobs.catalog = catalog;
  jobs.metrics = stats;
  auto job_registry = adopt(spawn_job_registry(sys, std::move(jobs)), "job_registry");
  operator_api_config api;
  api.catalog = catalog;
  api.jobs = job_registry;
  api.executors = registry;
  api.metrics = stats;
  api.stats = [name = settings.node, leads = made.leads, values = stats] {
    auto epoch = leads->epoch();
    return node_stats{name, leads->holds(epoch), epoch, values->snapshot()};
  };
  made.operators = adopt(spawn_operator_api(sys, std::move(api)), "operator_api");

  executor_link_config link;
  link.admin = settings.node;
  link.registry = registry;
  link.completion = completion;
  link.reports = ledger;
  link.specs = specs;
  link.leads = made.leads;
  link.time = wall;
  link.stats = stats;
  link.lease = how.lease;
  made.gate = adopt(spawn_gate(sys, {std::move(link), made.operators}), "gate");

  reign_config reign;
  reign.leads = made.leads;
  reign.time = wall;
  reign.wall = wall;
  reign.stats = stats;
  reign.store = store;
  reign.cache = cache;
  reign.how = how;
  reign.completions = ledger;
  reign.registry = registry;
  reign.specs = specs;
  reign.listener = node;
  reign.random = random;
  reign.detached = detached;
  caf::anon_send(node, reign_recipe{std::move(reign)});
  election_config vote;
  vote.lock = store->open_leader_lock();
  vote.node = settings.node;
  vote.address = settings.address;
  vote.version = XXL_VERSION;
  vote.wall = wall;
  vote.leads = made.leads;
  vote.time = borrowed(*time); // it measures the others' clock
  vote.stats = stats;
  vote.listener = node;
  vote.jitter_seed = static_cast<std::uint32_t>(random());
  auto election = adopt(spawn_election(sys, std::move(vote), detached), "election");

  made.in_order_of_end.push_back(caf::actor_cast<caf::actor>(node));
  made.in_order_of_end.insert(made.in_order_of_end.end(), children.rbegin(), children.rend());
  return made;
}

} // namespace xxl::admin
