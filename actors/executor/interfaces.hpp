#pragma once
// What the actors of one executor node say to each other. None of it leaves the process: the structs need no inspect(),
// each is allowed as an "unsafe" (local only) message below.

#include "actors/executor/run.hpp"
#include "protocol/actors.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace xxl::executor {

/// Where an actor lives: on a thread of its own in production, because it blocks; in the pool under the test
/// coordinator.
enum class placement : std::uint8_t { own_thread, pooled };

// ---- orders: node → runners

/// Orders that the node has accepted.
struct intake {
  session_id session;
  epoch_id epoch;
  std::uint64_t connection = 0;
  std::vector<order> orders;
};
/// The runners' queues have taken (or discarded) that many orders of that connection.
struct orders_taken {
  std::uint64_t connection = 0;
  std::uint32_t count = 0;
};
/// Start what waits, if the lease is trusted.
struct start_waiting {};
/// Give back everything that has not started.
struct give_back_waiting {
  state_reason reason = state_reason::not_started;
};
/// Ask every running handler and script to end.
struct cancel_running {};
/// Orders given back without having started.
struct runs_given_back {
  state_reason reason = state_reason::not_started;
  std::vector<run_ptr> runs;
};
/// What is still open after about a second.
struct open_report {
  std::vector<progress> triggers;
};
/// INTERNAL to the runners.
struct runs_ended_tick {};
struct deadline_tick {};
struct report_tick {};

// ---- results: runners → spool → node

struct results {
  session_id session;
  std::vector<outcome> outcomes;
};
/// The results are in the spool and may be sent.
struct results_spooled {
  results what;
};
/// These results are committed: the spool may forget them.
struct results_committed {
  session_id session;
  std::vector<trigger_id> triggers;
};
/// A new session begins in this process.
struct session_began {
  session_id session;
};
/// Its journal is there: a leader may hear of it.
struct session_noted {
  session_id session;
};
/// Every row of that earlier life is settled: its start journal may go.
struct life_over {
  session_id life;
};
/// Of the orders that the runners got.
struct kill_runs {
  std::vector<killed_order> orders;
};
/// Whether the spool can be written.
struct spool_health {
  bool writable = true;
};
/// INTERNAL to the spool.
struct spool_retry_tick {};

// ---- logs

/// INTERNAL to the log store: records wait.
struct log_records_tick {
  bool hurry = false;
};
struct log_write_tick {};

// ---- scripts

/// Runs whose work is a script or a command.
struct processes_to_start {
  std::vector<run_ptr> runs;
};
/// INTERNAL to the script host: asks again for a source that could not be had.
struct source_retry_tick {
  job_id job;
  spec_version version = 0;
};

// ---- connections: one relay per hello → node

struct lead_told {
  std::uint64_t connection = 0;
  epoch_id epoch;
};
struct orders_came {
  std::uint64_t connection = 0;
  order_batch batch;
};
struct ack_came {
  std::uint64_t connection = 0;
  std::uint64_t number = 0;
};
struct settled_came {
  std::uint64_t connection = 0;
  session_id life;
};
/// People want these killed.
struct kill_came {
  std::uint64_t connection = 0;
  kill_batch batch;
};

// ---- the life of the node

/// INTERNAL to the node.
struct dial_tick {
  std::size_t admin = 0;
  std::uint64_t connection = 0; ///< that failed; an older tick counts no more
};
struct beat_tick {
  std::uint64_t connection = 0;
};
struct callback_tick {};
struct lease_tick {};
struct forget_tick {};
/// Take no more orders, give back what waits, let the rest end and its results arrive. Answered when that is done, or
/// never: the asker has a deadline.
struct drain_request {};

using script_host_actor = caf::typed_actor<caf::reacts_to<processes_to_start>, caf::reacts_to<source_retry_tick>>;

using runners_actor =
    caf::typed_actor<caf::reacts_to<intake>, caf::reacts_to<start_waiting>, caf::reacts_to<give_back_waiting>,
                     caf::reacts_to<kill_runs>, caf::reacts_to<cancel_running>, caf::reacts_to<runs_ended_tick>,
                     caf::reacts_to<deadline_tick>, caf::reacts_to<report_tick>>;

using callback_spool_actor =
    caf::typed_actor<caf::reacts_to<results>, caf::reacts_to<results_committed>, caf::reacts_to<session_began>,
                     caf::reacts_to<life_over>, caf::reacts_to<spool_retry_tick>>;

using log_store_actor = caf::typed_actor<caf::reacts_to<log_records_tick>, caf::reacts_to<log_write_tick>,
                                         caf::replies_to<log_atom, log_query>::with<log_chunk>>;

/// Given to the node once, before it dials anybody: they know the node, the node them.
struct node_peers {
  runners_actor runners;
  callback_spool_actor spool;
  log_store_actor logs;
};

using executor_node_actor =
    caf::typed_actor<caf::reacts_to<node_peers>, caf::reacts_to<lead_told>, caf::reacts_to<orders_came>,
                     caf::reacts_to<ack_came>, caf::reacts_to<settled_came>, caf::reacts_to<kill_came>,
                     caf::reacts_to<orders_taken>, caf::reacts_to<runs_given_back>, caf::reacts_to<open_report>,
                     caf::reacts_to<results_spooled>, caf::reacts_to<spool_health>, caf::reacts_to<session_noted>,
                     caf::reacts_to<dial_tick>, caf::reacts_to<beat_tick>, caf::reacts_to<callback_tick>,
                     caf::reacts_to<lease_tick>, caf::reacts_to<forget_tick>,
                     /// The source of a script, from the admin behind that connection or another one. Errors:
                     /// not_found, unavailable.
                     caf::replies_to<script_atom, job_id, spec_version, std::uint64_t>::with<script_source>,
                     caf::replies_to<drain_request>::with<bool>>;

} // namespace xxl::executor

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::intake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::orders_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::start_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::give_back_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::cancel_running)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::runs_given_back)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::open_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::runs_ended_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::deadline_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::report_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::results)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::results_spooled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::results_committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::session_began)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::session_noted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::spool_health)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::spool_retry_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::log_records_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::log_write_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::processes_to_start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::source_retry_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::lead_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::orders_came)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::ack_came)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::settled_came)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::kill_came)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::kill_runs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::life_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::dial_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::beat_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::callback_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::lease_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::forget_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::drain_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::executor::node_peers)
