#include "actors/admin/ledger.hpp"

#include "actors/admin/claim_plan.hpp"
#include "protocol/errors.hpp"
#include "protocol/guards.hpp"
#include "storage/error.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <variant>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;
using storage::error_kind;
using storage::run;

constexpr std::int64_t id_block = 1'000;
constexpr auto first_retry = 50ms;
constexpr auto last_retry = 2'000ms;
/// A next fire nearer than this may come up before the read-ahead's next pass.
constexpr auto look_at_once = 1'000ms;

/// A claim under way: its two statements, each with its own "may have happened".
struct pending_claim {
  claim_work work;
  std::optional<claim_plan> plan;
  run fires_run = run::first, waiting_run = run::first;
  std::optional<storage::claim_answer> fires, waiting;
};
struct pending_complete {
  complete_work work;
  caf::strong_actor_ptr asker;
  run how = run::first;
};
using pending = std::variant<pending_claim, pending_complete, hand_back_work, report_work, set_next_work, renew_request,
                             end_session_request>;

struct ledger_state {
  static constexpr const char* name = "ledger";
  explicit ledger_state(ledger_config c = {}) : cfg{std::move(c)} {}
  ledger_config cfg;
  std::deque<pending> queue;
  bool gathering = false; ///< claims wait in the queue until what is in the mailbox already has joined them
  std::int64_t next_id = 0, ids_left = 0;
  bool down = false; ///< the database did not answer; the retry timer is set
  bool connected = false;
  std::chrono::milliseconds backoff = first_retry;
  std::map<session_id, boot_time> unrenewed; ///< when somebody asked to renew them, if that is not committed since

  trigger_id take_id() {
    if (ids_left == 0) {
      next_id = cfg.db->take_ids().value;
      ids_left = id_block;
    }
    --ids_left;
    return {next_id++};
  }
  metrics::value& stat(const char* what) { return cfg.stats->at(cfg.duty + "." + what); }
};
using self_ptr = ledger_actor::stateful_pointer<ledger_state>;

/// Something became due that only the database knows: the read-ahead looks at once instead of at its next pass.
void tell_changed(self_ptr self) {
  if (auto& listener = self->state.cfg.listener) self->send(listener, jobs_changed{});
}

// ---- claims

void add(self_ptr self, pending work);

/// Rows claimed for a link that is gone: never put on a wire, so they go back at once.
hand_back_work unsent(self_ptr self, epoch_id epoch, session_id session, const std::vector<order>& orders) {
  hand_back_work back;
  back.epoch = epoch;
  for (auto& o : orders)
    back.rows.push_back({o.trigger, session, self->state.cfg.time->now(), state_reason::not_started, o.handed});
  return back;
}

void hand_to_links(self_ptr self, const claim_work& work, std::map<session_id, std::vector<order>> orders) {
  auto& s = self->state;
  for (auto& [session, list] : orders) {
    s.stat("claimed") += static_cast<std::int64_t>(list.size());
    auto target =
        std::find_if(work.links.begin(), work.links.end(), [&, id = session](auto& l) { return l.first == id; });
    if (target == work.links.end()) {
      self->send(self, unsent(self, work.epoch, session, list));
      continue;
    }
    auto kept = std::make_shared<const std::vector<order>>(list);
    self->request(target->second, 10s, claimed_orders{work.epoch, std::move(list)})
        .then([](std::uint64_t) {},
              [self, kept, id = session, epoch = work.epoch](const caf::error& e) {
                // Only a link that is gone: one that is slow may still send them, and two would run. At once, before
                // the session's next link asks for its open rows: that one would send them again.
                if (e == caf::sec::request_receiver_down) add(self, unsent(self, epoch, id, *kept));
              });
  }
}

/// Calls until the database has answered for every row. Those that it refuses for ever are logged and left out by
/// settling: the others went through and must not be forgotten. An unknown outcome is settled at the next try.
template <class Call> auto answered(self_ptr self, run& how, Call call) {
  for (std::size_t refusals = 0;; ++refusals) {
    try {
      return call();
    } catch (const storage::error& e) {
      auto settles = e.kind == error_kind::refused ||
                     (e.kind == error_kind::unknown_outcome && stands(guard::unknown_commit_settled));
      if (settles) how = run::settle;
      if (e.kind != error_kind::refused || refusals == claim_chunk) throw;
      spdlog::error("{}: {}", self->state.cfg.duty, e.what());
      self->state.stat("refused") += 1;
    }
  }
}

bool deposed(const std::optional<storage::claim_answer>& answer) {
  return answer && answer->fence == storage::fence::deposed;
}

/// Another session holds some of the jobs' rows: those wait for the next pass, the others go on (storage.md §4b).
void leave_locked(self_ptr self, pending_claim& p) {
  std::vector<job_id> jobs;
  for (auto& a : p.plan->fires.jobs) jobs.push_back(a.job);
  auto free = self->state.cfg.db->unlocked(jobs);
  std::sort(free.begin(), free.end());
  auto locked = [&](auto& x) { return !std::binary_search(free.begin(), free.end(), x.job); };
  std::erase_if(p.plan->fires.jobs, locked);
  std::erase_if(p.plan->fires.triggers, locked);
  batch_done left;
  left.group = p.work.group;
  std::erase_if(p.work.fires, [&](auto& f) {
    if (std::binary_search(free.begin(), free.end(), f.due.job->id)) return false;
    left.fires.push_back({f.due.job->id, placement::not_taken, std::nullopt, false});
    return true;
  });
  self->state.stat("locked") += static_cast<std::int64_t>(left.fires.size());
  self->send(p.work.router, std::move(left));
}

void run_one(self_ptr self, pending_claim& p) {
  auto& s = self->state;
  auto now = s.cfg.time->now();
  // Asked right before each statement: what came before it may have taken its time. A batch that may already be in the
  // database is settled whether trust holds or not: the fence decides (guarantees.md §2.7).
  auto may = [&](run how) { return how == run::settle || s.cfg.leads->holds(p.work.epoch); };
  if (!may(p.fires_run) && !may(p.waiting_run)) {
    self->send(p.work.router, nothing_taken(p.work));
    return;
  }
  if (!p.plan)
    p.plan = plan_claim(
        p.work, [&s] { return s.take_id(); }, now);
  auto claim_fires = [&] {
    p.fires =
        answered(self, p.fires_run, [&] { return s.cfg.db->claim(p.work.epoch, p.plan->fires, now, p.fires_run); });
  };
  if (!p.fires && !p.plan->fires.jobs.empty() && may(p.fires_run)) {
    try {
      claim_fires();
    } catch (const storage::error& e) {
      if (e.kind != error_kind::retry || e.state != "55P03") throw;
      leave_locked(self, p);
      if (!p.plan->fires.jobs.empty() && may(p.fires_run)) claim_fires();
    }
  }
  if (!deposed(p.fires) && !p.waiting && !p.plan->waiting.empty() && may(p.waiting_run))
    p.waiting = answered(self, p.waiting_run,
                         [&] { return s.cfg.db->claim_waiting(p.work.epoch, p.plan->waiting, now, p.waiting_run); });
  if (deposed(p.fires) || deposed(p.waiting)) {
    spdlog::warn("epoch {} is over: another admin leads", p.work.epoch.value);
    s.cfg.leads->resign(p.work.epoch);
    self->send(p.work.router, nothing_taken(p.work));
    return;
  }
  auto result = read_answers(p.work, *p.plan, p.fires.value_or(storage::claim_answer{}),
                             p.waiting.value_or(storage::claim_answer{}));
  s.stat("batches") += 1;
  hand_to_links(self, p.work, std::move(result.orders));
  self->send(p.work.router, std::move(result.done));
}

// ---- completions

/// Before the first run, and never again: a repetition names the same ids.
void number_retries(ledger_state& s, complete_work& work, instant now) {
  for (auto i : work.retries) {
    auto& row = work.rows.at(i);
    if (row.retry) continue;
    row.retry = s.take_id();
    row.retry_due = now;
  }
}

/// Results that changed nothing: told before, or too late for their row (guarantees.md §2.6), which is said and
/// acknowledged all the same. A mark for killing decides the end whatever was reported.
void look_at_unmoved(self_ptr self, const complete_work& work, const std::vector<trigger_id>& moved) {
  auto& s = self->state;
  std::map<trigger_id, trigger_state> reported;
  std::vector<trigger_id> ids;
  std::vector<instant> fires;
  for (std::size_t i = 0; i < work.rows.size(); ++i) {
    auto& row = work.rows[i];
    if (std::binary_search(moved.begin(), moved.end(), row.trigger)) continue;
    reported.emplace(row.trigger, row.state);
    ids.push_back(row.trigger);
    fires.push_back(work.fires[i]);
  }
  auto late = [&](trigger_id id, const std::string& why) {
    s.stat("late") += 1;
    spdlog::warn("trigger {}: a result came late and changes nothing: {}", id.value, why);
  };
  for (auto& was : s.cfg.db->finals(ids, fires)) {
    auto result = reported.extract(was.trigger);
    if (!result) continue;
    if (was.state == result.mapped() || was.state == trigger_state::killed)
      s.stat("repeated") += 1;
    else
      late(was.trigger, "it " + to_string(result.mapped()) + ", but had ended as " + to_string(was.state));
  }
  for (auto& [id, state] : reported)
    late(id, "it " + to_string(state) + ", but its row is not open under that session");
}

void run_one(self_ptr self, pending_complete& p) {
  auto& s = self->state;
  auto now = s.cfg.time->now();
  number_retries(s, p.work, now);
  auto answer = answered(self, p.how, [&] { return s.cfg.db->complete(p.work.epoch, p.work.rows, now, p.how); });
  if (p.work.epoch && !answer.fenced) s.cfg.leads->resign(*p.work.epoch);
  s.stat("completed") += static_cast<std::int64_t>(answer.moved.size());
  auto soon = [&](auto& row) { return row.next && *row.next - now < look_at_once; };
  if (!answer.followed.empty() || std::any_of(p.work.rows.begin(), p.work.rows.end(), soon)) tell_changed(self);
  if (answer.moved.size() < p.work.rows.size() && !p.work.epoch) look_at_unmoved(self, p.work, answer.moved);
  if (p.work.number != 0)
    if (auto asker = caf::actor_cast<completion_actor>(p.asker)) self->send(asker, complete_done{p.work.number});
}

// ---- the rest

void run_one(self_ptr self, hand_back_work& work) {
  auto back = self->state.cfg.db->hand_back_rows(work.epoch, work.rows);
  self->state.stat("handed_back") += static_cast<std::int64_t>(back.size());
  if (!back.empty()) tell_changed(self);
}
void run_one(self_ptr self, report_work& work) { self->state.cfg.db->report(work.rows); }
void run_one(self_ptr self, set_next_work& work) {
  for (auto& [row, next] : work.rows)
    if (self->state.cfg.db->set_next(row, next)) self->state.stat("ends_repaired") += 1;
}
/// A lease from now on, by the database's clock.
void renew(ledger_state& s, epoch_id epoch, const std::vector<session_id>& sessions, std::chrono::milliseconds length) {
  auto renewed = s.cfg.db->renew_sessions(epoch, sessions, s.cfg.db->database_now() + length);
  if (!renewed.fenced) s.cfg.leads->resign(epoch);
}

void run_one(self_ptr self, renew_request& work) {
  auto& s = self->state;
  renew(s, work.epoch, work.sessions, s.cfg.lease);
  for (auto session : work.sessions) s.unrenewed.erase(session);
}
void run_one(self_ptr self, end_session_request& work) {
  auto& s = self->state;
  auto ended = s.cfg.db->end_sessions(work.epoch, std::vector{work.session}, s.cfg.db->database_now(), work.reason);
  if (!ended.fenced) s.cfg.leads->resign(work.epoch);
}

/// What is dropped because the database refuses it for ever: said, counted, and the askers are not left waiting.
void give_up(self_ptr self, pending& work) {
  self->state.stat("refused") += 1;
  if (auto* claim = std::get_if<pending_claim>(&work)) self->send(claim->work.router, nothing_taken(claim->work));
  if (auto* complete = std::get_if<pending_complete>(&work); complete && complete->work.number != 0)
    if (auto asker = caf::actor_cast<completion_actor>(complete->asker))
      self->send(asker, complete_done{complete->work.number});
}

void retry_later(self_ptr self, const storage::error& e) {
  auto& s = self->state;
  if (!s.down) spdlog::warn("{}: the database does not answer: {}; trying again", s.cfg.duty, e.what());
  s.down = true;
  s.stat("retries") += 1;
  self->delayed_send(self, s.backoff, caf::tick_atom_v);
  s.backoff = std::min(2 * s.backoff, std::chrono::milliseconds{last_retry});
}

void connect(ledger_state& s) {
  if (s.connected) return;
  s.cfg.db->connect();
  s.connected = true;
}

/// True if the work is done with, one way or the other.
bool try_front(self_ptr self) {
  auto& s = self->state;
  try {
    connect(s);
    std::visit([self](auto& work) { run_one(self, work); }, s.queue.front());
    return true;
  } catch (const storage::error& e) {
    switch (e.kind) {
    case error_kind::refused:
      spdlog::error("{}: the database refuses a row: {}", s.cfg.duty, e.what());
      give_up(self, s.queue.front());
      return true;
    case error_kind::fatal:
      spdlog::critical("{}: {}", s.cfg.duty, e.what());
      self->quit(make_error(errc::internal, e.what()));
      return false;
    case error_kind::retry: break;
    case error_kind::unavailable:
    case error_kind::unknown_outcome: s.connected = false; break;
    }
    retry_later(self, e);
    return false;
  }
}

void work_off(self_ptr self) {
  auto& s = self->state;
  while (!s.down && !s.queue.empty()) {
    if (!try_front(self)) return;
    s.queue.pop_front();
    s.backoff = first_retry;
  }
  s.stat("queue") = static_cast<std::int64_t>(s.queue.size());
}

void add(self_ptr self, pending work) {
  self->state.queue.push_back(std::move(work));
  work_off(self);
}

/// Whether `work` may be done by the statement that does `into`: nobody has tried that one yet, both are of one router,
/// and a session that both name is behind the same link.
bool fits(const pending_claim& into, const claim_work& work) {
  auto size = [](const claim_work& w) { return w.fires.size() + w.waiting.size(); };
  return !into.plan && into.work.epoch == work.epoch && into.work.router == work.router &&
         size(into.work) + size(work) <= claim_chunk &&
         std::all_of(work.links.begin(), work.links.end(), [&](auto& named) {
           return std::none_of(into.work.links.begin(), into.work.links.end(),
                               [&](auto& known) { return known.first == named.first && known.second != named.second; });
         });
}

template <class T> void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// A claim joins the one that waits last in the queue. So a statement that takes its time is followed by one for all
/// that came meanwhile, not by one for each tick: on a busy machine those would never catch up.
void add_claim(self_ptr self, claim_work&& work) {
  auto& s = self->state;
  auto* last = s.queue.empty() ? nullptr : std::get_if<pending_claim>(&s.queue.back());
  if (last && fits(*last, work)) {
    append(last->work.fires, std::move(work.fires));
    append(last->work.waiting, std::move(work.waiting));
    append(last->work.links, std::move(work.links));
  } else {
    s.queue.push_back(pending_claim{std::move(work), {}, run::first, run::first, {}, {}});
  }
  if (!s.down && !std::exchange(s.gathering, true)) self->send(self, caf::tick_atom_v); // behind what came meanwhile
}

/// A question that is answered at once or not at all: the asker repeats it. What was asked for before it is done
/// before.
template <class R, class F> caf::result<R> answer(self_ptr self, F call) {
  auto& s = self->state;
  work_off(self);
  if (s.down) return make_error(errc::unavailable, "the database does not answer");
  try {
    connect(s);
    return call();
  } catch (const storage::error& e) {
    if (e.kind == error_kind::fatal) {
      spdlog::critical("{}: {}", s.cfg.duty, e.what());
      self->quit(make_error(errc::internal, e.what()));
    }
    if (e.kind == error_kind::unavailable || e.kind == error_kind::unknown_outcome) s.connected = false;
    return make_error(errc::unavailable, e.what());
  }
}

/// Sessions that beat within a lease do not end, even where the database was too slow to renew them in time: their
/// executors were told that this admin leads, and trust themselves.
void renew_those_that_beat(self_ptr self, epoch_id epoch) {
  auto& s = self->state;
  auto now = s.cfg.time->boot();
  std::erase_if(s.unrenewed, [&](auto& beat) { return now - beat.second >= s.cfg.lease; });
  if (s.unrenewed.empty()) return;
  std::vector<session_id> sessions;
  auto oldest = now;
  for (auto& [session, at] : s.unrenewed) {
    sessions.push_back(session);
    oldest = std::min(oldest, at);
  }
  renew(s, epoch, sessions, std::chrono::duration_cast<std::chrono::milliseconds>(s.cfg.lease - (now - oldest)));
}

caf::result<reconcile_report> reconcile(self_ptr self, epoch_id epoch) {
  return answer<reconcile_report>(self, [&] {
    auto& s = self->state;
    reconcile_report report;
    if (!s.cfg.leads->holds(epoch)) return report;
    renew_those_that_beat(self, epoch);
    report.ended = s.cfg.db->end_expired(epoch, s.cfg.db->database_now()).sessions;
    report.dead = s.cfg.db->ended_with_open_rows();
    report.awaiting = s.cfg.db->overdue_ends();
    return report;
  });
}

ledger_actor::behavior_type ledger(self_ptr self, ledger_config cfg) {
  self->state = ledger_state{std::move(cfg)};
  return {
      [self](claim_work& work) { add_claim(self, std::move(work)); },
      [self](complete_work& work) {
        add(self, pending_complete{std::move(work), self->current_sender(), run::first});
      },
      [self](hand_back_work& work) { add(self, std::move(work)); },
      [self](report_work& work) { add(self, std::move(work)); },
      [self](set_next_work& work) { add(self, std::move(work)); },
      [self](open_session_request& r) -> caf::result<storage::session_opened> {
        return answer<storage::session_opened>(self, [&] {
          auto& s = self->state;
          r.session.now = s.cfg.db->database_now();
          r.session.lease_until = r.session.now + s.cfg.lease;
          return s.cfg.db->open_session(r.epoch, r.session);
        });
      },
      [self](end_session_request& r) { add(self, r); },
      [self](renew_request& r) {
        auto& s = self->state;
        for (auto session : r.sessions) s.unrenewed[session] = s.cfg.time->boot();
        if (!s.down) add(self, std::move(r)); // the next one names the same sessions
      },
      [self](lead_atom, epoch_id epoch) -> caf::result<std::vector<session_id>> {
        auto& s = self->state;
        return answer<std::vector<session_id>>(self, [&]() -> caf::result<std::vector<session_id>> {
          auto live = s.cfg.db->lease_takeover(epoch, s.cfg.db->database_now() + s.cfg.lease);
          if (live.fenced) return std::move(live.sessions);
          s.cfg.leads->resign(epoch);
          return make_error(errc::not_leader, "another epoch is in force");
        });
      },
      [self](open_rows_request r) -> caf::result<std::vector<storage::open_row>> {
        return answer<std::vector<storage::open_row>>(self, [&] {
          std::vector<storage::open_row> all;
          for (trigger_id after{};;) {
            auto page = self->state.cfg.db->open_rows(std::vector{r.session}, after, 5'000);
            if (page.empty()) return all;
            after = page.back().trigger;
            all.insert(all.end(), std::make_move_iterator(page.begin()), std::make_move_iterator(page.end()));
          }
        });
      },
      [self](reconcile_request r) { return reconcile(self, r.epoch); },
      [self](caf::tick_atom) {
        auto& s = self->state;
        if (!std::exchange(s.gathering, false)) s.down = false; // it is the retry's
        work_off(self);
      },
  };
}

} // namespace

ledger_actor spawn_ledger(caf::actor_system& sys, ledger_config cfg, bool detached) {
  return detached ? sys.spawn<caf::detached>(ledger, std::move(cfg)) : sys.spawn(ledger, std::move(cfg));
}

} // namespace xxl::admin
