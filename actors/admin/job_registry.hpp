#pragma once
// The way to a job: wakes a `job` actor for each job that is edited or asked about, and lets it go when it has been
// idle.
//
// Order: requests about one job reach the catalog in the order they came here. They go registry → job → catalog; an
// apply goes straight registry → catalog, as one message. So that it overtakes nothing, it first waits until the awake
// jobs that it names have had all their answers; what comes meanwhile waits behind it, whatever its job. Jobs that are
// asleep have nothing under way.

#include "actors/metrics.hpp"
#include "protocol/local.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>

namespace xxl::admin {

struct job_registry_config {
  catalog_actor catalog;
  std::chrono::milliseconds patience{30'000}; ///< how long the catalog may take for one request
  std::chrono::milliseconds idle{30'000};     ///< a job without a request for that long is passivated
  std::size_t awake_limit = 10'000; ///< job actors; at the limit requests for other jobs are refused with limit_reached
  std::size_t waiting_limit = 1'000; ///< requests waiting behind an apply; more are refused with limit_reached
  metrics_ptr metrics;               ///< job_registry.awake, job_registry.waiting; may be null
};

/// Lives until it is told to exit; takes its job actors along.
job_registry_actor spawn_job_registry(caf::actor_system& sys, job_registry_config cfg);

} // namespace xxl::admin
