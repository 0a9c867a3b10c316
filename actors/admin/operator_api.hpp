#pragma once
// What xxlctl talks to: one actor for all operators. Checks every request (protocol/validate.hpp), asks the actor that
// knows, and says in words what went wrong. Owns nothing but the requests under way.

#include "actors/metrics.hpp"
#include "protocol/local.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>
#include <functional>

namespace xxl::admin {

struct operator_api_config {
  catalog_actor catalog;
  job_registry_actor jobs;
  executor_registry_actor executors;
  std::function<node_stats()> stats;          ///< called by this actor; must be quick and thread-safe
  metrics_ptr metrics;                        ///< operator.requests, operator.refused, operator.under_way; may be null
  std::chrono::milliseconds patience{35'000}; ///< for the database; beyond the catalog's own
  std::chrono::milliseconds log_patience{5'000}; ///< for an executor's log
  std::size_t limit = 256;                       ///< requests under way; more are refused with limit_reached
};

/// Lives until it is told to exit.
operator_actor spawn_operator_api(caf::actor_system& sys, operator_api_config cfg);

} // namespace xxl::admin
