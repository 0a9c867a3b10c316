#pragma once
// The whole conversation: every message between nodes and the typed interface of each actor that another module talks
// to. "INTERNAL" marks what an actor sends only to itself. Interfaces between actors of one node carry local structs
// that never leave the process (protocol/local.hpp).

#include "protocol/audit_messages.hpp"
#include "protocol/messages.hpp"

#include <caf/atom.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

CAF_BEGIN_TYPE_ID_BLOCK(xxl_protocol, caf::first_custom_type_id)
// Only what stands alone in a message; members of structs need no id.
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::executor_hello))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::executor_welcome))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::beat_answer))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::order_batch))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::callback_batch))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::return_batch))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::progress_batch))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::inventory_piece))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::life_report))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::kill_batch))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::script_source))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::log_query))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::log_chunk))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::job_id))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::trigger_id))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::session_id))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::epoch_id))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::job_ref))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::apply_request))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::apply_change>))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::group_view>))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::job_query))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::job_view>))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::executor_view>))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::trigger_query))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::trigger_view>))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::job_detail))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::trigger_request))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::trigger_receipt))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::pause_request))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::pause_answer))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::kill_request))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::kill_answer))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::cluster_view))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::node_stats))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::instant>))
CAF_ADD_TYPE_ID(xxl_protocol, (xxl::audit_query))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::audit_job>))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::audit_version>))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::audit_gap>))
CAF_ADD_TYPE_ID(xxl_protocol, (std::vector<xxl::audit_trigger>))

CAF_ADD_ATOM(xxl_protocol, xxl, hello_atom, "xxl hello")
CAF_ADD_ATOM(xxl_protocol, xxl, register_atom, "register")
CAF_ADD_ATOM(xxl_protocol, xxl, beat_atom, "beat")
CAF_ADD_ATOM(xxl_protocol, xxl, credit_atom, "credit")
CAF_ADD_ATOM(xxl_protocol, xxl, lead_atom, "lead")
CAF_ADD_ATOM(xxl_protocol, xxl, run_atom, "run")
CAF_ADD_ATOM(xxl_protocol, xxl, callback_atom, "callback")
CAF_ADD_ATOM(xxl_protocol, xxl, ack_atom, "ack")
CAF_ADD_ATOM(xxl_protocol, xxl, return_atom, "return")
CAF_ADD_ATOM(xxl_protocol, xxl, progress_atom, "progress")
CAF_ADD_ATOM(xxl_protocol, xxl, holds_atom, "holds")
CAF_ADD_ATOM(xxl_protocol, xxl, life_atom, "life")
CAF_ADD_ATOM(xxl_protocol, xxl, settled_atom, "settled")
CAF_ADD_ATOM(xxl_protocol, xxl, script_atom, "script")
CAF_ADD_ATOM(xxl_protocol, xxl, log_atom, "log")
CAF_ADD_ATOM(xxl_protocol, xxl, bye_atom, "bye")
CAF_ADD_ATOM(xxl_protocol, xxl, drain_atom, "drain")
CAF_ADD_ATOM(xxl_protocol, xxl, apply_atom, "apply")
CAF_ADD_ATOM(xxl_protocol, xxl, groups_atom, "groups")
CAF_ADD_ATOM(xxl_protocol, xxl, jobs_atom, "jobs")
CAF_ADD_ATOM(xxl_protocol, xxl, executors_atom, "executors")
CAF_ADD_ATOM(xxl_protocol, xxl, triggers_atom, "triggers")
CAF_ADD_ATOM(xxl_protocol, xxl, describe_atom, "describe")
CAF_ADD_ATOM(xxl_protocol, xxl, trigger_atom, "trigger")
CAF_ADD_ATOM(xxl_protocol, xxl, pause_atom, "pause")
CAF_ADD_ATOM(xxl_protocol, xxl, kill_atom, "kill")
CAF_ADD_ATOM(xxl_protocol, xxl, cluster_atom, "cluster")
CAF_ADD_ATOM(xxl_protocol, xxl, next_atom, "next")
CAF_ADD_ATOM(xxl_protocol, xxl, stats_atom, "stats")
CAF_ADD_ATOM(xxl_protocol, xxl, audit_atom, "audit")
CAF_ADD_ATOM(xxl_protocol, xxl, versions_atom, "versions")
CAF_ADD_ATOM(xxl_protocol, xxl, gaps_atom, "gaps")
CAF_END_TYPE_ID_BLOCK(xxl_protocol)

namespace xxl {

/// The one published actor of an admin. Its single message never changes: whoever connects names the protocols it
/// speaks (oldest, newest), its kind ("executor", "operator"), its name and its own actor, and gets the protocol agreed
/// and the actor to talk to from now on: for protocol 1 an executor_link_actor or an operator_actor. Errors:
/// protocol_mismatch, invalid_argument.
using gate_actor = caf::typed_actor<caf::replies_to<hello_atom, std::uint32_t, std::uint32_t, std::string, std::string,
                                                    caf::strong_actor_ptr>::with<std::uint32_t, caf::strong_actor_ptr>>;

/// An executor node, as an admin sees it. All messages count only on the connection of that admin's newest hello.
using executor_actor = caf::typed_actor<
    /// This admin leads under that epoch: adopt it, then answer with the inventory (holds_atom).
    caf::reacts_to<lead_atom, epoch_id>,
    /// Run these. What is refused comes back as return_batch.
    caf::reacts_to<run_atom, order_batch>,
    /// The callback batch of that number is committed.
    caf::reacts_to<ack_atom, std::uint64_t>,
    /// Every row of that earlier life is settled: its journal may go.
    caf::reacts_to<settled_atom, session_id>,
    /// These end as killed, whatever this executor knows of them; told again on every connection until they have.
    caf::reacts_to<kill_atom, kill_batch>,
    /// Lines of a log.
    caf::replies_to<log_atom, log_query>::with<log_chunk>>;

/// One executor connection on an admin; given to the executor by the gate.
using executor_link_actor = caf::typed_actor<
    /// The first message. Errors: invalid_argument, not_found (group), session_ended, name_in_use.
    caf::replies_to<register_atom, executor_hello>::with<executor_welcome>,
    /// Renews the lease at the leader. Error: session_ended.
    caf::replies_to<beat_atom, session_id, std::uint64_t>::with<beat_answer>,
    /// Grants that many more orders.
    caf::reacts_to<credit_atom, std::uint32_t>,
    /// A piece of the inventory after lead_atom.
    caf::reacts_to<holds_atom, inventory_piece>,
    /// Results; acknowledged by ack_atom after the commit.
    caf::reacts_to<callback_atom, callback_batch>,
    /// Orders given back.
    caf::reacts_to<return_atom, return_batch>,
    /// Lazy report of what is still open.
    caf::reacts_to<progress_atom, progress_batch>,
    /// What an earlier life had started; answered by settled_atom once its rows are settled.
    caf::reacts_to<life_atom, life_report>,
    /// The source of a script. Errors: not_found, unavailable.
    caf::replies_to<script_atom, job_id, spec_version>::with<script_source>,
    /// The executor is leaving: it takes no more orders and its session may end at once.
    caf::reacts_to<bye_atom, session_id>>;

/// The lists that an audit replays, page by page. Jobs are read first: what they plan from then on, the audit leaves
/// alone. A page may end early, because a message holds only so many bytes: only an empty one is the last.
using audit_reader_actor =
    caf::typed_actor<caf::replies_to<audit_atom, jobs_atom, audit_query>::with<std::vector<audit_job>>,
                     caf::replies_to<audit_atom, versions_atom, audit_query>::with<std::vector<audit_version>>,
                     caf::replies_to<audit_atom, gaps_atom, audit_query>::with<std::vector<audit_gap>>,
                     /// Open rows and history as of one moment.
                     caf::replies_to<audit_atom, triggers_atom, audit_query>::with<std::vector<audit_trigger>>>;

/// What xxlctl talks to; given to it by the gate. Every request may answer an error with a text for people
/// (protocol/errors.hpp).
using operator_actor = caf::typed_actor<caf::replies_to<apply_atom, apply_request>::with<std::vector<apply_change>>,
                                        caf::replies_to<groups_atom>::with<std::vector<group_view>>,
                                        caf::replies_to<jobs_atom, job_query>::with<std::vector<job_view>>,
                                        caf::replies_to<executors_atom>::with<std::vector<executor_view>>,
                                        caf::replies_to<triggers_atom, trigger_query>::with<std::vector<trigger_view>>,
                                        caf::replies_to<describe_atom, job_ref>::with<job_detail>,
                                        caf::replies_to<trigger_atom, trigger_request>::with<trigger_receipt>,
                                        caf::replies_to<pause_atom, pause_request>::with<pause_answer>,
                                        caf::replies_to<kill_atom, kill_request>::with<kill_answer>,
                                        caf::replies_to<cluster_atom>::with<cluster_view>,
                                        caf::replies_to<log_atom, log_query>::with<log_chunk>,
                                        /// The next fires of a job, at most that many.
                                        caf::replies_to<next_atom, job_ref, std::uint32_t>::with<std::vector<instant>>,
                                        caf::replies_to<stats_atom>::with<node_stats>>::extend_with<audit_reader_actor>;

} // namespace xxl

// Typed handles travel in messages too; a second block, because the interfaces need the atoms of the first.
CAF_BEGIN_TYPE_ID_BLOCK(xxl_handles, caf::id_block::xxl_protocol::end)
CAF_ADD_TYPE_ID(xxl_handles, (xxl::gate_actor))
CAF_ADD_TYPE_ID(xxl_handles, (xxl::executor_actor))
CAF_ADD_TYPE_ID(xxl_handles, (xxl::executor_link_actor))
CAF_ADD_TYPE_ID(xxl_handles, (xxl::operator_actor))
CAF_END_TYPE_ID_BLOCK(xxl_handles)
