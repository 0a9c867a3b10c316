#pragma once
// What the scheduler's actors of one admin say to each other. Nothing here leaves the process: the structs need no
// inspect() and share specifications by pointer. The hot path is ring → router → ledger → link, one message per group
// and tick, never one per trigger.

#include "actors/admin/armed_job.hpp"
#include "protocol/actors.hpp"
#include "protocol/local.hpp"
#include "storage/ledger.hpp"
#include "storage/plan.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace xxl::admin {

/// Rows per claim statement (storage.md §1.4).
inline constexpr std::size_t claim_chunk = 1'000;

// ---- read ahead ⇄ ring

/// A fire of the schedule that is coming up: the stored plan, not yet a ledger row.
struct planned_fire {
  armed_job_ptr job;
  instant next{};         ///< the stored next fire
  std::int64_t fires = 0; ///< since the schedule began
};
/// A ledger row that waits to be claimed.
struct waiting_trigger {
  armed_job_ptr job;
  storage::waiting_row row;
};
/// One page of the read-ahead. The next one is read when the ring has answered.
struct plan_page {
  std::vector<planned_fire> fires;
  std::vector<waiting_trigger> waiting;
};
struct page_taken {
  std::size_t entries = 0; ///< in the ring now
};

// ---- ring ⇄ router

/// A fire whose claim is due, with what its schedule and misfire policy decided.
struct due_fire {
  armed_job_ptr job;
  instant expect{}; ///< the stored next fire (compare-and-set)
  schedule::decision decision;
};
/// One group's share of a tick: at most claim_chunk of both kinds together.
struct due_batch {
  std::vector<due_fire> fires;
  std::vector<waiting_trigger> waiting;
};
/// What became of an entry that the ring handed out.
enum class placement : std::uint8_t {
  taken,     ///< claimed; or, a gap alone, recorded
  not_taken, ///< edited, paused, claimed, or no executor yet: forget it, the read-ahead finds what is true now
  no_room,   ///< every executor's queue is at its limit: keep it until the router has room again
};
struct fire_done {
  job_id job;
  placement what = placement::not_taken;
  std::optional<instant> next; ///< taken: the next fire, as stored now
  bool fired = false;          ///< taken: with a trigger, not a gap alone
};
struct trigger_done {
  trigger_id trigger;
  placement what = placement::not_taken;
};
struct batch_done {
  group_id group;
  std::vector<fire_done> fires;
  std::vector<trigger_done> waiting;
};
struct group_has_room {
  group_id group;
};

// ---- links, sessions, reigns

/// Orders claimed for the executor of one link; it sends each at its planned time.
struct claimed_orders {
  epoch_id epoch;
  std::vector<order> orders;
};
/// Lines of a log, asked of a link.
struct link_log_query {
  log_query query;
};

/// Answers of the ledger to people's and links' requests.
struct open_session_request {
  epoch_id epoch;
  storage::session_open session; ///< without times: leases go by the database's clock, which the ledger asks
};
struct end_session_request {
  epoch_id epoch;
  session_id session;
  session_end reason = session_end::stopped;
};
struct renew_request {
  epoch_id epoch;
  std::vector<session_id> sessions; ///< those that beat since the last one
};
struct open_rows_request {
  session_id session;
};
struct specs_request {
  std::vector<storage::spec_key> keys;
};
struct hand_back_work {
  epoch_id epoch;
  std::vector<storage::hand_back> rows;
};
struct report_work {
  std::vector<storage::progress_report> rows;
};
/// Ends of attempts. With an epoch: the leader's verdicts. Kept and repeated until the database has answered.
struct complete_work {
  std::optional<epoch_id> epoch;
  std::uint64_t number = 0; ///< for the answer; 0: none wanted
  std::vector<storage::completion> rows;
  std::vector<instant> fires;       ///< fire times, in the order of rows
  std::vector<std::size_t> retries; ///< indices of rows that another attempt follows, should the end count: the ledger
                                    ///< gives each an id
};
struct complete_done {
  std::uint64_t number = 0;
};
/// Once a second: rows of ended sessions, leases that ran out, ends that were missed.
struct reconcile_request {
  epoch_id epoch;
};
struct reconcile_report {
  std::vector<session_id> ended;           ///< just now: their leases ran out
  std::vector<storage::dead_session> dead; ///< that have open rows
  std::vector<storage::ledger::awaiting> awaiting;
};
struct set_next_work {
  std::vector<std::pair<storage::ledger::awaiting, std::optional<instant>>> rows; ///< none: the schedule has ended
};

using spec_source_actor = caf::typed_actor<
    /// Compiled specifications; what is unknown or cannot be compiled is left out.
    caf::replies_to<specs_request>::with<std::vector<armed_job_ptr>>>;

struct claim_work;

/// One connection for claims (the leader's, fenced) or for completions; both on SQLite. Detached.
using ledger_actor = caf::typed_actor<
    /// Claims, hands the orders to the links, answers the router.
    caf::reacts_to<claim_work>,
    /// Completes; answers complete_done after the commit.
    caf::reacts_to<complete_work>, caf::reacts_to<hand_back_work>, caf::reacts_to<report_work>,
    caf::reacts_to<set_next_work>, caf::replies_to<open_session_request>::with<storage::session_opened>,
    caf::reacts_to<end_session_request>, caf::reacts_to<renew_request>,
    /// A full lease for every live session; answers them.
    caf::replies_to<lead_atom, epoch_id>::with<std::vector<session_id>>,
    caf::replies_to<open_rows_request>::with<std::vector<storage::open_row>>,
    caf::replies_to<reconcile_request>::with<reconcile_report>,
    /// INTERNAL: the database is tried again.
    caf::reacts_to<caf::tick_atom>>;

struct reign_begins;

/// The leader ended that session: its lease ran out, or its process restarted.
struct session_over {
  session_id session;
};
/// That earlier life's rows are settled: its journal may go.
struct life_settled {
  session_id life;
};

/// Rows of sessions that are marked for killing and still open: told with every pass of the read-ahead.
struct kills_told {
  epoch_id epoch;
  std::vector<storage::marked_row> rows;
};

/// One executor's connection; the remote face is executor_link_actor.
using link_actor = executor_link_actor::extend<
    /// Takes the orders into its queue: answered, so that the ledger learns when the link is gone and hands the rows
    /// back.
    /// Answers how many it took. Not unit_t: CAF 0.17 sends that as an empty message, which no handler takes, so that
    /// each success would look like an error.
    caf::replies_to<claimed_orders>::with<std::uint64_t>, caf::reacts_to<reign_begins>,
    /// All of this session that are marked for killing.
    caf::reacts_to<kills_told>,
    /// The callback batch of that number is committed.
    caf::reacts_to<ack_atom, std::uint64_t>, caf::reacts_to<session_over>, caf::reacts_to<life_settled>,
    caf::replies_to<link_log_query>::with<log_chunk>,
    /// INTERNAL: orders are due.
    caf::reacts_to<caf::tick_atom>>;

/// A restarted process says what an earlier life of it had started and brought no result of.
struct life_ended {
  session_id life;
  std::vector<trigger_id> started;
  link_actor teller; ///< gets life_settled
};

/// An executor that may be routed to: its session is open, it adopted the epoch, and what it held is accounted for.
struct candidate {
  group_id group;
  session_id session;
  std::string name;
  link_actor link;
};
/// The link is gone, or the session is over (link: none). A link that another connection of the session has replaced
/// changes nothing.
struct candidate_left {
  session_id session;
  caf::actor_addr link;
};
/// Asked before a session is ended by its next life: answered when every claim that names it is on its way to the
/// ledger, so that what ends it comes behind them all.
struct stop_routing {
  session_id session;
};
/// Orders that left a link's queue for the wire: the link has room for as many.
struct orders_left {
  group_id group;
  session_id session;
  std::size_t orders = 0;
};

using router_actor =
    caf::typed_actor<caf::reacts_to<due_batch>, caf::reacts_to<candidate>, caf::reacts_to<candidate_left>,
                     caf::replies_to<stop_routing>::with<bool>, caf::reacts_to<orders_left>,
                     /// The ledger's answer to a claim_work.
                     caf::reacts_to<batch_done>,
                     /// INTERNAL: what it remembers of rows without an executor is pruned.
                     caf::reacts_to<caf::tick_atom>>;

/// A fire with its executor: without a session the row becomes `waiting`, reason no_executor.
struct placed_fire {
  due_fire due;
  session_id session;
};
struct placed_trigger {
  waiting_trigger waiting;
  session_id session;
};
/// One group's batch with its executors chosen.
struct claim_work {
  epoch_id epoch;
  group_id group;
  std::vector<placed_fire> fires;
  std::vector<placed_trigger> waiting;
  std::vector<std::pair<session_id, link_actor>> links; ///< of the sessions named above
  router_actor router;                                  ///< gets batch_done
};

struct group_router {
  group_id group;
  router_actor router;
};

/// When to claim. Detached.
using ring_actor = caf::typed_actor<
    /// A page of the plan; answered by page_taken to the read-ahead.
    caf::replies_to<plan_page>::with<page_taken>, caf::reacts_to<batch_done>, caf::reacts_to<group_has_room>,
    caf::reacts_to<group_router>,
    /// INTERNAL: the earliest claim is due; the number tells an outdated alarm.
    caf::reacts_to<caf::tick_atom, std::uint64_t>>;

/// Reads the plan ahead. Detached.
using read_ahead_actor = caf::typed_actor<caf::reacts_to<jobs_changed>,
                                          /// INTERNAL: the next pass.
                                          caf::reacts_to<caf::tick_atom, std::uint64_t>>;

struct group_wanted {
  group_id group;
};

/// Everything that lives while this node leads. Ends itself, and all it spawned, when told to exit.
using reign_actor =
    caf::typed_actor<caf::reacts_to<candidate>, caf::reacts_to<candidate_left>, caf::reacts_to<orders_left>,
                     caf::replies_to<stop_routing>::with<bool>, caf::reacts_to<life_ended>, caf::reacts_to<kills_told>,
                     caf::reacts_to<group_wanted>, caf::reacts_to<jobs_changed>,
                     /// INTERNAL: the takeover is tried again.
                     caf::reacts_to<caf::tick_atom>>;

/// This node leads from now on: a link opens its session, has the epoch adopted, sends again what was lost, and reports
/// a candidate.
struct reign_begins {
  epoch_id epoch;
  ledger_actor ledger;
  reign_actor reign;
};

/// What the election says to the node.
struct elected {
  epoch_id epoch;
};
struct deposed {
  epoch_id epoch;
  std::string why;
};
/// Supervises an admin's actors; starts and ends reigns; the listener of commits made on this node.
using node_actor = change_listener_actor::extend<caf::reacts_to<elected>, caf::reacts_to<deposed>>;

/// Wins and keeps leadership. Detached: its calls block.
using election_actor = caf::typed_actor<
    /// INTERNAL: try the lock, or beat.
    caf::reacts_to<caf::tick_atom>>;

/// Once a second, while this node leads: leases that ran out, rows of ended sessions, fixed delays whose end was
/// missed.
using reconciler_actor = caf::typed_actor<
    /// A whole journal: the rows of that life are settled at once.
    caf::reacts_to<life_ended>,
    /// INTERNAL: the next pass; the number tells an outdated one.
    caf::reacts_to<caf::tick_atom, std::uint64_t>>;

/// Collects callbacks and completes them in batches.
struct link_callbacks {
  callback_batch batch;
  link_actor link; ///< gets ack_atom
};
using completion_actor = caf::typed_actor<caf::reacts_to<link_callbacks>, caf::reacts_to<complete_done>,
                                          /// INTERNAL: what was collected goes out.
                                          caf::reacts_to<caf::tick_atom>,
                                          /// INTERNAL: what follows that batch is read again.
                                          caf::reacts_to<caf::tick_atom, std::uint64_t>>;

struct link_hello {
  executor_hello hello;
  link_actor link;
};
struct link_beat {
  session_id session;
};
/// Where a link's executor belongs.
struct link_accepted {
  group_id group;
};

/// Executors connected to this admin; owns no session: the database does.
using registry_actor = executor_registry_actor::extend<
    /// A link's first message. Errors: not_found (group), invalid_argument (not an address of the group).
    caf::replies_to<link_hello>::with<link_accepted>, caf::reacts_to<link_beat>, caf::reacts_to<reign_begins>,
    caf::reacts_to<groups_changed>, caf::reacts_to<session_over>,
    /// The reign of that epoch is over.
    caf::reacts_to<lead_atom, epoch_id>,
    /// INTERNAL: renew leases.
    caf::reacts_to<caf::tick_atom>>;

} // namespace xxl::admin

#define XXL_LOCAL(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::admin::type)
XXL_LOCAL(plan_page)
XXL_LOCAL(page_taken)
XXL_LOCAL(due_batch)
XXL_LOCAL(batch_done)
XXL_LOCAL(group_has_room)
XXL_LOCAL(claimed_orders)
XXL_LOCAL(link_log_query)
XXL_LOCAL(open_session_request)
XXL_LOCAL(end_session_request)
XXL_LOCAL(renew_request)
XXL_LOCAL(open_rows_request)
XXL_LOCAL(specs_request)
XXL_LOCAL(hand_back_work)
XXL_LOCAL(report_work)
XXL_LOCAL(complete_work)
XXL_LOCAL(complete_done)
XXL_LOCAL(reconcile_request)
XXL_LOCAL(reconcile_report)
XXL_LOCAL(set_next_work)
XXL_LOCAL(candidate)
XXL_LOCAL(candidate_left)
XXL_LOCAL(orders_left)
XXL_LOCAL(claim_work)
XXL_LOCAL(group_router)
XXL_LOCAL(group_wanted)
XXL_LOCAL(reign_begins)
XXL_LOCAL(link_callbacks)
XXL_LOCAL(link_hello)
XXL_LOCAL(link_beat)
XXL_LOCAL(link_accepted)
XXL_LOCAL(session_over)
XXL_LOCAL(life_settled)
XXL_LOCAL(life_ended)
XXL_LOCAL(stop_routing)
XXL_LOCAL(kills_told)
XXL_LOCAL(elected)
XXL_LOCAL(deposed)
#undef XXL_LOCAL
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<xxl::admin::armed_job_ptr>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<xxl::storage::open_row>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::storage::session_opened)
