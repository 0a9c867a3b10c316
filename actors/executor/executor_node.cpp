#include "actors/executor/executor_node.hpp"

#include "actors/executor/backoff.hpp"
#include "actors/executor/relay.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/random.hpp"
#include "protocol/validate.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

/// Ids in one piece of the inventory.
constexpr std::size_t inventory_items = 5 * limits::batch_items;
/// How long orders may wait for a lease that was never trusted yet: the first beat is on its way when they come.
constexpr auto first_trust = 1'000ms;
constexpr auto forget_every = 5'000ms;

/// One admin and the newest connection to it.
struct admin {
  admin(std::string name, std::optional<endpoint> at, std::uint32_t seed)
      : text{std::move(name)}, where{std::move(at)}, wait{seed} {}
  std::string text;              ///< for people
  std::optional<endpoint> where; ///< none: the gate in this process
  backoff wait;
  std::uint64_t connection = 0; ///< the newest; its answers count, older ones do not
  executor_actor relay;
  caf::actor_addr peer;     ///< the link that the gate gave, from the hello on
  executor_link_actor link; ///< the same, set once registered
  executor_welcome terms;
  epoch_id adopted;       ///< on this connection
  std::uint32_t used = 0; ///< orders to be granted again
  std::uint64_t beats = 0;
  std::string problem; ///< the last one told to people: said once, not with every attempt
  bool live() const { return static_cast<bool>(link); }
};

class executor_node_state {
public:
  static constexpr const char* name = "executor_node";
  using pointer = executor_node_actor::stateful_pointer<executor_node_state>;
  explicit executor_node_state(pointer self) : self_{self} {}

  void configure(executor_node_config cfg);
  void begin(node_peers peers);
  void dial(std::size_t index, std::uint64_t after);
  void beat(std::uint64_t connection);
  void lead(const lead_told& told);
  void take_orders(orders_came& came);
  void orders_queued(orders_taken taken);
  void give_back(const runs_given_back& back);
  void report(open_report& open);
  void spooled(results_spooled& done);
  void acknowledged(std::uint64_t number);
  void spool_changed(bool writable);
  void look_at_lease();
  void forget();
  void callbacks_due();
  void lost(const caf::actor_addr& who);
  caf::result<script_source> script(job_id job, spec_version version, std::uint64_t connection);
  caf::result<bool> drain();
  void shut();

private:
  admin* of(std::uint64_t connection);
  admin* leader();
  admin* any();
  void greet(std::size_t index, const gate_actor& gate);
  void enlist(std::size_t index, std::uint32_t protocol, const caf::strong_actor_ptr& link);
  void welcomed(admin& a, const executor_link_actor& link, const executor_welcome& terms);
  void failed(std::uint64_t connection, const caf::error& why);
  void close(admin& a);
  void ask_for_trust(admin& a);
  void beat_answered(std::uint64_t connection, boot_time sent, const beat_answer& answer);
  void new_session();
  void refuse(admin& a, const order_batch& batch, state_reason reason, const std::string& why);
  void grant(admin& a);
  void send_returns();
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
  std::vector<admin> admins_;
  std::uint64_t connections_ = 0;
  order_memory memory_;
  callback_window window_;
  std::deque<return_batch> returns_;          ///< not sent: there was no admin
  std::optional<boot_time> callback_tick_at_; ///< the earliest on its way
  std::optional<boot_time> lease_tick_at_;
  bool spool_writable_ = true;
  std::optional<caf::typed_response_promise<bool>> draining_;
  bool said_goodbye_ = false; ///< nobody is dialled any more, and links that end are no news
};

void executor_node_state::configure(executor_node_config cfg) {
  cfg_ = std::move(cfg);
  memory_ = order_memory{cfg_.memory};
  window_ = callback_window{cfg_.callbacks};
  auto seed = cfg_.jitter_seed;
  for (auto& e : cfg_.admins) admins_.emplace_back(to_string(e), e, ++seed);
  if (cfg_.local_gate) admins_.emplace_back("this process", std::nullopt, ++seed);
  for (auto& [session, outcomes] : cfg_.earlier_results) {
    for (auto& x : outcomes) memory_.finish(x.trigger);
    window_.add(session, std::move(outcomes), now());
  }
  cfg_.earlier_results.clear();
}

void executor_node_state::begin(node_peers peers) {
  peers_ = std::move(peers);
  for (std::size_t i = 0; i < admins_.size(); ++i) dial(i, 0);
  self_->delayed_send(self_, forget_every, forget_tick{});
}

// ---- connections

admin* executor_node_state::of(std::uint64_t connection) {
  auto it = std::find_if(admins_.begin(), admins_.end(), [&](auto& a) { return a.connection == connection; });
  return it == admins_.end() ? nullptr : &*it;
}

admin* executor_node_state::leader() {
  for (auto& a : admins_)
    if (a.live() && a.adopted && a.adopted == memory_.highest()) return &a;
  return nullptr;
}

admin* executor_node_state::any() {
  if (auto* a = leader()) return a;
  auto it = std::find_if(admins_.begin(), admins_.end(), [](auto& a) { return a.live(); });
  return it == admins_.end() ? nullptr : &*it;
}

void executor_node_state::dial(std::size_t index, std::uint64_t after) {
  auto& a = admins_.at(index);
  if (a.connection != after || said_goodbye_) return; // a newer attempt is on its way
  auto connection = a.connection = ++connections_;
  if (!a.where) return greet(index, *cfg_.local_gate);
  self_->request(cfg_.dialer, cfg_.patience, caf::connect_atom_v, a.where->host, a.where->port)
      .then(
          [this, index, connection](const gate_actor& gate) {
            if (admins_[index].connection == connection) greet(index, gate);
          },
          [this, connection](const caf::error& why) { failed(connection, why); });
}

void executor_node_state::greet(std::size_t index, const gate_actor& gate) {
  auto& a = admins_[index];
  auto connection = a.connection;
  a.relay = spawn_relay(self_->system(), connection, executor_node_actor{self_}, peers_.logs);
  self_
      ->request(gate, cfg_.patience, hello_atom_v, protocol_oldest, protocol_newest, std::string{"executor"},
                cfg_.hello.name, caf::actor_cast<caf::strong_actor_ptr>(a.relay))
      .then(
          [this, index, connection](std::uint32_t protocol, const caf::strong_actor_ptr& link) {
            if (admins_[index].connection == connection) enlist(index, protocol, link);
          },
          [this, connection](const caf::error& why) { failed(connection, why); });
}

void executor_node_state::enlist(std::size_t index, std::uint32_t protocol, const caf::strong_actor_ptr& raw) {
  auto connection = admins_[index].connection;
  if (!raw || protocol < protocol_oldest || protocol > protocol_newest)
    return failed(connection,
                  make_error(errc::protocol_mismatch, "the admin answered protocol " + std::to_string(protocol)));
  auto link = caf::actor_cast<executor_link_actor>(raw);
  admins_[index].peer = link.address();
  self_->monitor(link);
  auto hello = cfg_.hello;
  hello.highest_epoch = memory_.highest();
  self_->request(link, cfg_.patience, register_atom_v, std::move(hello))
      .then(
          [this, connection, link](const executor_welcome& terms) {
            if (auto* a = of(connection)) welcomed(*a, link, terms);
          },
          [this, connection, session = cfg_.hello.session](const caf::error& why) {
            if (code_of(why) == errc::session_ended && session == cfg_.hello.session) return new_session();
            failed(connection, why);
          });
}

void executor_node_state::welcomed(admin& a, const executor_link_actor& link, const executor_welcome& terms) {
  if (auto problem = invalid(terms)) return failed(a.connection, make_error(errc::invalid_argument, *problem));
  a.link = link;
  a.terms = terms;
  a.problem.clear();
  spdlog::info("connected to admin {} {} {} as {}/{}, session {}", terms.admin, a.where ? "at" : "in", a.text,
               cfg_.hello.group, cfg_.hello.name, to_string(cfg_.hello.session));
  count("executor.connects");
  beat(a.connection);
  if (!draining_) self_->send(a.link, credit_atom_v, cfg_.credit);
  send_returns();
  pump();
}

void executor_node_state::failed(std::uint64_t connection, const caf::error& why) {
  auto* a = of(connection);
  if (a == nullptr || said_goodbye_) return; // an older connection
  auto text = text_of(why);
  if (std::exchange(a->problem, text) != text)
    spdlog::warn("admin {} cannot be used: {}; trying again for ever", a->text, text);
  close(*a);
  auto index = static_cast<std::size_t>(a - admins_.data());
  self_->delayed_send(self_, a->wait.next(), dial_tick{index, a->connection});
}

void executor_node_state::close(admin& a) {
  if (a.relay) self_->send_exit(a.relay, caf::exit_reason::user_shutdown);
  if (a.peer) self_->demonitor(a.peer);
  a.relay = nullptr;
  a.peer = nullptr;
  a.link = nullptr;
  a.adopted = {};
  a.used = 0;
  window_.lost(std::exchange(a.connection, ++connections_)); // answers of the old one count no more
  pump();
}

void executor_node_state::lost(const caf::actor_addr& who) {
  for (auto& a : admins_)
    if (a.peer == who) return failed(a.connection, make_error(errc::unavailable, "the connection was lost"));
}

// ---- session and lease

void executor_node_state::beat(std::uint64_t connection) {
  auto* a = of(connection);
  if (a == nullptr || !a->live()) return;
  ask_for_trust(*a);
  self_->delayed_send(self_, a->terms.beat, beat_tick{connection});
}

void executor_node_state::ask_for_trust(admin& a) {
  auto connection = a.connection;
  self_->request(a.link, cfg_.patience, beat_atom_v, cfg_.hello.session, ++a.beats)
      .then([this, connection, sent = now()](const beat_answer& answer) { beat_answered(connection, sent, answer); },
            [this, connection, session = cfg_.hello.session](const caf::error& why) {
              if (code_of(why) == errc::session_ended && session == cfg_.hello.session) return new_session();
              failed(connection, why);
            });
}

void executor_node_state::beat_answered(std::uint64_t connection, boot_time sent, const beat_answer& answer) {
  auto* a = of(connection);
  if (a == nullptr || !a->live()) return;
  a->wait.reset();
  if (!answer.leads || answer.epoch < memory_.highest()) return;
  auto had = cfg_.trust->trusted(now());
  cfg_.trust->renew(sent, a->terms.lease);
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
  if (said_goodbye_) return;
  auto ended = cfg_.hello.session;
  cfg_.hello.previous = ended;
  cfg_.hello.session = {random_id()};
  cfg_.trust->end();
  spdlog::warn("session {} has ended; the new one is {}", to_string(ended), to_string(cfg_.hello.session));
  count("executor.sessions_ended");
  self_->send(peers_.spool, session_began{cfg_.hello.session});
  self_->send(peers_.runners, give_back_waiting{state_reason::session_ended});
  for (std::size_t i = 0; i < admins_.size(); ++i) {
    close(admins_[i]);
    // With backoff, should an admin end every session that it sees.
    self_->delayed_send(self_, admins_[i].wait.next(), dial_tick{i, admins_[i].connection});
  }
}

void executor_node_state::lead(const lead_told& told) {
  auto* a = of(told.connection);
  if (a == nullptr || !a->live() || !told.epoch) return;
  if (!memory_.adopt(told.epoch)) {
    spdlog::warn("admin {} says that it leads with epoch {}, but epoch {} leads", a->text, to_string(told.epoch),
                 to_string(memory_.highest()));
    count("executor.stale_leads");
    return;
  }
  a->adopted = told.epoch;
  ask_for_trust(*a); // not at the next beat: what is due now would wait for it
  auto ids = memory_.inventory();
  std::size_t done = 0;
  do {
    auto n = std::min(inventory_items, ids.size() - done);
    auto first = ids.begin() + static_cast<std::ptrdiff_t>(done);
    done += n;
    self_->send(
        a->link, holds_atom_v,
        inventory_piece{
            cfg_.hello.session, told.epoch, {first, first + static_cast<std::ptrdiff_t>(n)}, done == ids.size()});
  } while (done < ids.size());
  send_returns();
}

// ---- orders

void executor_node_state::take_orders(orders_came& came) {
  auto* a = of(came.connection);
  if (a == nullptr || !a->live()) return;
  auto& batch = came.batch;
  if (auto problem = invalid(batch)) return refuse(*a, batch, state_reason::refused, *problem);
  if (auto why = memory_.refusal(batch, a->adopted, cfg_.hello.session); !why.empty())
    return refuse(*a, batch, state_reason::refused, why);
  if (draining_) return refuse(*a, batch, state_reason::shutdown, "this executor is stopping");
  intake accepted{batch.session, batch.epoch, came.connection, {}};
  accepted.orders.reserve(batch.orders.size());
  return_batch again{batch.session, batch.epoch, {}};
  for (auto& o : batch.orders) {
    switch (memory_.judge(o.trigger, o.handed)) {
    case verdict::accept:
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
  a->used += static_cast<std::uint32_t>(not_queued);
  if (!again.orders.empty()) self_->send(a->link, return_atom_v, std::move(again));
  if (!accepted.orders.empty()) self_->send(peers_.runners, std::move(accepted));
  if (!cfg_.trust->trusted(now())) check_lease_at(now() + first_trust);
  grant(*a);
}

void executor_node_state::refuse(admin& a, const order_batch& batch, state_reason reason, const std::string& why) {
  spdlog::warn("refused {} orders of admin {}: {}", batch.orders.size(), a.text, why);
  count("executor.orders_refused", batch.orders.size());
  // Only what can be named in a valid answer; a batch above the limit is answered in pieces.
  return_batch back{batch.session, batch.epoch, {}};
  auto send = [&] {
    if (!back.orders.empty() && !invalid(back)) self_->send(a.link, return_atom_v, back);
    back.orders.clear();
  };
  for (auto& o : batch.orders) {
    if (o.trigger.value > 0) back.orders.push_back({o.trigger, o.handed, reason});
    if (back.orders.size() == limits::batch_items) send();
  }
  send();
  a.used += static_cast<std::uint32_t>(std::min<std::size_t>(batch.orders.size(), cfg_.credit));
  grant(a);
}

void executor_node_state::orders_queued(orders_taken taken) {
  auto* a = of(taken.connection);
  if (a == nullptr || !a->live()) return;
  a->used += taken.count;
  grant(*a);
}

/// Grants again what was used, at half. Nothing while the spool refuses, or too much is open: that is the node's
/// back-pressure.
void executor_node_state::grant(admin& a) {
  if (draining_ || !spool_writable_ || !a.live() || a.used == 0 || a.used < cfg_.credit / 2) return;
  if (memory_.held() + memory_.unacknowledged() >= cfg_.max_open) return;
  self_->send(a.link, credit_atom_v, std::exchange(a.used, 0u));
}

void executor_node_state::give_back(const runs_given_back& back) {
  std::map<std::pair<session_id, epoch_id>, return_batch> open;
  for (auto& r : back.runs) {
    memory_.give_back(r->task.trigger, r->task.handed, now());
    auto& batch = open[{r->session, r->epoch}];
    batch.session = r->session;
    batch.epoch = r->epoch;
    batch.orders.push_back({r->task.trigger, r->task.handed, back.reason});
    if (batch.orders.size() == limits::batch_items) returns_.push_back(std::exchange(batch, {}));
  }
  for (auto& [key, batch] : open)
    if (!batch.orders.empty()) returns_.push_back(std::move(batch));
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
  for (std::size_t done = 0; done < open.triggers.size(); done += limits::batch_items) {
    auto first = open.triggers.begin() + static_cast<std::ptrdiff_t>(done);
    auto n = std::min(limits::batch_items, open.triggers.size() - done);
    self_->send(to->link, progress_atom_v,
                progress_batch{cfg_.hello.session, {first, first + static_cast<std::ptrdiff_t>(n)}});
  }
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
  pump();
  for (auto& a : admins_) grant(a);
  check_drained();
}

/// Sends what is due, and comes back when more will be.
void executor_node_state::pump() {
  if (auto* to = any()) {
    while (auto* batch = window_.take(to->connection, now())) {
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
  for (auto& a : admins_) grant(a);
}

void executor_node_state::forget() {
  memory_.forget(now());
  self_->delayed_send(self_, forget_every, forget_tick{});
}

caf::result<script_source> executor_node_state::script(job_id job, spec_version version, std::uint64_t connection) {
  auto* from = of(connection);
  if (from == nullptr || !from->live()) from = any();
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
    for (auto& a : admins_)
      if (a.live()) self_->send(a.link, bye_atom_v, cfg_.hello.session);
  said_goodbye_ = told;
  draining_->deliver(told);
}

void executor_node_state::shut() {
  for (auto& a : admins_)
    if (a.relay) self_->send_exit(a.relay, caf::exit_reason::user_shutdown);
}

executor_node_actor::behavior_type executor_node(executor_node_state::pointer self, executor_node_config cfg) {
  auto& state = self->state;
  state.configure(std::move(cfg));
  self->set_down_handler([self](const caf::down_msg& down) { self->state.lost(down.source); });
  self->set_exit_handler([self](caf::exit_msg& why) {
    self->state.shut();
    self->quit(std::move(why.reason));
  });
  return {
      [self](node_peers& peers) { self->state.begin(std::move(peers)); },
      [self](const lead_told& told) { self->state.lead(told); },
      [self](orders_came& came) { self->state.take_orders(came); },
      [self](ack_came came) { self->state.acknowledged(came.number); },
      [self](orders_taken taken) { self->state.orders_queued(taken); },
      [self](const runs_given_back& back) { self->state.give_back(back); },
      [self](open_report& open) { self->state.report(open); },
      [self](results_spooled& done) { self->state.spooled(done); },
      [self](spool_health health) { self->state.spool_changed(health.writable); },
      [self](dial_tick tick) { self->state.dial(tick.admin, tick.connection); },
      [self](beat_tick tick) { self->state.beat(tick.connection); },
      [self](callback_tick) { self->state.callbacks_due(); },
      [self](lease_tick) { self->state.look_at_lease(); },
      [self](forget_tick) { self->state.forget(); },
      [self](script_atom, job_id job, spec_version version, std::uint64_t connection) {
        return self->state.script(job, version, connection);
      },
      [self](drain_request) { return self->state.drain(); },
  };
}

} // namespace

executor_node_actor spawn_executor_node(caf::actor_system& sys, executor_node_config cfg) {
  return sys.spawn(executor_node, std::move(cfg));
}

} // namespace xxl::executor
