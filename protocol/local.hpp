#pragma once
// Interfaces between actors of one admin process. Their structs never leave it, so they need no inspect(); each is
// allowed as an "unsafe" (local only) message type below.

#include "protocol/actors.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xxl {

/// A group or a job changed (created, edited, paused, resumed): the committing admin's hint. Losing it costs time,
/// nothing else.
struct jobs_changed {
  std::vector<job_id> jobs;
};
struct groups_changed {};
/// Open rows were marked for killing. Those named were waiting: nobody else ends them sooner than this admin.
struct kills_marked {
  struct row {
    trigger_id trigger;
    instant fire{};
  };
  std::vector<row> waiting;
};

/// The database, for people's requests: edits and lists. Detached; owns a storage::catalog.
using catalog_actor = caf::typed_actor<
    caf::replies_to<groups_atom>::with<std::vector<group_view>>,
    /// Creates and edits, in the order given; answers one change per group and job.
    caf::replies_to<apply_atom, apply_request>::with<std::vector<apply_change>>,
    caf::replies_to<jobs_atom, job_query>::with<std::vector<job_view>>,
    caf::replies_to<executors_atom>::with<std::vector<executor_view>>,
    caf::replies_to<triggers_atom, trigger_query>::with<std::vector<trigger_view>>,
    caf::replies_to<describe_atom, job_ref>::with<job_detail>,
    caf::replies_to<trigger_atom, trigger_request>::with<trigger_receipt>,
    caf::replies_to<pause_atom, pause_request>::with<pause_answer>,
    caf::replies_to<kill_atom, kill_request>::with<kill_answer>, caf::replies_to<cluster_atom>::with<cluster_view>,
    caf::replies_to<next_atom, job_ref, std::uint32_t>::with<std::vector<instant>>,
    caf::replies_to<script_atom, job_id, spec_version>::with<script_source>>::extend_with<audit_reader_actor>;

/// Owns the jobs' specifications: wakes a `job` actor for a job that is edited or asked about, passivates it when idle.
using job_registry_actor =
    caf::typed_actor<caf::replies_to<apply_atom, apply_request>::with<std::vector<apply_change>>,
                     caf::replies_to<describe_atom, job_ref>::with<job_detail>,
                     caf::replies_to<trigger_atom, trigger_request>::with<trigger_receipt>,
                     caf::replies_to<pause_atom, pause_request>::with<pause_answer>,
                     caf::replies_to<next_atom, job_ref, std::uint32_t>::with<std::vector<instant>>>;

/// Told of commits that the scheduler should know at once.
using change_listener_actor =
    caf::typed_actor<caf::reacts_to<jobs_changed>, caf::reacts_to<groups_changed>, caf::reacts_to<kills_marked>>;

/// Executors connected to this admin, by session.
using executor_registry_actor = caf::typed_actor<
    /// Sessions connected here.
    caf::replies_to<executors_atom>::with<std::vector<session_id>>,
    /// Lines of a log, from the executor of that session. Errors: unavailable (not connected here), deadline_exceeded.
    caf::replies_to<log_atom, session_id, log_query>::with<log_chunk>>;

} // namespace xxl

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::jobs_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::groups_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::kills_marked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<xxl::session_id>)
