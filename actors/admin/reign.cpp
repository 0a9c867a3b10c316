#include "actors/admin/reign.hpp"

#include "actors/admin/ledger.hpp"
#include "actors/admin/read_ahead.hpp"
#include "actors/admin/reconciler.hpp"
#include "actors/admin/router.hpp"
#include "actors/admin/time_ring.hpp"
#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <map>
#include <utility>
#include <vector>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

struct reign_state {
  static constexpr const char* name = "reign";
  explicit reign_state(reign_config c = {}) : cfg{std::move(c)} {}
  reign_config cfg;
  ledger_actor ledger;
  ring_actor ring;
  read_ahead_actor reader;
  reconciler_actor reconciler;
  std::map<group_id, router_actor> routers;
  std::map<session_id, candidate> sessions; ///< candidates
  std::vector<caf::actor> children;         ///< in order of spawn
};
using self_ptr = reign_actor::stateful_pointer<reign_state>;

template <class Handle> Handle adopt(self_ptr self, Handle child) {
  self->monitor(child);
  self->state.children.push_back(caf::actor_cast<caf::actor>(child));
  return child;
}

/// Stops the children in reverse order of spawn: claims last, so that what is under way is settled.
void end(self_ptr self, caf::error reason) {
  auto& s = self->state;
  for (auto it = s.children.rbegin(); it != s.children.rend(); ++it)
    self->send_exit(*it, caf::exit_reason::user_shutdown);
  s = reign_state{};
  self->quit(std::move(reason));
}

router_actor router_of(self_ptr self, group_id group) {
  auto& s = self->state;
  if (auto it = s.routers.find(group); it != s.routers.end()) return it->second;
  router_config cfg;
  cfg.epoch = s.cfg.epoch;
  cfg.group = group;
  cfg.time = s.cfg.time;
  cfg.stats = s.cfg.stats;
  cfg.ring = s.ring;
  cfg.ledger = s.ledger;
  cfg.seed = static_cast<std::uint64_t>(s.cfg.random());
  cfg.dispatch_timeout = s.cfg.how.dispatch_timeout;
  cfg.misfire_threshold = s.cfg.how.misfire_threshold;
  auto router = adopt(self, spawn_router(self->system(), std::move(cfg)));
  s.routers.emplace(group, router);
  self->send(s.ring, group_router{group, router});
  return router;
}

ledger_actor claim_ledger(self_ptr self) {
  auto& s = self->state;
  if (s.cfg.store->one_writer()) return s.cfg.completions;
  ledger_config cfg;
  cfg.db = s.cfg.store->open_ledger(true);
  cfg.leads = s.cfg.leads;
  cfg.time = s.cfg.time;
  cfg.stats = s.cfg.stats;
  cfg.duty = "claim";
  cfg.listener = s.cfg.listener;
  cfg.lease = s.cfg.how.lease;
  return adopt(self, spawn_ledger(self->system(), std::move(cfg), s.cfg.detached));
}

void start(self_ptr self, const std::vector<session_id>& live) {
  auto& s = self->state;
  auto& sys = self->system();
  time_ring_config ring;
  ring.epoch = s.cfg.epoch;
  ring.leads = s.cfg.leads;
  ring.wall = s.cfg.wall;
  ring.time = s.cfg.time;
  ring.stats = s.cfg.stats;
  ring.ring = s.cfg.how.ring;
  ring.misfire_threshold = s.cfg.how.misfire_threshold;
  ring.reign = self;
  s.ring = adopt(self, spawn_time_ring(sys, std::move(ring), s.cfg.detached));

  read_ahead_config reader;
  reader.db = s.cfg.store->open_plan_reader();
  reader.cache = s.cfg.cache;
  reader.ring = s.ring;
  reader.reign = self;
  reader.time = s.cfg.time;
  reader.wall = s.cfg.wall;
  reader.stats = s.cfg.stats;
  reader.horizon = s.cfg.how.ring.horizon;
  reader.ring_most = s.cfg.how.ring.most;
  s.reader = adopt(self, spawn_read_ahead(sys, std::move(reader), s.cfg.detached));

  reconciler_config rec;
  rec.epoch = s.cfg.epoch;
  rec.ledger = s.ledger;
  rec.specs = s.cfg.specs;
  rec.registry = s.cfg.registry;
  rec.reign = self;
  rec.time = s.cfg.time;
  rec.stats = s.cfg.stats;
  rec.journal_wait = s.cfg.how.lease;
  s.reconciler = adopt(self, spawn_reconciler(sys, std::move(rec)));

  self->send(s.cfg.registry, reign_begins{s.cfg.epoch, s.ledger, self});
  spdlog::info("epoch {}: firing; {} live sessions", s.cfg.epoch.value, live.size());
}

/// First act: nobody's lease may run out because there was no leader to renew it.
void take_over(self_ptr self) {
  auto& s = self->state;
  self->request(s.ledger, 5s, lead_atom_v, s.cfg.epoch)
      .then([self](const std::vector<session_id>& live) { start(self, live); },
            [self](const caf::error& e) {
              auto& s2 = self->state;
              if (!s2.cfg.leads->holds(s2.cfg.epoch))
                return end(self, make_error(errc::not_leader, "trust ran out during the takeover"));
              spdlog::warn("epoch {}: the takeover waits: {}", s2.cfg.epoch.value, text_of(e));
              self->delayed_send(self, 100ms, caf::tick_atom_v);
            });
}

void join(self_ptr self, candidate& c) {
  auto& s = self->state;
  if (!s.ring) return;
  s.sessions[c.session] = c;
  self->send(router_of(self, c.group), std::move(c));
  self->send(s.reader, jobs_changed{}); // rows that waited for an executor
}

void left(self_ptr self, const candidate_left& x) {
  auto& s = self->state;
  auto it = s.sessions.find(x.session);
  if (it == s.sessions.end() || (x.link && it->second.link.address() != x.link)) return;
  self->send(router_of(self, it->second.group), x);
  s.sessions.erase(it);
}

/// Behind everything that this reign has told the session's router so far.
caf::result<bool> stop_routing_to(self_ptr self, stop_routing x) {
  auto& s = self->state;
  auto it = s.sessions.find(x.session);
  if (it == s.sessions.end()) return true;
  auto router = router_of(self, it->second.group);
  s.sessions.erase(it);
  return self->delegate(router, x);
}

/// To the links of the candidates: the others' rows wait until their executors are back, or their sessions are over.
void tell_kills(self_ptr self, kills_told all) {
  auto& s = self->state;
  std::map<session_id, kills_told> by_session;
  for (auto& row : all.rows) {
    auto& kills = by_session[row.session];
    kills.epoch = s.cfg.epoch;
    kills.rows.push_back(row);
  }
  for (auto& [session, kills] : by_session)
    if (auto it = s.sessions.find(session); it != s.sessions.end()) self->send(it->second.link, std::move(kills));
}

reign_actor::behavior_type reign(self_ptr self, reign_config cfg) {
  self->state = reign_state{std::move(cfg)};
  self->set_down_handler([self](caf::down_msg& dm) {
    spdlog::error("epoch {}: an actor of the scheduler ended: {}", self->state.cfg.epoch.value, text_of(dm.reason));
    end(self, std::move(dm.reason));
  });
  self->set_exit_handler([self](caf::exit_msg& em) { end(self, std::move(em.reason)); });
  self->state.ledger = claim_ledger(self);
  take_over(self);
  return {
      [self](candidate& c) { join(self, c); },
      [self](const candidate_left& x) { left(self, x); },
      [self](orders_left x) {
        if (auto it = self->state.routers.find(x.group); it != self->state.routers.end()) self->send(it->second, x);
      },
      [self](stop_routing x) { return stop_routing_to(self, x); },
      [self](kills_told& x) { tell_kills(self, std::move(x)); },
      [self](life_ended& x) {
        if (self->state.reconciler) self->send(self->state.reconciler, std::move(x));
      },
      [self](group_wanted x) { router_of(self, x.group); },
      [self](jobs_changed& x) {
        if (self->state.reader) self->send(self->state.reader, std::move(x));
      },
      [self](caf::tick_atom) { take_over(self); },
  };
}

} // namespace

reign_actor spawn_reign(caf::actor_system& sys, reign_config cfg) { return sys.spawn(reign, std::move(cfg)); }

} // namespace xxl::admin
