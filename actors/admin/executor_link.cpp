#include "actors/admin/executor_link.hpp"

#include "actors/admin/dead_rows.hpp"
#include "actors/admin/send_queue.hpp"
#include "protocol/errors.hpp"
#include "protocol/guards.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "protocol/validate.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

/// Where a reign stands on this link; orders are sent from `candidate` on.
enum class stage { idle, opening, adopting, reconciling, candidate };

struct executor_link_state {
  static constexpr const char* name = "executor_link";
  explicit executor_link_state(executor_link_config c = {}) : cfg{std::move(c)} {}
  executor_link_config cfg;
  executor_hello hello; ///< the executor's own words; session 0 until it registered
  group_id group;
  std::optional<reign_begins> reign;
  stage at = stage::idle;
  bool gone = false; ///< the session has ended for good: beats are answered session_ended
  send_queue queue;
  std::uint64_t credit = 0;                            ///< orders the executor takes now
  std::unordered_set<trigger_id> held;                 ///< inventory, until its last piece is there
  std::string refused;                                 ///< why the session cannot be opened, for the executor
  std::map<session_id, std::vector<trigger_id>> lives; ///< journals of earlier lives, until their last piece is there
  std::unordered_set<trigger_id> killed;               ///< told to the executor over this connection, and still open
  std::optional<instant> alarm;

  std::string who() const { return hello.group + "/" + hello.name; }
};
using self_ptr = link_actor::stateful_pointer<executor_link_state>;

constexpr auto ledger_patience = 8s;
/// What an executor could not start for its disk's sake is tried again then, here or elsewhere.
constexpr auto disk_pause = 1s;

// ---- sending

void send_due(self_ptr self) {
  auto& s = self->state;
  if (s.at != stage::candidate) return;
  auto now = s.cfg.time->now();
  std::size_t sent = 0;
  while (s.cfg.leads->holds(s.reign->epoch)) { // asked before each send
    auto orders = s.queue.take(now, s.credit);
    if (orders.empty()) break;
    s.credit -= orders.size();
    sent += orders.size();
    self->send(s.cfg.executor, run_atom_v, order_batch{s.reign->epoch, s.hello.session, std::move(orders)});
  }
  if (sent > 0) {
    s.cfg.stats->at("link.sent") += static_cast<std::int64_t>(sent);
    self->send(s.reign->reign, orders_left{s.group, s.hello.session, sent});
  }
  if (!s.cfg.leads->holds(s.reign->epoch)) return; // what is left comes back through the next reign's inventory
  auto next = s.queue.next();
  if (!next || *next <= now || (s.alarm && *s.alarm <= *next)) return; // what is due already waits for credit
  s.alarm = next;
  self->delayed_send(self, *next - now, caf::tick_atom_v);
}

/// What never left goes back at once, so that another executor can have it.
void hand_back(self_ptr self, const std::vector<order>& orders) {
  auto& s = self->state;
  hand_back_work work;
  work.epoch = s.reign->epoch;
  auto due = s.cfg.time->now();
  for (auto& o : orders) work.rows.push_back({o.trigger, s.hello.session, due, state_reason::not_started, o.handed});
  if (!work.rows.empty()) self->send(s.reign->ledger, std::move(work));
}

/// The connection is gone, or the link is.
void leave(self_ptr self) {
  auto& s = self->state;
  if (s.reign && s.hello.session) {
    hand_back(self, s.queue.drain());
    self->send(s.reign->reign, candidate_left{s.hello.session, self->address()});
  }
  s.reign.reset();
  s.cfg.executor = nullptr;
  s.cfg.registry = nullptr;
  s.cfg.completion = nullptr;
  s.cfg.reports = nullptr;
  s.cfg.specs = nullptr;
}

void end(self_ptr self, caf::error reason) {
  leave(self);
  self->quit(std::move(reason));
}

// ---- a reign on this link

void become_candidate(self_ptr self) {
  auto& s = self->state;
  s.at = stage::candidate;
  spdlog::info("executor {} (session {}) is ready under epoch {}", s.who(), s.hello.session.value,
               s.reign->epoch.value);
  self->send(s.reign->reign, candidate{s.group, s.hello.session, s.hello.name, self});
  send_due(self);
}

/// Rows of this session that its inventory lacks are sent again: to it alone, under the same ids.
void send_again(self_ptr self, std::vector<storage::open_row> rows) {
  auto& s = self->state;
  std::erase_if(rows,
                [&](auto& row) { return s.held.count(row.trigger) || s.queue.contains(row.trigger) || row.kill; });
  s.held.clear();
  if (rows.empty()) return become_candidate(self);
  specs_request wanted;
  for (auto& row : rows) wanted.keys.push_back({row.job, row.version});
  auto epoch = s.reign->epoch;
  auto kept = std::make_shared<std::vector<storage::open_row>>(std::move(rows));
  self->request(s.cfg.specs, ledger_patience, std::move(wanted))
      .then(
          [self, kept, epoch](const std::vector<armed_job_ptr>& jobs) {
            auto& s2 = self->state;
            if (s2.at != stage::reconciling || s2.reign->epoch != epoch) return;
            std::unordered_map<job_id, std::unordered_map<spec_version, armed_job_ptr>> known;
            for (auto& job : jobs) known[job->id][job->version] = job;
            std::vector<order> orders;
            for (auto& row : *kept)
              if (auto& job = known[row.job][row.version]) orders.push_back(order_of(*job, row));
            s2.cfg.stats->at("link.sent_again") += static_cast<std::int64_t>(orders.size());
            spdlog::info("executor {}: {} triggers are sent again", s2.who(), orders.size());
            s2.queue.put(std::move(orders));
            become_candidate(self);
          },
          [self](const caf::error& e) {
            end(self, make_error(errc::unavailable, "specifications cannot be read: " + text_of(e)));
          });
}

void reconcile(self_ptr self) {
  auto& s = self->state;
  s.at = stage::reconciling;
  auto epoch = s.reign->epoch;
  self->request(s.reign->ledger, ledger_patience, open_rows_request{s.hello.session})
      .then(
          [self, epoch](std::vector<storage::open_row>& rows) {
            if (self->state.at == stage::reconciling && self->state.reign->epoch == epoch)
              send_again(self, std::move(rows));
          },
          [self](const caf::error& e) {
            end(self, make_error(errc::unavailable, "open rows cannot be read: " + text_of(e)));
          });
}

storage::session_open session_of(const executor_link_state& s) {
  storage::session_open open;
  open.session = s.hello.session;
  open.group = s.group;
  open.name = s.hello.name;
  open.address = s.hello.address;
  open.version = s.hello.version;
  open.lives = s.hello.lives;
  open.labels = nlohmann::json(s.hello.labels).dump();
  return open;
}

void opened(self_ptr self, const storage::session_opened& answer) {
  auto& s = self->state;
  if (!answer.fenced) return s.cfg.leads->resign(s.reign->epoch);
  if (answer.gone) {
    s.gone = true;
    spdlog::warn("executor {}: session {} has ended; it must take a new one", s.who(), s.hello.session.value);
    return;
  }
  if (answer.holder) {
    s.refused = "another live executor has the name " + s.who() + " (session " + to_string(answer.holder) +
                "): give this one a name of its own, or wait until that one's lease ends";
    spdlog::warn("executor {}: session {} is refused: session {} has the name", s.who(), s.hello.session.value,
                 answer.holder.value);
    return;
  }
  for (auto old : answer.ended) {
    spdlog::info("executor {}: session {} ended: restarted as {}", s.who(), old.value, s.hello.session.value);
    self->send(s.cfg.registry, session_over{old});
    self->send(s.reign->reign, candidate_left{old, {}});
  }
  s.at = stage::adopting;
  self->send(s.cfg.executor, lead_atom_v, s.reign->epoch);
  if (!stands(guard::inventory_first)) reconcile(self);
}

void open_session_again(self_ptr self, epoch_id epoch, const caf::error& why) {
  auto& s = self->state;
  if (s.at != stage::opening || s.reign->epoch != epoch) return;
  spdlog::warn("executor {}: its session cannot be opened yet: {}", s.who(), text_of(why));
  self->delayed_send(self, 500ms, *s.reign); // the same step again
}

void open_session(self_ptr self) {
  auto& s = self->state;
  auto epoch = s.reign->epoch;
  self->request(s.reign->ledger, ledger_patience, open_session_request{epoch, session_of(s)})
      .then(
          [self, epoch](const storage::session_opened& answer) {
            if (self->state.at == stage::opening && self->state.reign->epoch == epoch) opened(self, answer);
          },
          [self, epoch](const caf::error& e) { open_session_again(self, epoch, e); });
}

/// An earlier life gets nothing more before it is ended.
void stop_routing_to_life(self_ptr self, std::size_t which) {
  auto& s = self->state;
  if (which == s.hello.lives.size()) return open_session(self);
  auto epoch = s.reign->epoch;
  self->request(s.reign->reign, ledger_patience, stop_routing{s.hello.lives[which]})
      .then(
          [self, epoch, which](bool) {
            if (self->state.at == stage::opening && self->state.reign->epoch == epoch)
              stop_routing_to_life(self, which + 1);
          },
          [self, epoch](const caf::error& e) { open_session_again(self, epoch, e); });
}

/// First half of a takeover on this link; the executor's inventory brings the second.
void begin_session(self_ptr self) {
  auto& s = self->state;
  s.at = stage::opening;
  s.held.clear();
  s.lives.clear();
  s.killed.clear();
  stop_routing_to_life(self, 0);
}

void begin_reign(self_ptr self, reign_begins r) {
  auto& s = self->state;
  if (!s.hello.session || !s.cfg.leads->holds(r.epoch)) return;
  if (s.reign && (s.reign->epoch > r.epoch || (s.reign->epoch == r.epoch && s.at > stage::opening))) return;
  s.queue.drain(); // of an older epoch: its rows are in the ledger, and come back through the inventory
  s.alarm.reset();
  s.reign = std::move(r);
  begin_session(self);
}

/// What never left ends here; the rest the executor ends, also what has not reached it: told once over this connection.
void kill_rows(self_ptr self, const kills_told& kills) {
  auto& s = self->state;
  if (s.at != stage::candidate || kills.epoch != s.reign->epoch) return;
  complete_work ended;
  ended.epoch = kills.epoch;
  kill_batch batch{s.hello.session, {}};
  auto tell = [&] {
    if (!batch.orders.empty()) self->send(s.cfg.executor, kill_atom_v, batch);
    batch.orders.clear();
  };
  auto told = std::exchange(s.killed, {});
  for (auto& row : kills.rows) {
    if (s.queue.drop(row.trigger)) {
      ended.rows.push_back(killed_before_start(row.trigger, row.session, s.cfg.time->now()));
      ended.fires.push_back(row.fire);
      continue;
    }
    s.killed.insert(row.trigger);
    if (told.contains(row.trigger)) continue;
    batch.orders.push_back({row.trigger, row.job, row.version, row.fire, row.attempt});
    if (batch.orders.size() == limits::batch_items) tell();
  }
  tell();
  if (ended.rows.empty()) return;
  self->send(s.reign->reign, orders_left{s.group, s.hello.session, ended.rows.size()});
  self->send(s.reign->ledger, std::move(ended));
}

// ---- from the executor

/// What breaks the protocol ends the connection: the executor comes back with a hello.
void refuse(self_ptr self, const char* what, const std::string& why) {
  auto& s = self->state;
  s.cfg.stats->at("link.refused") += 1;
  spdlog::error("executor {}: {} refused: {}", s.hello.session ? s.who() : "(not registered)", what, why);
  end(self, make_error(errc::invalid_argument, why));
}

template <class Message> bool acceptable(self_ptr self, const char* what, const Message& m) {
  if (auto problem = invalid(m)) {
    refuse(self, what, *problem);
    return false;
  }
  if (!self->state.hello.session) {
    refuse(self, what, "it came before the registration");
    return false;
  }
  return true;
}

caf::result<executor_welcome> register_executor(self_ptr self, executor_hello& hello) {
  auto& s = self->state;
  if (auto problem = invalid(hello)) return make_error(errc::invalid_argument, *problem);
  if (s.hello.session)
    return make_error(errc::invalid_argument, "this connection is registered already: a new session dials anew");
  auto promise = self->make_response_promise<executor_welcome>();
  self->request(s.cfg.registry, 10s, link_hello{hello, self})
      .then(
          [self, promise, hello](const link_accepted& accepted) mutable {
            auto& s2 = self->state;
            s2.hello = std::move(hello);
            s2.group = accepted.group;
            promise.deliver(executor_welcome{s2.cfg.admin, s2.cfg.beat, s2.cfg.lease});
          },
          [promise](caf::error& e) mutable { promise.deliver(std::move(e)); });
  return promise;
}

caf::result<beat_answer> beat(self_ptr self, session_id session, std::uint64_t sequence) {
  auto& s = self->state;
  if (s.gone || session != s.hello.session)
    return make_error(errc::session_ended,
                      "session " + to_string(session) + " has ended: take a new one and say hello again");
  if (!s.refused.empty()) return make_error(errc::name_in_use, s.refused);
  auto leads = s.reign && s.at > stage::opening && s.cfg.leads->holds(s.reign->epoch);
  if (leads) self->send(s.cfg.registry, link_beat{session});
  return beat_answer{sequence, leads, leads ? s.reign->epoch : epoch_id{}};
}

void take_inventory(self_ptr self, const inventory_piece& piece) {
  auto& s = self->state;
  if (s.at != stage::adopting || piece.epoch != s.reign->epoch || piece.session != s.hello.session) return;
  s.held.insert(piece.held.begin(), piece.held.end());
  if (piece.last) reconcile(self);
}

void take_life(self_ptr self, life_report& report) {
  auto& s = self->state;
  // Only what this connection's hello named, in the reign that adopted it: another one is told anew.
  if (!s.reign || s.at < stage::reconciling || report.epoch != s.reign->epoch || report.session != s.hello.session)
    return;
  if (std::find(s.hello.lives.begin(), s.hello.lives.end(), report.life) == s.hello.lives.end())
    return refuse(self, "life report", "life " + to_string(report.life) + " was not named at hello");
  auto& started = s.lives[report.life];
  started.insert(started.end(), report.started.begin(), report.started.end());
  if (started.size() > limits::life_items) return refuse(self, "life report", "it names too many ids");
  if (!report.last) return;
  self->send(s.reign->reign, life_ended{report.life, std::move(started), self});
  s.lives.erase(report.life);
}

void give_back(self_ptr self, const return_batch& batch) {
  auto& s = self->state;
  if (!s.reign) return; // this admin does not lead: the leader sends the order again and gets it back
  // What the executor held and gave back it refuses from then on under that count, whoever sends it: any reign may take
  // it back. A refusal says less: another reign may have sent the same id, and it runs.
  auto ours = batch.epoch == s.reign->epoch && batch.session == s.hello.session;
  hand_back_work work;
  work.epoch = s.reign->epoch;
  auto now = s.cfg.time->now();
  for (auto& o : batch.orders) {
    auto due = o.reason == state_reason::journal_failed ? now + disk_pause : now;
    if (ours || o.reason != state_reason::refused)
      work.rows.push_back({o.trigger, batch.session, due, o.reason, o.handed});
  }
  if (!work.rows.empty()) self->send(s.reign->ledger, std::move(work));
}

/// What the database would refuse for ever must not come back for ever. Our executors clean their messages themselves;
/// another build's may not, and a result counts whatever it says.
void clean_messages(callback_batch& batch) {
  for (auto& o : batch.outcomes) o.message = clean_text(o.message, limits::message_bytes);
}

void report(self_ptr self, const progress_batch& batch) {
  report_work work;
  for (auto& p : batch.triggers) work.rows.push_back({p.trigger, batch.session, p.state, instant{}, p.started});
  self->send(self->state.cfg.reports, std::move(work));
}

caf::result<script_source> script(self_ptr self, job_id job, spec_version version) {
  auto promise = self->make_response_promise<script_source>();
  specs_request wanted;
  wanted.keys.push_back({job, version});
  self->request(self->state.cfg.specs, ledger_patience, std::move(wanted))
      .then(
          [promise, job, version](const std::vector<armed_job_ptr>& jobs) mutable {
            auto* work = jobs.empty() ? nullptr : std::get_if<script_work>(&jobs.front()->spec.work);
            if (work)
              promise.deliver(script_source{job, version, work->language, work->source});
            else
              promise.deliver(make_error(errc::not_found, "job " + to_string(job) + " version " +
                                                              std::to_string(version) + " has no script"));
          },
          [promise](caf::error& e) mutable { promise.deliver(std::move(e)); });
  return promise;
}

link_actor::behavior_type executor_link(self_ptr self, executor_link_config cfg) {
  self->state = executor_link_state{std::move(cfg)};
  self->monitor(self->state.cfg.executor);
  self->set_down_handler([self](caf::down_msg& dm) {
    if (self->state.hello.session)
      spdlog::warn("executor {}: the connection is gone ({})", self->state.who(), text_of(dm.reason));
    end(self, {});
  });
  self->set_exit_handler([self](caf::exit_msg& em) { end(self, std::move(em.reason)); });
  return {
      [self](register_atom, executor_hello& hello) { return register_executor(self, hello); },
      [self](beat_atom, session_id session, std::uint64_t sequence) { return beat(self, session, sequence); },
      [self](credit_atom, std::uint32_t n) {
        self->state.credit = std::min<std::uint64_t>(self->state.credit + n, 1'000'000);
        send_due(self);
      },
      [self](holds_atom, const inventory_piece& piece) {
        if (acceptable(self, "inventory", piece)) take_inventory(self, piece);
      },
      [self](life_atom, life_report& report) {
        if (acceptable(self, "life report", report)) take_life(self, report);
      },
      [self](callback_atom, callback_batch& batch) {
        if (!acceptable(self, "callback", batch)) return;
        clean_messages(batch);
        self->send(self->state.cfg.completion, link_callbacks{std::move(batch), self});
      },
      [self](return_atom, const return_batch& batch) {
        if (acceptable(self, "return", batch)) give_back(self, batch);
      },
      [self](progress_atom, const progress_batch& batch) {
        if (acceptable(self, "progress", batch)) report(self, batch);
      },
      [self](script_atom, job_id job, spec_version version) { return script(self, job, version); },
      [self](bye_atom, session_id session) {
        auto& s = self->state;
        if (session != s.hello.session) return;
        spdlog::info("executor {} (session {}) said goodbye", s.who(), session.value);
        auto reign = s.reign;
        leave(self);
        if (reign) self->send(reign->ledger, end_session_request{reign->epoch, session, session_end::stopped});
        self->quit();
      },
      [self](claimed_orders& claimed) -> std::uint64_t {
        auto& s = self->state;
        if (!s.reign || claimed.epoch != s.reign->epoch) return 0;
        if (s.gone) {
          hand_back(self, claimed.orders);
          return 0;
        }
        auto n = claimed.orders.size();
        s.queue.put(std::move(claimed.orders));
        send_due(self);
        return n;
      },
      [self](const kills_told& kills) { kill_rows(self, kills); },
      [self](reign_begins& r) { begin_reign(self, std::move(r)); },
      [self](session_over x) {
        auto& s = self->state;
        if (x.session != s.hello.session) return;
        s.gone = true;
        if (s.reign) hand_back(self, s.queue.drain());
      },
      [self](ack_atom, std::uint64_t number) { self->send(self->state.cfg.executor, ack_atom_v, number); },
      [self](life_settled x) { self->send(self->state.cfg.executor, settled_atom_v, x.life); },
      [self](const link_log_query& q) { return self->delegate(self->state.cfg.executor, log_atom_v, q.query); },
      [self](caf::tick_atom) {
        self->state.alarm.reset();
        send_due(self);
      },
  };
}

} // namespace

link_actor spawn_executor_link(caf::actor_system& sys, executor_link_config cfg) {
  return sys.spawn(executor_link, std::move(cfg));
}

} // namespace xxl::admin
