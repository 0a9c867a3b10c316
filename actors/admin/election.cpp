#include "actors/admin/election.hpp"

#include "protocol/errors.hpp"
#include "storage/error.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <random>
#include <utility>

namespace xxl::admin {
namespace {

struct election_state {
  static constexpr const char* name = "election";
  explicit election_state(election_config c = {}) : cfg{std::move(c)}, random{cfg.jitter_seed} {}
  election_config cfg;
  epoch_id epoch; ///< 0: follower
  bool connected = false;
  bool unreachable = false; ///< said so already
  instant started{};
  std::optional<boot_time> said_present; ///< when it last did
  bool clock_warned = false;
  std::minstd_rand random;
};
using self_ptr = election_actor::stateful_pointer<election_state>;

void close(election_state& s) {
  s.cfg.lock->close();
  s.connected = false;
}

void hand_over(election_state& s) {
  s.cfg.leads->resign(s.epoch);
  s.cfg.lock->hand_over(s.epoch);
  s.connected = false;
}

void step_down(self_ptr self, std::string why) {
  auto& s = self->state;
  spdlog::warn("epoch {} ends on this node: {}", s.epoch.value, why);
  hand_over(s);
  self->send(s.cfg.listener, deposed{s.epoch, std::move(why)});
  s.epoch = epoch_id{};
  s.cfg.stats->at("election.leads") = 0;
}

void warn_of_clock(election_state& s, std::chrono::milliseconds offset) {
  auto far = std::chrono::abs(offset) > clock_watch::warns_above;
  if (far && !s.clock_warned)
    spdlog::warn("the clock of this node is {} ms off the database's: set it; above {} ms this node does not lead",
                 offset.count(), clock_watch::leads_below.count());
  if (!far && s.clock_warned) spdlog::info("the clock of this node agrees with the database's again");
  s.clock_warned = far;
  s.cfg.stats->at("election.clock_offset_ms") = offset.count();
}

/// Says that this node lives, and measures its clock by the answer.
void say_present(election_state& s) {
  auto boot = s.cfg.time->boot();
  if (s.said_present && boot - *s.said_present < s.cfg.beat_every) return;
  auto asked = s.cfg.time->now();
  auto server = s.cfg.lock->say_present({s.cfg.node, s.cfg.address, s.cfg.version, s.started, s.cfg.wall->offset()});
  s.said_present = boot;
  auto took = s.cfg.time->boot() - boot;
  auto middle = asked + std::chrono::duration_cast<std::chrono::milliseconds>(took / 2);
  auto offset = server ? middle - *server : std::chrono::milliseconds{0};
  s.cfg.wall->measured(offset);
  warn_of_clock(s, offset);
}

void campaign(self_ptr self) {
  auto& s = self->state;
  if (!s.connected) {
    s.cfg.lock->connect();
    s.connected = true;
    if (std::exchange(s.unreachable, false)) spdlog::info("election: the database answers again");
  }
  say_present(s);
  if (s.cfg.wall->astray()) return;
  // Trust counts from before the lock was asked for: the server's idle clock starts later.
  auto sent = s.cfg.time->boot();
  if (!s.cfg.lock->try_lock()) return;
  auto epoch = s.cfg.lock->raise_epoch(s.cfg.node, s.cfg.time->now());
  s.cfg.leads->begin(epoch, sent + s.cfg.trust_for);
  s.epoch = epoch;
  s.cfg.stats->at("election.leads") = 1;
  s.cfg.stats->at("election.epoch") = epoch.value;
  spdlog::info("this node leads: epoch {}", epoch.value);
  self->send(s.cfg.listener, elected{epoch});
}

void beat(self_ptr self) {
  auto& s = self->state;
  if (stands(guard::resignation) && !s.cfg.leads->holds(s.epoch)) return step_down(self, "its trust ran out");
  auto sent = s.cfg.time->boot();
  if (!s.cfg.lock->heartbeat(s.cfg.beat_patience))
    return step_down(self, "the heartbeat was not answered, or the lock is gone");
  if (!s.cfg.leads->extend(sent + s.cfg.trust_for)) return step_down(self, "its trust ran out");
  say_present(s);
  if (s.cfg.wall->astray())
    step_down(self, "its clock is " + std::to_string(s.cfg.wall->offset()->count()) + " ms off the database's");
}

caf::timespan pause(election_state& s) {
  if (s.epoch) return s.cfg.beat_every;
  auto quarter = s.cfg.try_every.count() / 4;
  return s.cfg.try_every +
         std::chrono::milliseconds{std::uniform_int_distribution<std::int64_t>{-quarter, quarter}(s.random)};
}

void step(self_ptr self) {
  auto& s = self->state;
  try {
    if (s.epoch)
      beat(self);
    else
      campaign(self);
  } catch (const storage::error& e) {
    if (e.kind == storage::error_kind::fatal) {
      spdlog::critical("election: {}", e.what());
      s.cfg.leads->resign(s.epoch);
      return self->quit(make_error(errc::internal, e.what()));
    }
    if (s.epoch)
      step_down(self, e.what());
    else
      close(s);
    if (!std::exchange(s.unreachable, true))
      spdlog::warn("election: the database does not answer: {}; trying again", e.what());
  }
  self->delayed_send(self, pause(s), caf::tick_atom_v);
}

election_actor::behavior_type election(self_ptr self, election_config cfg) {
  self->state = election_state{std::move(cfg)};
  self->state.started = self->state.cfg.time->now();
  self->set_exit_handler([self](caf::exit_msg& em) {
    auto& s = self->state;
    if (s.epoch)
      hand_over(s); // the lock is free at once: another admin need not wait for the server to notice
    else
      close(s);
    s.cfg.listener = nullptr;
    self->quit(std::move(em.reason));
  });
  self->send(self, caf::tick_atom_v);
  return {[self](caf::tick_atom) { step(self); }};
}

} // namespace

election_actor spawn_election(caf::actor_system& sys, election_config cfg, bool detached) {
  return detached ? sys.spawn<caf::detached>(election, std::move(cfg)) : sys.spawn(election, std::move(cfg));
}

} // namespace xxl::admin
