#pragma once
// One job that is being edited or asked about. Hands the requests of its job to the catalog in the order they came,
// knows which of them are still unanswered, and offers to leave when it has been idle: a million registered jobs must
// not cost a million actors.

#include "protocol/local.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace xxl::admin {

/// A job actor offers to leave; the registry lets it go if it has sent it no more requests than these.
struct job_idle {
  job_ref job;
  std::uint64_t handled = 0;
};
/// Asks a job actor to answer when everything asked of it before is answered.
struct settle_request {};
struct job_settled {
  std::uint64_t handled = 0;
};

using idle_listener_actor = caf::typed_actor<caf::reacts_to<job_idle>>;

using job_actor = caf::typed_actor<caf::replies_to<describe_atom, job_ref>::with<job_detail>,
                                   caf::replies_to<trigger_atom, trigger_request>::with<trigger_receipt>,
                                   caf::replies_to<pause_atom, pause_request>::with<pause_answer>,
                                   caf::replies_to<next_atom, job_ref, std::uint32_t>::with<std::vector<instant>>,
                                   caf::replies_to<settle_request>::with<job_settled>,
                                   /// INTERNAL: time to look whether it is idle.
                                   caf::reacts_to<caf::tick_atom>>;

struct job_config {
  job_ref job;
  catalog_actor catalog;
  idle_listener_actor registry;
  std::chrono::milliseconds patience{30'000}; ///< how long the catalog may take for one request
  std::chrono::milliseconds idle{30'000};     ///< after that long without a request it offers to leave
  std::size_t limit = 64;                     ///< unanswered requests; more are refused with limit_reached
};

job_actor spawn_job(caf::actor_system& sys, job_config cfg);

} // namespace xxl::admin

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::admin::job_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::admin::settle_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::admin::job_settled)
