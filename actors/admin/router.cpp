#include "actors/admin/router.hpp"

#include "actors/admin/dead_rows.hpp"
#include "actors/admin/routing.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

/// How long a due row was without a candidate. Counted from sighting to sighting, `longest_step` at most each: while it
/// is paused the read-ahead does not show it.
struct orphan {
  boot_time::duration waited{};
  boot_time seen{};
};
constexpr auto longest_step = 2s;
constexpr auto orphans_kept = 60s; ///< after the last sighting
constexpr auto orphans_looked_at = 10s;

struct router_state {
  static constexpr const char* name = "router";
  explicit router_state(router_config c = {}) : cfg{std::move(c)}, routes{cfg.seed} {}
  router_config cfg;
  routing routes;
  std::vector<route_candidate> candidates; ///< sorted by name
  std::map<session_id, link_actor> links;
  std::unordered_map<trigger_id, orphan> orphans; ///< due, without a candidate
  bool full = false;                              ///< the ring was told no_room
  /// Sessions of the triggers that are with the ledger: what is not claimed gives its room back.
  std::map<trigger_id, session_id> claiming_rows;
  std::map<job_id, session_id> claiming_jobs;

  route_candidate* find(session_id session) {
    auto it = std::find_if(candidates.begin(), candidates.end(), [&](auto& c) { return c.session == session; });
    return it == candidates.end() ? nullptr : &*it;
  }
  void give_back(session_id session, std::size_t n) {
    if (auto* c = find(session)) c->room = std::min(cfg.link_room, c->room + n);
  }
};
using self_ptr = router_actor::stateful_pointer<router_state>;

/// The session chosen, with one order's room taken; none: no_room.
std::optional<session_id> place(router_state& s, const armed_job& job) {
  auto at = s.routes.choose(job.spec.route, job.id, s.candidates);
  if (!at) return std::nullopt;
  --s.candidates[*at].room;
  return s.candidates[*at].session;
}

void name_links(const router_state& s, claim_work& work) {
  std::vector<session_id> named;
  for (auto& f : work.fires) named.push_back(f.session);
  for (auto& w : work.waiting) named.push_back(w.session);
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  for (auto session : named)
    if (auto it = s.links.find(session); it != s.links.end()) work.links.emplace_back(session, it->second);
}

void claim(self_ptr self, claim_work work) {
  auto& s = self->state;
  if (work.fires.empty() && work.waiting.empty()) return;
  work.epoch = s.cfg.epoch;
  work.group = s.cfg.group;
  work.router = self;
  name_links(s, work);
  for (auto& f : work.fires)
    if (f.session) s.claiming_jobs[f.due.job->id] = f.session;
  for (auto& w : work.waiting) s.claiming_rows[w.waiting.row.trigger] = w.session;
  self->send(s.cfg.ledger, std::move(work));
}

storage::completion verdict_on(const storage::waiting_row& row, trigger_state state, state_reason reason,
                               std::string text, instant now) {
  storage::completion c;
  c.trigger = row.trigger;
  c.state = state;
  c.ended = now;
  c.reason = reason;
  c.message = std::move(text);
  return c;
}

/// The leader's own end of waiting rows, and what goes back to the ring. Nobody asks for a verdict's outcome: a row
/// that did not move is read again.
void end_rows(self_ptr self, complete_work verdicts, batch_done answer) {
  auto& s = self->state;
  if (!verdicts.rows.empty()) {
    verdicts.epoch = s.cfg.epoch;
    self->send(s.cfg.ledger, std::move(verdicts));
  }
  if (!answer.fires.empty() || !answer.waiting.empty()) {
    answer.group = s.cfg.group;
    self->send(s.cfg.ring, std::move(answer));
  }
}

/// The first attempt of a fire, later than its job allows.
bool missed(const router_state& s, const waiting_trigger& w) {
  auto deadline = w.job->spec.misfire_deadline;
  return deadline.count() > 0 && w.row.origin.empty() && w.row.attempt == 1 &&
         s.cfg.time->now() > w.row.planned.value_or(w.row.fire) + std::max(deadline, s.cfg.misfire_threshold);
}

bool waited_too_long(router_state& s, trigger_id id) {
  auto now = s.cfg.time->boot();
  auto [it, first] = s.orphans.try_emplace(id, orphan{{}, now});
  auto& o = it->second;
  o.waited += std::min<boot_time::duration>(now - o.seen, longest_step);
  o.seen = now;
  if (o.waited < s.cfg.dispatch_timeout) return false;
  s.orphans.erase(it);
  return true;
}

void route_waiting(self_ptr self, waiting_trigger&& w, claim_work& work, complete_work& verdicts, batch_done& answer) {
  auto& s = self->state;
  auto end = [&](trigger_state state, state_reason reason, std::string text) {
    if (w.job->spec.retry.again(state, w.row.attempt)) verdicts.retries.push_back(verdicts.rows.size());
    verdicts.rows.push_back(verdict_on(w.row, state, reason, std::move(text), s.cfg.time->now()));
    verdicts.fires.push_back(w.row.fire);
    answer.waiting.push_back({w.row.trigger, placement::not_taken});
  };
  if (w.row.kill) {
    verdicts.rows.push_back(killed_before_start(w.row.trigger, {}, s.cfg.time->now()));
    verdicts.fires.push_back(w.row.fire);
    answer.waiting.push_back({w.row.trigger, placement::not_taken});
    return;
  }
  if (w.row.deleted) return end(trigger_state::discarded, state_reason::deleted, "the job was deleted");
  if (missed(s, w))
    return end(trigger_state::missed, state_reason::misfire, "it could not start within its misfire_deadline");
  if (s.candidates.empty()) {
    if (!waited_too_long(s, w.row.trigger)) {
      answer.waiting.push_back({w.row.trigger, placement::not_taken});
      return;
    }
    s.cfg.stats->at("router.no_executor") += 1;
    return end(trigger_state::failed, state_reason::no_executor,
               "no live executor in group " + w.job->spec.group + " within " +
                   std::to_string(s.cfg.dispatch_timeout.count()) + " ms");
  }
  if (auto session = place(s, *w.job))
    work.waiting.push_back({std::move(w), *session});
  else
    answer.waiting.push_back({w.row.trigger, placement::no_room});
}

void route(self_ptr self, due_batch&& batch) {
  auto& s = self->state;
  claim_work work;
  complete_work verdicts;
  batch_done answer;
  for (auto& f : batch.fires) {
    auto needs_executor = f.decision.fire && !s.candidates.empty();
    auto session = needs_executor ? place(s, *f.job) : std::nullopt;
    if (needs_executor && !session)
      answer.fires.push_back({f.job->id, placement::no_room, std::nullopt, false});
    else
      work.fires.push_back({std::move(f), session.value_or(session_id{})});
  }
  for (auto& w : batch.waiting) route_waiting(self, std::move(w), work, verdicts, answer);
  claim(self, std::move(work));
  s.full =
      s.full ||
      std::any_of(answer.fires.begin(), answer.fires.end(), [](auto& f) { return f.what == placement::no_room; }) ||
      std::any_of(answer.waiting.begin(), answer.waiting.end(), [](auto& w) { return w.what == placement::no_room; });
  end_rows(self, std::move(verdicts), std::move(answer));
}

void room_again(self_ptr self) {
  auto& s = self->state;
  if (!s.full) return;
  s.full = false;
  self->send(s.cfg.ring, group_has_room{s.cfg.group});
}

void claimed(self_ptr self, batch_done&& answer) {
  auto& s = self->state;
  for (auto& f : answer.fires) {
    auto it = s.claiming_jobs.find(f.job);
    if (it == s.claiming_jobs.end()) continue;
    if (f.what != placement::taken) s.give_back(it->second, 1);
    s.claiming_jobs.erase(it);
  }
  for (auto& w : answer.waiting) {
    auto it = s.claiming_rows.find(w.trigger);
    if (it == s.claiming_rows.end()) continue;
    if (w.what != placement::taken) s.give_back(it->second, 1);
    s.claiming_rows.erase(it);
  }
  self->send(s.cfg.ring, std::move(answer));
  room_again(self);
}

/// Rows that somebody else ended, or that stay paused.
void forget_orphans(self_ptr self) {
  auto& s = self->state;
  auto now = s.cfg.time->boot();
  std::erase_if(s.orphans, [&](auto& o) { return now - o.second.seen > orphans_kept; });
  self->delayed_send(self, orphans_looked_at, caf::tick_atom_v);
}

void forget(self_ptr self, session_id session) {
  auto& s = self->state;
  std::erase_if(s.candidates, [&](auto& c) { return c.session == session; });
  s.links.erase(session);
  room_again(self); // without any candidate left, what the ring holds becomes waiting rows
}

router_actor::behavior_type router(self_ptr self, router_config cfg) {
  self->state = router_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.links.clear();
    self->state.cfg.ring = nullptr;
    self->state.cfg.ledger = nullptr;
    self->quit(std::move(em.reason));
  });
  self->delayed_send(self, orphans_looked_at, caf::tick_atom_v);
  return {
      [self](due_batch& batch) { route(self, std::move(batch)); },
      [self](candidate& c) {
        auto& s = self->state;
        std::erase_if(s.candidates, [&](auto& x) { return x.session == c.session; });
        route_candidate added{c.name, c.session, s.cfg.link_room};
        s.candidates.insert(std::upper_bound(s.candidates.begin(), s.candidates.end(), added,
                                             [](auto& a, auto& b) { return a.name < b.name; }),
                            added);
        s.links[c.session] = std::move(c.link);
        s.orphans.clear();
        room_again(self);
      },
      [self](const candidate_left& x) { forget(self, x.session); },
      [self](stop_routing x) {
        forget(self, x.session);
        return true;
      },
      [self](orders_left x) {
        self->state.give_back(x.session, x.orders);
        room_again(self);
      },
      [self](batch_done& answer) { claimed(self, std::move(answer)); },
      [self](caf::tick_atom) { forget_orphans(self); },
  };
}

} // namespace

router_actor spawn_router(caf::actor_system& sys, router_config cfg) { return sys.spawn(router, std::move(cfg)); }

} // namespace xxl::admin
