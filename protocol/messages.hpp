#pragma once
// What nodes say to each other, protocol version 1. A struct is never changed in place: a new version is a new struct
// (design.md §4.9). Everything that comes from another node is checked by protocol/validate.hpp before it is used.

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"
#include "protocol/inspect_std.hpp"
#include "protocol/job_spec.hpp"

#include <caf/meta/type_name.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace xxl {

/// The newest and the oldest protocol this build speaks; the gate agrees on the highest that both sides know.
inline constexpr std::uint32_t protocol_newest = 1;
inline constexpr std::uint32_t protocol_oldest = 1;

// ---- executor ⇄ admin

/// An executor introduces one life of its process to an admin.
struct executor_hello {
  session_id session;
  std::string group;
  std::string name;    ///< stable over restarts
  std::string address; ///< for people: host and pid; executors dial, nobody dials them
  std::string version; ///< of the software
  std::map<std::string, std::string> labels;
  std::string boot; ///< the host's boot id
  /// Earlier lives under the same spool, on the same boot, that are not settled: those that are not over end with this
  /// hello, and a life_report of each follows.
  std::vector<session_id> lives;
  epoch_id highest_epoch; ///< the highest epoch any order or adoption has named so far
};
template <class I> typename I::result_type inspect(I& f, executor_hello& x) {
  return f(caf::meta::type_name("executor_hello"), x.session, x.group, x.name, x.address, x.version, x.labels, x.boot,
           x.lives, x.highest_epoch);
}

/// The admin's answer to a hello.
struct executor_welcome {
  std::string admin;                  ///< the admin node's name
  std::chrono::milliseconds beat{0};  ///< how often to beat
  std::chrono::milliseconds lease{0}; ///< how long a beat is good for, counted from when it was sent
};
template <class I> typename I::result_type inspect(I& f, executor_welcome& x) {
  return f(caf::meta::type_name("executor_welcome"), x.admin, x.beat, x.lease);
}

/// The answer to a beat.
struct beat_answer {
  std::uint64_t sequence = 0; ///< of the beat that is answered
  bool leads = false;         ///< only beats to the leader renew the lease
  epoch_id epoch;             ///< of the leader, 0 if this admin does not lead
};
template <class I> typename I::result_type inspect(I& f, beat_answer& x) {
  return f(caf::meta::type_name("beat_answer"), x.sequence, x.leads, x.epoch);
}

/// One attempt, to be run at once. What it needs of the job's specification travels with it; a script's source does
/// not.
struct order {
  trigger_id trigger;
  job_id job;
  spec_version version = 0;
  std::string job_name;    ///< "group/name", for people
  instant fire{};          ///< nominal instant of the schedule
  instant planned{};       ///< when it should really start; lateness counts from here
  std::string origin;      ///< part of the key, empty for the schedule
  std::int16_t shard = -1; ///< -1: not a shard
  std::int16_t shards = 0;
  std::int16_t attempt = 1;
  std::int16_t handed = 0; ///< how often the row was handed back before (guarantees.md §3)
  trigger_cause cause = trigger_cause::schedule;
  work_spec work; ///< a script's source is empty here
  std::string params;
  std::chrono::milliseconds timeout{0}; ///< 0: none
  block_strategy block = block_strategy::serial;
  bool follows = false; ///< something may follow the end (a fixed delay, a retry): echoed in the outcome, so that the
                        ///< completing admin reads the specification only where it must
};
template <class I> typename I::result_type inspect(I& f, order& x) {
  return f(caf::meta::type_name("order"), x.trigger, x.job, x.version, x.job_name, x.fire, x.planned, x.origin, x.shard,
           x.shards, x.attempt, x.handed, x.cause, x.work, x.params, x.timeout, x.block, x.follows);
}

/// At most limits::batch_items and limits::batch_bytes.
struct order_batch {
  epoch_id epoch;
  session_id session;
  std::vector<order> orders;
};
template <class I> typename I::result_type inspect(I& f, order_batch& x) {
  return f(caf::meta::type_name("order_batch"), x.epoch, x.session, x.orders);
}

/// The end of one attempt, as the executor saw it.
struct outcome {
  trigger_id trigger;
  job_id job;
  spec_version version = 0;
  instant fire{};
  std::int16_t attempt = 1; ///< as the order had it
  instant started{};        ///< the handler's start; the epoch if it never started
  instant ended{};
  trigger_state state = trigger_state::succeeded; ///< a final one
  state_reason reason = state_reason::none;
  std::string message;  ///< at most limits::message_bytes
  bool follows = false; ///< as the order had it
};
template <class I> typename I::result_type inspect(I& f, outcome& x) {
  return f(caf::meta::type_name("outcome"), x.trigger, x.job, x.version, x.fire, x.attempt, x.started, x.ended, x.state,
           x.reason, x.message, x.follows);
}

/// Callbacks, in batches, to any admin. Acknowledged by `number` after the commit.
struct callback_batch {
  session_id session;       ///< the life that ran these attempts
  std::uint64_t number = 0; ///< the executor's own count, for the acknowledgement
  std::vector<outcome> outcomes;
};
template <class I> typename I::result_type inspect(I& f, callback_batch& x) {
  return f(caf::meta::type_name("callback_batch"), x.session, x.number, x.outcomes);
}

/// An order that the executor gives back without having started it.
struct returned_order {
  trigger_id trigger;
  std::int16_t handed = 0; ///< as the order had it
  state_reason reason = state_reason::not_started;
};
template <class I> typename I::result_type inspect(I& f, returned_order& x) {
  return f(caf::meta::type_name("returned_order"), x.trigger, x.handed, x.reason);
}

struct return_batch {
  session_id session;
  epoch_id epoch; ///< of the orders
  std::vector<returned_order> orders;
};
template <class I> typename I::result_type inspect(I& f, return_batch& x) {
  return f(caf::meta::type_name("return_batch"), x.session, x.epoch, x.orders);
}

/// A trigger still open after about a second, told lazily.
struct progress {
  trigger_id trigger;
  trigger_state state = trigger_state::running; ///< sent (accepted, queued) or running
  instant started{};                            ///< the epoch while queued
};
template <class I> typename I::result_type inspect(I& f, progress& x) {
  return f(caf::meta::type_name("progress"), x.trigger, x.state, x.started);
}

struct progress_batch {
  session_id session;
  std::vector<progress> triggers;
};
template <class I> typename I::result_type inspect(I& f, progress_batch& x) {
  return f(caf::meta::type_name("progress_batch"), x.session, x.triggers);
}

/// What the executor holds, told after it adopted an epoch: ids queued or running, results and returns not yet
/// acknowledged.
struct inventory_piece {
  session_id session;
  epoch_id epoch; ///< the epoch adopted
  std::vector<trigger_id> held;
  bool last = false; ///< no more pieces follow
};
template <class I> typename I::result_type inspect(I& f, inventory_piece& x) {
  return f(caf::meta::type_name("inventory_piece"), x.session, x.epoch, x.held, x.last);
}

/// What an earlier life of this executor had started, in pieces. Told to the leader once all results of that life are
/// acknowledged: what is still open and named here is lost, what is not named never started (guarantees.md §3).
struct life_report {
  session_id session; ///< the life that tells it
  epoch_id epoch;     ///< adopted
  session_id life;    ///< the earlier one
  std::vector<trigger_id> started;
  bool last = false; ///< no more pieces follow
};
template <class I> typename I::result_type inspect(I& f, life_report& x) {
  return f(caf::meta::type_name("life_report"), x.session, x.epoch, x.life, x.started, x.last);
}

/// An order of this executor's session that somebody wants killed.
struct killed_order {
  trigger_id trigger;
  job_id job;
  spec_version version = 0;
  instant fire{};
  std::int16_t attempt = 1;
};
template <class I> typename I::result_type inspect(I& f, killed_order& x) {
  return f(caf::meta::type_name("killed_order"), x.trigger, x.job, x.version, x.fire, x.attempt);
}

/// Each ends as killed, also what has not reached the executor: it never starts then.
struct kill_batch {
  session_id session;
  std::vector<killed_order> orders;
};
template <class I> typename I::result_type inspect(I& f, kill_batch& x) {
  return f(caf::meta::type_name("kill_batch"), x.session, x.orders);
}

/// A script's source, asked for once per (job, version).
struct script_source {
  job_id job;
  spec_version version = 0;
  script_language language = script_language::shell;
  std::string source;
};
template <class I> typename I::result_type inspect(I& f, script_source& x) {
  return f(caf::meta::type_name("script_source"), x.job, x.version, x.language, x.source);
}

/// Lines of a trigger's log, numbered from 1.
struct log_query {
  trigger_id trigger;
  instant fire{};
  std::uint64_t from_line = 1;
  std::uint32_t max_lines = 1'000; ///< 1 to 10,000
};
template <class I> typename I::result_type inspect(I& f, log_query& x) {
  return f(caf::meta::type_name("log_query"), x.trigger, x.fire, x.from_line, x.max_lines);
}

struct log_chunk {
  std::uint64_t from_line = 1;    ///< number of the first line here
  std::vector<std::string> lines; ///< without line ends; together at most limits::log_chunk_bytes
  bool complete = false;          ///< the run is over and nothing follows these lines
  bool found = true;              ///< false: this executor has no log of that trigger
};
template <class I> typename I::result_type inspect(I& f, log_chunk& x) {
  return f(caf::meta::type_name("log_chunk"), x.from_line, x.lines, x.complete, x.found);
}

// ---- operator ⇄ admin

struct job_ref {
  std::string group;
  std::string name;
};
template <class I> typename I::result_type inspect(I& f, job_ref& x) {
  return f(caf::meta::type_name("job_ref"), x.group, x.name);
}

/// Adds and changes what it names, removes nothing. At most limits::batch_items groups and jobs together; groups first.
struct apply_request {
  std::vector<group_spec> groups;
  std::vector<job_spec> jobs;
  std::string who;
  std::string source; ///< the file or directory, for people
};
template <class I> typename I::result_type inspect(I& f, apply_request& x) {
  return f(caf::meta::type_name("apply_request"), x.groups, x.jobs, x.who, x.source);
}

struct apply_change {
  std::string kind; ///< group or job
  std::string group;
  std::string name;   ///< empty for a group
  std::string change; ///< created, changed, unchanged, failed
  std::string detail; ///< which keys changed, or the error
};
template <class I> typename I::result_type inspect(I& f, apply_change& x) {
  return f(caf::meta::type_name("apply_change"), x.kind, x.group, x.name, x.change, x.detail);
}

struct group_view {
  group_spec spec;
  bool paused = false;
  std::uint32_t executors = 0; ///< live sessions
  std::uint64_t jobs = 0;
  group_id id;
};
template <class I> typename I::result_type inspect(I& f, group_view& x) {
  return f(caf::meta::type_name("group_view"), x.spec, x.paused, x.executors, x.jobs, x.id);
}

struct job_view {
  job_id id;
  job_spec spec;
  spec_version version = 0;
  bool paused = false;
  std::optional<instant> next;
  std::optional<instant> last;
  bool awaits_end = false;
  std::string problem; ///< why the stored specification cannot be used: `spec` holds what is known besides; else empty
};
template <class I> typename I::result_type inspect(I& f, job_view& x) {
  return f(caf::meta::type_name("job_view"), x.id, x.spec, x.version, x.paused, x.next, x.last, x.awaits_end,
           x.problem);
}

struct job_query {
  std::string group;         ///< empty: all
  std::string name;          ///< empty: all; else exact
  job_id after;              ///< keyset: ids above this one
  std::uint32_t limit = 100; ///< 1 to limits::page_items
};
template <class I> typename I::result_type inspect(I& f, job_query& x) {
  return f(caf::meta::type_name("job_query"), x.group, x.name, x.after, x.limit);
}

struct executor_view {
  session_id session;
  std::string group;
  std::string name;
  std::string address;
  std::string version;
  std::string state; ///< live, draining, ended
  instant started{};
  instant lease_until{};
  bool connected = false; ///< to the admin that answers
};
template <class I> typename I::result_type inspect(I& f, executor_view& x) {
  return f(caf::meta::type_name("executor_view"), x.session, x.group, x.name, x.address, x.version, x.state, x.started,
           x.lease_until, x.connected);
}

/// One ledger row, open or in history.
struct trigger_view {
  trigger_id id;
  job_id job;
  std::string group;
  std::string job_name;
  instant fire{};
  instant planned{};
  std::string origin;
  std::int16_t shard = -1;
  std::int16_t shards = 0;
  std::int16_t attempt = 1;
  trigger_state state = trigger_state::waiting;
  trigger_cause cause = trigger_cause::schedule;
  state_reason reason = state_reason::none;
  session_id session;
  std::string executor;
  spec_version version = 0;
  std::optional<instant> claimed, sent, started, ended;
  std::string params;
  std::string message;
};
template <class I> typename I::result_type inspect(I& f, trigger_view& x) {
  return f(caf::meta::type_name("trigger_view"), x.id, x.job, x.group, x.job_name, x.fire, x.planned, x.origin, x.shard,
           x.shards, x.attempt, x.state, x.cause, x.reason, x.session, x.executor, x.version, x.claimed, x.sent,
           x.started, x.ended, x.params, x.message);
}

/// A place in the list of triggers, which is sorted by fire time and, where that is the same, by id, newest first.
struct trigger_position {
  instant fire{};
  trigger_id id;
};
template <class I> typename I::result_type inspect(I& f, trigger_position& x) {
  return f(caf::meta::type_name("trigger_position"), x.fire, x.id);
}

struct trigger_query {
  std::optional<trigger_id> id; ///< exactly this one
  std::string group, job;       ///< empty: all; a job needs its group
  std::optional<trigger_state> state;
  std::optional<instant> from, to; ///< of the fire time; [from, to)
  /// Without `from`: how far back triggers that have ended are listed; absent: limits::listed_back before `to` or now.
  /// A chain of pages names it, so that the end of the list stands still.
  std::optional<instant> ended_from;
  std::optional<trigger_position> before; ///< keyset: behind this one; absent: from the newest
  std::uint32_t limit = 50;               ///< 1 to limits::page_items
};
template <class I> typename I::result_type inspect(I& f, trigger_query& x) {
  return f(caf::meta::type_name("trigger_query"), x.id, x.group, x.job, x.state, x.from, x.to, x.ended_from, x.before,
           x.limit);
}

struct gap_view {
  instant from{}, to{}; ///< first and last fire passed over
  std::int64_t fires = 0;
  instant at{}; ///< when it was written
  state_reason reason = state_reason::none;
};
template <class I> typename I::result_type inspect(I& f, gap_view& x) {
  return f(caf::meta::type_name("gap_view"), x.from, x.to, x.fires, x.at, x.reason);
}

struct job_detail {
  job_view job;
  bool group_paused = false;
  std::vector<instant> next_fires;    ///< the next five
  std::vector<trigger_view> triggers; ///< the newest ten
  std::vector<gap_view> gaps;         ///< the newest five
};
template <class I> typename I::result_type inspect(I& f, job_detail& x) {
  return f(caf::meta::type_name("job_detail"), x.job, x.group_paused, x.next_fires, x.triggers, x.gaps);
}

struct trigger_request {
  job_ref job;
  std::optional<std::string> params; ///< absent: the job's own
  std::string request;               ///< request id; repeating one starts nothing
  std::string who;
};
template <class I> typename I::result_type inspect(I& f, trigger_request& x) {
  return f(caf::meta::type_name("trigger_request"), x.job, x.params, x.request, x.who);
}

struct trigger_receipt {
  trigger_id trigger;
  instant fire{};
  bool repeated = false; ///< the request id was known: these are the first one's ids
};
template <class I> typename I::result_type inspect(I& f, trigger_receipt& x) {
  return f(caf::meta::type_name("trigger_receipt"), x.trigger, x.fire, x.repeated);
}

/// Kills one trigger, or all open ones of a job.
struct kill_request {
  std::optional<trigger_id> trigger;
  job_ref job; ///< if no trigger is named
  std::string who;
};
template <class I> typename I::result_type inspect(I& f, kill_request& x) {
  return f(caf::meta::type_name("kill_request"), x.trigger, x.job, x.who);
}

struct kill_answer {
  std::uint64_t waiting = 0;          ///< had not been sent: they end at once
  std::uint64_t sent = 0;             ///< an executor has them, or is about to: it ends them
  std::uint64_t before = 0;           ///< open, but marked for killing earlier
  std::optional<trigger_state> final; ///< the one that was named had ended already
};
template <class I> typename I::result_type inspect(I& f, kill_answer& x) {
  return f(caf::meta::type_name("kill_answer"), x.waiting, x.sent, x.before, x.final);
}

/// An admin, as the database knows it.
struct node_view {
  std::string node;
  std::string address;
  std::string version;
  instant started{};                                     ///< by its own clock
  instant seen{};                                        ///< its last word, by the database's clock
  std::optional<std::chrono::milliseconds> clock_offset; ///< its clock less the database's; absent: not measured yet
  bool leads = false;
};
template <class I> typename I::result_type inspect(I& f, node_view& x) {
  return f(caf::meta::type_name("node_view"), x.node, x.address, x.version, x.started, x.seen, x.clock_offset, x.leads);
}

/// A change of the leader.
struct takeover_view {
  epoch_id epoch;
  std::string node;
  instant at{}; ///< by the database's clock
  takeover_cause cause = takeover_cause::first;
  std::string before;                           ///< the leader before; empty if there was none
  std::optional<std::chrono::milliseconds> gap; ///< from the last word of the leader before
};
template <class I> typename I::result_type inspect(I& f, takeover_view& x) {
  return f(caf::meta::type_name("takeover_view"), x.epoch, x.node, x.at, x.cause, x.before, x.gap);
}

struct cluster_view {
  epoch_id epoch; ///< of the last leader; 0: there has been none
  std::string leader;
  instant now{}; ///< by the database's clock
  bool paused = false;
  std::chrono::milliseconds lag{0}; ///< how long the earliest fire that nobody has claimed is overdue; 0: none is
  std::vector<node_view> nodes;
  std::vector<takeover_view> takeovers; ///< the newest ten
};
template <class I> typename I::result_type inspect(I& f, cluster_view& x) {
  return f(caf::meta::type_name("cluster_view"), x.epoch, x.leader, x.now, x.paused, x.lag, x.nodes, x.takeovers);
}

struct pause_request {
  job_ref job;
  bool pause = true; ///< false: resume
  std::string who;
};
template <class I> typename I::result_type inspect(I& f, pause_request& x) {
  return f(caf::meta::type_name("pause_request"), x.job, x.pause, x.who);
}

struct pause_answer {
  bool changed = false; ///< false: it was so already
  std::optional<instant> next;
};
template <class I> typename I::result_type inspect(I& f, pause_answer& x) {
  return f(caf::meta::type_name("pause_answer"), x.changed, x.next);
}

/// Named counters and gauges of one node, for people and for metrics.
struct node_stats {
  std::string node;
  bool leads = false;
  epoch_id epoch;
  std::map<std::string, std::int64_t> values;
};
template <class I> typename I::result_type inspect(I& f, node_stats& x) {
  return f(caf::meta::type_name("node_stats"), x.node, x.leads, x.epoch, x.values);
}

} // namespace xxl
