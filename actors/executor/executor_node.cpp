#include "actors/executor/executor_node.hpp"

#include "actors/executor/connections.hpp"
#include "actors/executor/outbound.hpp"
#include "protocol/errors.hpp"
#include "protocol/guards.hpp"
#include "protocol/validate.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

/// How long orders may wait for a lease that was never trusted yet: the first beat is on its way when they come.
constexpr auto first_trust = 1'000ms;
constexpr auto forget_every = 5'000ms;

class executor_node_state {
public:
  static constexpr const char* name = "executor_node";
  using pointer = executor_node_actor::stateful_pointer<executor_node_state>;
  explicit executor_node_state(pointer self) : self_{self} {}

  void configure(executor_node_config cfg);
  void begin(node_peers peers);
  void dial(const dial_tick& tick) { admins_->dial(tick); }
  void beat(std::uint64_t number);
  void lead(const lead_told& told);
  void take_orders(orders_came& came);
  void orders_queued(orders_taken taken);
  void kill(const kill_came& came);
  void give_back(const runs_given_back& back);
  void report(open_report& open);
  void spooled(results_spooled& done);
  void acknowledged(std::uint64_t number);
  void settled(const settled_came& came);
  void spool_changed(bool writable);
  void noted(session_noted which);
  void look_at_lease();
  void forget();
  void callbacks_due();
  void lost(const caf::actor_addr& who) { admins_->lost(who); }
  caf::result<script_source> script(job_id job, spec_version version, std::uint64_t number);
  caf::result<bool> drain();
  void stop() { admins_->stop(); }

private:
  /// The connection of that number, if it is the newest to its admin and live; else null.
  connection* live(std::uint64_t number);
  connection* leader() { return admins_->leader(memory_.highest()); }
  connection* any() { return admins_->any(memory_.highest()); }
  void introduce(connection& c, const executor_link_actor& link);
  void welcomed(connection& c, const executor_link_actor& link, const executor_welcome& terms);
  void refused(std::uint64_t number, session_id session, const caf::error& why);
  void ask_for_trust(connection& c);
  void beat_answered(std::uint64_t number, boot_time sent, const beat_answer& answer);
  void new_session();
  void refuse(connection& c, const order_batch& batch, state_reason reason, const std::string& why);
  void grant(connection& c);
  void send_returns();
  void tell_lives(connection& c);
  void pump();
  void check_lease_at(boot_time at);
  void check_drained();
  boot_time now() const { return cfg_.time->boot(); }
  void count(const char* metric, std::size_t n = 1) {
    cfg_.counters->at(metric).fetch_add(static_cast<std::int64_t>(n), std::memory_order_relaxed);
  }

  pointer self_;
  executor_node_config cfg_;
  node_peers peers_;
  std::optional<connections> admins_; ///< from configure() on
  order_memory memory_;
  callback_window window_;
  std::deque<return_batch> returns_;          ///< not sent: there was no admin
  std::optional<boot_time> callback_tick_at_; ///< the earliest on its way
  std::optional<boot_time> lease_tick_at_;
  bool spool_writable_ = true;
  std::optional<caf::typed_response_promise<bool>> draining_;
};

void executor_node_state::configure(executor_node_config cfg) {
  cfg_ = std::move(cfg);
  memory_ = order_memory{cfg_.memory};
  window_ = callback_window{cfg_.callbacks};
  admins_.emplace(
      self_,
      connections_config{cfg_.hello.name, cfg_.admins, cfg_.local_gate, cfg_.dialer, cfg_.patience, cfg_.jitter_seed},
      connections::events{[this](connection& c, const executor_link_actor& link) { introduce(c, link); },
                          [this](std::uint64_t number) {
                            window_.lost(number);
                            pump();
                          }});
  for (auto& [life, started] : cfg_.earlier_starts) cfg_.hello.lives.push_back(life);
  for (auto& [session, outcomes] : cfg_.earlier_results) {
    for (auto& x : outcomes) memory_.finish(x.trigger);
    window_.add(session, std::move(outcomes), now());
  }
  cfg_.earlier_results.clear();
}

void executor_node_state::begin(node_peers peers) {
  peers_ = std::move(peers);
  admins_->dial_all(peers_.logs);
  self_->delayed_send(self_, forget_every, forget_tick{});
}

// ---- session and lease

connection* executor_node_state::live(std::uint64_t number) {
  auto* c = admins_->find(number);
  return c != nullptr && c->live() ? c : nullptr;
}

void executor_node_state::introduce(connection& c, const executor_link_actor& link) {
  auto hello = cfg_.hello;
  hello.highest_epoch = memory_.highest();
  self_->request(link, cfg_.patience, register_atom_v, std::move(hello))
      .then(
          [this, number = c.number, link](const executor_welcome& terms) {
            if (auto* to = admins_->find(number)) welcomed(*to, link, terms);
          },
          [this, number = c.number, session = cfg_.hello.session](const caf::error& why) {
            refused(number, session, why);
          });
}

/// An admin's error answer to what that session said over the connection.
void executor_node_state::refused(std::uint64_t number, session_id session, const caf::error& why) {
  if (code_of(why) == errc::session_ended && session == cfg_.hello.session) return new_session();
  admins_->fail(number, why);
}

void executor_node_state::welcomed(connection& c, const executor_link_actor& link, const executor_welcome& terms) {
  if (auto problem = invalid(terms)) return admins_->fail(c.number, make_error(errc::invalid_argument, *problem));
  c.link = link;
  c.terms = terms;
  c.problem.clear();
  spdlog::info("connected to admin {} {} {} as {}/{}, session {}", terms.admin, c.where ? "at" : "in", c.text,
               cfg_.hello.group, cfg_.hello.name, to_string(cfg_.hello.session));
  count("executor.connects");
  beat(c.number);
  if (!draining_) self_->send(c.link, credit_atom_v, cfg_.credit);
  send_returns();
  pump();
}

void executor_node_state::beat(std::uint64_t number) {
  auto* c = live(number);
  if (c == nullptr) return;
  ask_for_trust(*c);
  self_->delayed_send(self_, c->terms.beat, beat_tick{number});
}

void executor_node_state::ask_for_trust(connection& c) {
  self_->request(c.link, cfg_.patience, beat_atom_v, cfg_.hello.session, ++c.beats)
      .then([this, number = c.number, sent = now()](const beat_answer& answer) { beat_answered(number, sent, answer); },
            [this, number = c.number, session = cfg_.hello.session](const caf::error& why) {
              refused(number, session, why);
            });
}

void executor_node_state::beat_answered(std::uint64_t number, boot_time sent, const beat_answer& answer) {
  auto* c = live(number);
  if (c == nullptr) return;
  c->wait.reset();
  if (!answer.leads || answer.epoch < memory_.highest()) return;
  auto had = cfg_.trust->trusted(now());
  cfg_.trust->renew(sent, c->terms.lease);
  if (!cfg_.trust->trusted(now())) return; // the answer took as long as the lease
  check_lease_at(cfg_.trust->until());
  if (!had) self_->send(peers_.runners, start_waiting{});
}

/// One tick is on its way at most; an earlier wish than it is served by it looking again.
void executor_node_state::check_lease_at(boot_time at) {
  if (lease_tick_at_) return;
  lease_tick_at_ = at;
  self_->delayed_send(self_, std::max<std::chrono::nanoseconds>(at - now(), 0ns), lease_tick{});
}

void executor_node_state::look_at_lease() {
  lease_tick_at_.reset();
  if (cfg_.trust->trusted(now())) return check_lease_at(cfg_.trust->until());
  spdlog::warn("no leader has answered a beat of session {} in time: nothing is started, what waits goes back",
               to_string(cfg_.hello.session));
  count("executor.lease_losses");
  self_->send(peers_.runners, give_back_waiting{state_reason::not_started});
}

/// The leader has ended the session: what runs goes on, what waits goes back, and a new life begins under a new id.
void executor_node_state::new_session() {
  if (admins_->over()) return;
  auto ended = cfg_.hello.session;
  cfg_.hello.session = {cfg_.new_id()};
  cfg_.trust->begin(cfg_.hello.session);
  spdlog::warn("session {} has ended; the new one is {}", to_string(ended), to_string(cfg_.hello.session));
  count("executor.sessions_ended");
  self_->send(peers_.spool, session_began{cfg_.hello.session});
  self_->send(peers_.runners, give_back_waiting{state_reason::session_ended});
  admins_->hang_up();
}

/// Not before: a leader that knew a life without a journal could not tell what it had started.
void executor_node_state::noted(session_noted which) {
  if (which.session == cfg_.hello.session && !admins_->over()) admins_->dial_again();
}

void executor_node_state::lead(const lead_told& told) {
  auto* c = live(told.connection);
  if (c == nullptr || !told.epoch) return;
  if (!memory_.adopt(told.epoch)) {
    spdlog::warn("admin {} says that it leads with epoch {}, but epoch {} leads", c->text, to_string(told.epoch),
                 to_string(memory_.highest()));
    count("executor.stale_leads");
    return;
  }
  c->adopted = told.epoch;
  ask_for_trust(*c); // not at the next beat: what is due now would wait for it
  for (auto& piece : inventory_pieces(cfg_.hello.session, told.epoch, memory_.inventory()))
    self_->send(c->link, holds_atom_v, std::move(piece));
  send_returns();
  c->told.clear();
  tell_lives(*c);
}

/// What the earlier lives had started, each once all its results are acknowledged: results count before the journal.
void executor_node_state::tell_lives(connection& c) {
  for (auto& [life, started] : cfg_.earlier_starts) {
    auto results_first = stands(guard::results_before_journal) && window_.pending(life);
    if (results_first || !c.told.insert(life).second) continue;
    for (auto& piece : life_reports(cfg_.hello.session, c.adopted, life, started))
      self_->send(c.link, life_atom_v, std::move(piece));
  }
}

void executor_node_state::settled(const settled_came& came) {
  if (live(came.connection) == nullptr || cfg_.earlier_starts.erase(came.life) == 0) return;
  spdlog::info("session {}, an earlier life of this executor, is settled", to_string(came.life));
  std::erase(cfg_.hello.lives, came.life);
  self_->send(peers_.spool, life_over{came.life});
}

// ---- orders

void executor_node_state::take_orders(orders_came& came) {
  auto* c = live(came.connection);
  if (c == nullptr) return;
  auto& batch = came.batch;
  if (auto problem = invalid(batch)) return refuse(*c, batch, state_reason::refused, *problem);
  if (auto why = memory_.refusal(batch, c->adopted, cfg_.hello.session); !why.empty())
    return refuse(*c, batch, state_reason::refused, why);
  intake accepted{batch.session, batch.epoch, came.connection, {}};
  accepted.orders.reserve(batch.orders.size());
  return_batch again{batch.session, batch.epoch, {}};
  for (auto& o : batch.orders) {
    switch (memory_.judge(o.trigger, o.handed)) {
    case verdict::accept:
      if (draining_) { // of what it holds or has done nothing goes back
        again.orders.push_back({o.trigger, o.handed, state_reason::shutdown});
        break;
      }
      memory_.hold(o.trigger, o.handed);
      accepted.orders.push_back(std::move(o));
      break;
    case verdict::returned: again.orders.push_back({o.trigger, o.handed, state_reason::not_started}); break;
    case verdict::duplicate: break;
    }
  }
  auto not_queued = batch.orders.size() - accepted.orders.size();
  count("executor.orders_accepted", accepted.orders.size());
  count("executor.orders_duplicate", not_queued);
  c->used += static_cast<std::uint32_t>(not_queued);
  if (!again.orders.empty()) self_->send(c->link, return_atom_v, std::move(again));
  if (!accepted.orders.empty()) self_->send(peers_.runners, std::move(accepted));
  if (!cfg_.trust->trusted(now())) check_lease_at(now() + first_trust);
  grant(*c);
}

void executor_node_state::refuse(connection& c, const order_batch& batch, state_reason reason, const std::string& why) {
  spdlog::warn("refused {} orders of admin {}: {}", batch.orders.size(), c.text, why);
  count("executor.orders_refused", batch.orders.size());
  for (auto& back : refusals_of(batch, reason)) self_->send(c.link, return_atom_v, std::move(back));
  c.used += static_cast<std::uint32_t>(std::min<std::size_t>(batch.orders.size(), cfg_.credit));
  grant(c);
}

void executor_node_state::orders_queued(orders_taken taken) {
  auto* c = live(taken.connection);
  if (c == nullptr) return;
  c->used += taken.count;
  grant(*c);
}

/// Grants again what was used, at half. Nothing while the spool refuses, or too much is open: that is the node's
/// back-pressure.
void executor_node_state::grant(connection& c) {
  if (draining_ || !spool_writable_ || !c.live() || c.used == 0 || c.used < cfg_.credit / 2) return;
  if (memory_.held() + memory_.unacknowledged() >= cfg_.max_open) return;
  self_->send(c.link, credit_atom_v, std::exchange(c.used, 0u));
}

void executor_node_state::give_back(const runs_given_back& back) {
  for (auto& r : back.runs) memory_.give_back(r->task.trigger, r->task.handed, now());
  for (auto& batch : returns_of(back)) returns_.push_back(std::move(batch));
  count("executor.orders_returned", back.runs.size());
  send_returns();
  check_drained();
}

void executor_node_state::send_returns() {
  auto* to = any();
  if (to == nullptr) return;
  for (; !returns_.empty(); returns_.pop_front()) {
    for (auto& o : returns_.front().orders) memory_.return_sent(o.trigger);
    self_->send(to->link, return_atom_v, std::move(returns_.front()));
  }
}

void executor_node_state::report(open_report& open) {
  auto* to = leader();
  if (to == nullptr) return;
  for (auto& batch : progress_batches(cfg_.hello.session, open.triggers))
    self_->send(to->link, progress_atom_v, std::move(batch));
}

/// What is not held, and has not ended, never starts: it counts as finished from now on, and is reported killed.
void executor_node_state::kill(const kill_came& came) {
  auto* c = live(came.connection);
  if (c == nullptr || came.batch.session != cfg_.hello.session) return;
  if (auto problem = invalid(came.batch)) {
    spdlog::error("admin {}: kill refused: {}", c->text, *problem);
    return;
  }
  kill_runs held;
  results unseen{cfg_.hello.session, {}};
  for (auto& o : came.batch.orders) {
    if (memory_.holds(o.trigger)) {
      held.orders.push_back(o);
    } else if (!memory_.ended(o.trigger)) {
      memory_.finish(o.trigger);
      unseen.outcomes.push_back(killed_unseen(o, cfg_.time->now()));
    }
  }
  count("executor.orders_killed", came.batch.orders.size());
  if (!held.orders.empty()) self_->send(peers_.runners, std::move(held));
  if (!unseen.outcomes.empty()) self_->send(peers_.spool, std::move(unseen));
}

// ---- results

void executor_node_state::spooled(results_spooled& done) {
  for (auto& x : done.what.outcomes) memory_.finish(x.trigger);
  window_.add(done.what.session, std::move(done.what.outcomes), now());
  pump();
  check_drained();
}

void executor_node_state::acknowledged(std::uint64_t number) {
  auto batch = window_.acknowledge(number);
  if (!batch) return; // acknowledged before: it was sent twice
  results_committed committed{batch->session, {}};
  committed.triggers.reserve(batch->outcomes.size());
  for (auto& x : batch->outcomes) {
    memory_.acknowledge(x.trigger, now());
    committed.triggers.push_back(x.trigger);
  }
  self_->send(peers_.spool, std::move(committed));
  if (auto* to = leader()) tell_lives(*to);
  pump();
  for (auto& c : *admins_) grant(c);
  check_drained();
}

/// Sends what is due, and comes back when more will be.
void executor_node_state::pump() {
  if (auto* to = any()) {
    while (auto* batch = window_.take(to->number, now())) {
      count("callback.batches");
      self_->send(to->link, callback_atom_v, *batch);
    }
    auto due = window_.due();
    if (due && (!callback_tick_at_ || *due < *callback_tick_at_)) {
      callback_tick_at_ = due;
      self_->delayed_send(self_, std::max<std::chrono::nanoseconds>(*due - now(), 0ns), callback_tick{});
    }
  }
  cfg_.counters->at("callback.pending").store(static_cast<std::int64_t>(window_.pending()), std::memory_order_relaxed);
}

void executor_node_state::callbacks_due() {
  callback_tick_at_.reset();
  pump();
}

void executor_node_state::spool_changed(bool writable) {
  spool_writable_ = writable;
  for (auto& c : *admins_) grant(c);
}

void executor_node_state::forget() {
  memory_.forget(now());
  self_->delayed_send(self_, forget_every, forget_tick{});
}

caf::result<script_source> executor_node_state::script(job_id job, spec_version version, std::uint64_t number) {
  auto* from = live(number);
  if (from == nullptr) from = any();
  if (from == nullptr) return make_error(errc::unavailable, "no admin is connected");
  return self_->delegate(from->link, script_atom_v, job, version);
}

// ---- the end

caf::result<bool> executor_node_state::drain() {
  draining_ = self_->make_response_promise<bool>();
  auto promise = *draining_;
  self_->send(peers_.runners, give_back_waiting{state_reason::shutdown});
  check_drained();
  return promise;
}

/// Drained: nothing is held, and every result and return has reached an admin, or is in the spool while there is none.
/// Only with everything told does the executor say goodbye: a session that ends with results left would lose them.
void executor_node_state::check_drained() {
  if (!draining_ || !draining_->pending() || memory_.held() > 0) return;
  auto told = window_.pending() == 0 && returns_.empty();
  if (!told && any() != nullptr) return;
  if (told)
    for (auto& c : *admins_)
      if (c.live()) self_->send(c.link, bye_atom_v, cfg_.hello.session);
  if (told) admins_->say_nothing_more();
  draining_->deliver(told);
}

executor_node_actor::behavior_type executor_node(executor_node_state::pointer self, executor_node_config cfg) {
  auto& state = self->state;
  state.configure(std::move(cfg));
  self->set_down_handler([self](const caf::down_msg& down) { self->state.lost(down.source); });
  self->set_exit_handler([self](caf::exit_msg& why) {
    self->state.stop();
    self->quit(std::move(why.reason));
  });
  return {
      [self](node_peers& peers) { self->state.begin(std::move(peers)); },
      [self](const lead_told& told) { self->state.lead(told); },
      [self](orders_came& came) { self->state.take_orders(came); },
      [self](ack_came came) { self->state.acknowledged(came.number); },
      [self](const settled_came& came) { self->state.settled(came); },
      [self](const kill_came& came) { self->state.kill(came); },
      [self](orders_taken taken) { self->state.orders_queued(taken); },
      [self](const runs_given_back& back) { self->state.give_back(back); },
      [self](open_report& open) { self->state.report(open); },
      [self](results_spooled& done) { self->state.spooled(done); },
      [self](spool_health health) { self->state.spool_changed(health.writable); },
      [self](session_noted which) { self->state.noted(which); },
      [self](dial_tick tick) { self->state.dial(tick); },
      [self](beat_tick tick) { self->state.beat(tick.connection); },
      [self](callback_tick) { self->state.callbacks_due(); },
      [self](lease_tick) { self->state.look_at_lease(); },
      [self](forget_tick) { self->state.forget(); },
      [self](script_atom, job_id job, spec_version version, std::uint64_t number) {
        return self->state.script(job, version, number);
      },
      [self](drain_request) { return self->state.drain(); },
  };
}

} // namespace

executor_node_actor spawn_executor_node(caf::actor_system& sys, executor_node_config cfg) {
  return sys.spawn(executor_node, std::move(cfg));
}

} // namespace xxl::executor
