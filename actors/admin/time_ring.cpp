#include "actors/admin/time_ring.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <utility>

namespace xxl::admin {
namespace {

struct time_ring_state {
  static constexpr const char* name = "time_ring";
  explicit time_ring_state(time_ring_config c = {}) : cfg{std::move(c)}, queue{cfg.ring} {}
  time_ring_config cfg;
  ring queue;
  std::map<group_id, router_actor> routers;
  std::optional<instant> alarm;   ///< when the pending alarm rings
  std::uint64_t alarm_number = 0; ///< tells an outdated alarm
};
using self_ptr = ring_actor::stateful_pointer<time_ring_state>;

due_batch decide(time_ring_state& s, ring::handout&& h, instant now) {
  due_batch batch;
  batch.fires.reserve(h.fires.size());
  for (auto& f : h.fires) {
    auto decision = schedule::decide(f.job->times, f.next, now, f.job->rule_after(f.fires), s.cfg.misfire_threshold);
    batch.fires.push_back(due_fire{std::move(f.job), f.next, std::move(decision)});
  }
  batch.waiting = std::move(h.waiting);
  return batch;
}

void set_alarm(self_ptr self);

/// Nothing is decided by a clock that was set, until it is measured.
void wait_for_clock(self_ptr self) {
  auto& s = self->state;
  constexpr auto look_again = std::chrono::milliseconds{50};
  s.cfg.stats->at("ring.clock_waits") += 1;
  s.alarm = instant{}; // before every claim: none replaces it
  self->delayed_send(self, look_again, caf::tick_atom_v, ++s.alarm_number);
}

void hand_out(self_ptr self) {
  auto& s = self->state;
  if (!s.cfg.leads->holds(s.cfg.epoch))
    return; // trust never comes back within an epoch: no alarm either, what is due would ring it for ever
  if (s.cfg.wall && s.cfg.wall->stepped()) return wait_for_clock(self);
  auto now = s.cfg.time->now();
  for (auto& h : s.queue.take(now)) {
    auto group = h.group;
    s.cfg.stats->at("ring.handed_out") += static_cast<std::int64_t>(h.fires.size() + h.waiting.size());
    self->send(s.routers.at(group), decide(s, std::move(h), now));
  }
  s.cfg.stats->at("ring.entries") = static_cast<std::int64_t>(s.queue.size());
  set_alarm(self);
}

/// One alarm, for the earliest claim. delayed_send is relative and does not see the wall clock being set: no alarm is
/// far away.
constexpr auto longest_wait = std::chrono::milliseconds{250};

void set_alarm(self_ptr self) {
  auto& s = self->state;
  auto at = s.queue.next_claim();
  if (!at || (s.alarm && *s.alarm <= *at)) return;
  auto now = s.cfg.time->now();
  s.alarm = std::min(*at, now + longest_wait);
  auto wait = std::max(*s.alarm - now, std::chrono::milliseconds{0});
  self->delayed_send(self, wait, caf::tick_atom_v, ++s.alarm_number);
}

/// Entries of a group without a router wait until the reign has made one.
void need_router(self_ptr self, group_id group) {
  auto& s = self->state;
  if (s.routers.count(group)) return;
  s.routers.emplace(group, router_actor{});
  s.queue.hold(group);
  self->send(s.cfg.reign, group_wanted{group});
}

ring_actor::behavior_type time_ring(self_ptr self, time_ring_config cfg) {
  self->state = time_ring_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.routers.clear();
    self->state.cfg.reign = nullptr;
    self->quit(std::move(em.reason));
  });
  return {
      [self](plan_page& page) {
        auto& s = self->state;
        for (auto& f : page.fires) {
          need_router(self, f.job->group);
          s.queue.put(std::move(f));
        }
        for (auto& w : page.waiting) {
          need_router(self, w.job->group);
          s.queue.put(std::move(w));
        }
        hand_out(self);
        return page_taken{s.queue.size()};
      },
      [self](const batch_done& answer) {
        self->state.queue.done(answer, self->state.cfg.time->now());
        hand_out(self);
      },
      [self](group_has_room x) {
        self->state.queue.has_room(x.group);
        hand_out(self);
      },
      [self](group_router& x) {
        self->state.routers[x.group] = std::move(x.router);
        self->state.queue.has_room(x.group);
        hand_out(self);
      },
      [self](caf::tick_atom, std::uint64_t number) {
        if (number != self->state.alarm_number) return;
        self->state.alarm.reset();
        hand_out(self);
      },
  };
}

} // namespace

ring_actor spawn_time_ring(caf::actor_system& sys, time_ring_config cfg, bool detached) {
  return detached ? sys.spawn<caf::detached>(time_ring, std::move(cfg)) : sys.spawn(time_ring, std::move(cfg));
}

} // namespace xxl::admin
