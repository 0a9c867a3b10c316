#include "actors/admin/node.hpp"

#include "actors/admin/dead_rows.hpp"
#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <map>
#include <utility>

namespace xxl::admin {
namespace {

struct node_state {
  static constexpr const char* name = "node";
  explicit node_state(node_config c = {}) : cfg{std::move(c)} {}
  node_config cfg;
  reign_config recipe;
  reign_actor reign;
  epoch_id epoch;
  std::map<caf::actor_addr, std::string> watched;
};
using self_ptr = supervisor_actor::stateful_pointer<node_state>;

void end_reign(self_ptr self) {
  auto& s = self->state;
  if (!s.reign) return;
  self->send(s.recipe.registry, lead_atom_v, s.epoch);
  self->demonitor(s.reign.address());
  self->send_exit(s.reign, caf::exit_reason::user_shutdown);
  s.reign = nullptr;
}

void begin_reign(self_ptr self, epoch_id epoch) {
  auto& s = self->state;
  end_reign(self);
  s.epoch = epoch;
  auto cfg = s.recipe;
  cfg.epoch = epoch;
  s.reign = spawn_reign(self->system(), std::move(cfg));
  self->monitor(s.reign);
}

void down(self_ptr self, const caf::down_msg& dm) {
  auto& s = self->state;
  if (s.reign && s.reign.address() == dm.source) {
    // The reign is over, not the node: without trust the election begins anew, with a new epoch.
    s.cfg.leads->resign(s.epoch);
    self->send(s.recipe.registry, lead_atom_v, s.epoch);
    s.reign = nullptr;
    return;
  }
  auto it = s.watched.find(dm.source);
  if (it == s.watched.end()) return;
  auto text = it->second + " ended: " + text_of(dm.reason);
  s.watched.erase(it);
  if (s.cfg.on_fatal) s.cfg.on_fatal(text);
}

/// They were waiting: nobody has them, so any admin may end them, and no claim takes them any more.
void end_killed(self_ptr self, const kills_marked& killed) {
  auto& s = self->state;
  complete_work work;
  auto send = [&] {
    if (!work.rows.empty()) self->send(s.recipe.completions, std::exchange(work, {}));
  };
  for (auto& row : killed.waiting) {
    work.rows.push_back(killed_before_start(row.trigger, {}, s.recipe.time->now()));
    work.fires.push_back(row.fire);
    if (work.rows.size() == claim_chunk) send();
  }
  send();
}

supervisor_actor::behavior_type node(self_ptr self, node_config cfg) {
  self->state = node_state{std::move(cfg)};
  self->set_down_handler([self](const caf::down_msg& dm) { down(self, dm); });
  self->set_exit_handler([self](caf::exit_msg& em) {
    end_reign(self);
    self->state = node_state{};
    self->quit(std::move(em.reason));
  });
  return {
      [self](jobs_changed& x) {
        if (self->state.reign) self->send(self->state.reign, std::move(x));
      },
      [self](groups_changed x) { self->send(self->state.recipe.registry, x); },
      [self](kills_marked& x) { end_killed(self, x); },
      [self](elected x) { begin_reign(self, x.epoch); },
      [self](const deposed&) { end_reign(self); },
      [self](reign_recipe& x) { self->state.recipe = std::move(x.reign); },
      [self](watch& x) {
        self->monitor(x.who);
        self->state.watched.emplace(x.who.address(), std::move(x.name));
      },
  };
}

} // namespace

supervisor_actor spawn_node(caf::actor_system& sys, node_config cfg) { return sys.spawn(node, std::move(cfg)); }

} // namespace xxl::admin
