#include "actors/executor/runners.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

/// How long a run is open before the leader is told lazily, and how often that is looked at.
constexpr auto report_after = 1'000ms;

struct runners_state {
  static constexpr const char* name = "runners";
  explicit runners_state(runners_config c = {}) : cfg{std::move(c)}, table{cfg.limits} {
    if (!cfg.counters) return;
    queued = &cfg.counters->at("runner.queued");
    running = &cfg.counters->at("runner.running");
    ended = &cfg.counters->at("runner.ended");
    discarded = &cfg.counters->at("runner.discarded");
  }
  runners_config cfg;
  run_table table;
  std::optional<boot_time> armed; ///< the earliest deadline tick on its way
  bool reporting = false;
  metrics::value *queued = nullptr, *running = nullptr, *ended = nullptr, *discarded = nullptr;
};
using self_ptr = runners_actor::stateful_pointer<runners_state>;

/// Results of one step, by the life that ran them.
class result_collector {
public:
  void add(runners_state& state, const run_ptr& r, outcome o) {
    state.ended->fetch_add(1, std::memory_order_relaxed);
    if (state.cfg.on_finished) state.cfg.on_finished(r->task, o);
    by_session_[r->session].push_back(std::move(o));
  }
  void send(self_ptr self) {
    for (auto& [session, outcomes] : by_session_)
      self->send(self->state.cfg.spool, results{session, std::move(outcomes)});
    by_session_.clear();
  }

private:
  std::map<session_id, std::vector<outcome>> by_session_;
};

void count(const runners_state& state) {
  state.queued->store(static_cast<std::int64_t>(state.table.queued()), std::memory_order_relaxed);
  state.running->store(static_cast<std::int64_t>(state.table.running()), std::memory_order_relaxed);
}

void arm(self_ptr self) {
  auto& state = self->state;
  auto due = state.table.due();
  if (!due || (state.armed && *state.armed <= *due)) return;
  state.armed = due;
  self->delayed_send(self, std::max<std::chrono::nanoseconds>(*due - state.cfg.time->boot(), 0ns), deadline_tick{});
}

void start_waiting_runs(self_ptr self) {
  auto& state = self->state;
  auto now = state.cfg.time->boot();
  if (state.cfg.trust->trusted(now)) {
    std::vector<handler_task> handlers;
    processes_to_start processes;
    for (auto& r : state.table.start(now)) {
      if (r->child_process)
        processes.runs.push_back(std::move(r));
      else
        handlers.push_back(
            {r, &std::get<handler>(*state.cfg.registry->find(std::get<handler_work>(r->task.work).name))});
    }
    if (!handlers.empty()) state.cfg.handlers->submit(std::move(handlers));
    if (!processes.runs.empty()) self->send(state.cfg.scripts, std::move(processes));
    arm(self);
  }
  count(state);
}

/// Why the order cannot be queued; nothing if the run is in its job's queue now.
std::optional<std::pair<outcome, std::string>> refuse_or_queue(runners_state& state, const run_ptr& r) {
  auto now = state.cfg.time->now();
  auto* h = std::get_if<handler_work>(&r->task.work);
  auto* entry = h != nullptr ? state.cfg.registry->find(h->name) : nullptr;
  if (h != nullptr && entry == nullptr) {
    auto why = "no handler \"" + h->name + "\" on this executor; it has " + state.cfg.registry->names();
    return std::pair{outcome_of(*r, now, trigger_state::failed, state_reason::handler_unknown, why), why};
  }
  r->child_process = h == nullptr || std::holds_alternative<command_builder>(*entry);
  if (state.table.admit(r)) return std::nullopt;
  state.discarded->fetch_add(1, std::memory_order_relaxed);
  auto why =
      "the job's queue on this executor is at its limit of " + std::to_string(state.cfg.limits.queue_limit) + " runs";
  return std::pair{outcome_of(*r, now, trigger_state::discarded, state_reason::queue_full, why), why};
}

void take_in(self_ptr self, intake& orders) {
  auto& state = self->state;
  auto boot = state.cfg.time->boot();
  result_collector refused;
  for (auto& o : orders.orders) {
    auto r = std::make_shared<run>(std::move(o), orders.session, orders.epoch, orders.connection, boot);
    if (auto refusal = refuse_or_queue(state, r)) {
      state.cfg.recorder->never_queued(*r, refusal->second);
      refused.add(state, r, std::move(refusal->first));
    }
  }
  refused.send(self);
  self->send(state.cfg.node, orders_taken{orders.connection, static_cast<std::uint32_t>(orders.orders.size())});
  start_waiting_runs(self);
  if (!std::exchange(state.reporting, true)) self->delayed_send(self, report_after, report_tick{});
}

void take_ended(self_ptr self) {
  auto& state = self->state;
  result_collector done;
  std::map<state_reason, std::vector<run_ptr>> back;
  for (auto& e : state.cfg.ended->take()) {
    switch (state.table.end(e)) {
    case run_table::fate::report:
      done.add(state, e.what, outcome_of(*e.what, e.ended, e.state, e.reason, e.message));
      break;
    case run_table::fate::give_back: back[e.reason].push_back(e.what); break;
    case run_table::fate::told: break;
    }
  }
  done.send(self);
  for (auto& [reason, runs] : back) self->send(state.cfg.node, runs_given_back{reason, std::move(runs)});
  start_waiting_runs(self);
}

void look_at_deadlines(self_ptr self) {
  auto& state = self->state;
  state.armed.reset();
  result_collector late;
  auto now = state.cfg.time->now();
  for (auto& [r, killed] : state.table.expire(state.cfg.time->boot())) {
    auto after = killed ? "it was killed" : "its timeout of " + std::to_string(r->task.timeout.count()) + " ms";
    auto verdict = killed ? trigger_state::killed : trigger_state::timed_out;
    state.cfg.recorder->still_runs(*r, after);
    late.add(state, r, outcome_of(*r, now, verdict, state_reason::still_running, "went on after " + after));
  }
  late.send(self);
  arm(self);
}

void kill(self_ptr self, const kill_runs& kills) {
  auto& state = self->state;
  result_collector done;
  for (auto& o : kills.orders) {
    auto r = state.table.kill(o.job, o.trigger, state.cfg.time->boot());
    if (!r) continue; // its end is reported, or will be
    constexpr auto why = "killed while it waited in the job's queue";
    state.cfg.recorder->never_queued(*r, why);
    done.add(state, r, outcome_of(*r, state.cfg.time->now(), trigger_state::killed, state_reason::none, why));
  }
  done.send(self);
  count(state);
  arm(self);
}

void report_open_runs(self_ptr self) {
  auto& state = self->state;
  auto reports = state.table.report_open(state.cfg.time->boot() - report_after);
  if (!reports.empty()) self->send(state.cfg.node, open_report{std::move(reports)});
  state.reporting = state.table.queued() + state.table.running() > 0;
  if (state.reporting) self->delayed_send(self, report_after, report_tick{});
}

runners_actor::behavior_type runners(self_ptr self, runners_config cfg) {
  self->state = runners_state{std::move(cfg)};
  // Weak: threads may end runs when this actor is gone.
  self->state.cfg.ended->on_first([me = caf::actor_cast<caf::weak_actor_ptr>(self)] {
    if (auto strong = me.lock()) caf::anon_send(caf::actor_cast<runners_actor>(strong), runs_ended_tick{});
  });
  return {
      [self](intake& orders) { take_in(self, orders); },
      [self](start_waiting) { start_waiting_runs(self); },
      [self](give_back_waiting what) {
        auto runs = self->state.table.take_queued();
        if (!runs.empty()) self->send(self->state.cfg.node, runs_given_back{what.reason, std::move(runs)});
        count(self->state);
      },
      [self](const kill_runs& kills) { kill(self, kills); },
      [self](cancel_running) { self->state.table.cancel_all(); },
      [self](runs_ended_tick) { take_ended(self); },
      [self](deadline_tick) { look_at_deadlines(self); },
      [self](report_tick) { report_open_runs(self); },
  };
}

} // namespace

runners_actor spawn_runners(caf::actor_system& sys, runners_config cfg) { return sys.spawn(runners, std::move(cfg)); }

} // namespace xxl::executor
