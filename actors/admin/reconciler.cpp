#include "actors/admin/reconciler.hpp"

#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <memory>
#include <unordered_map>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

struct reconciler_state {
  static constexpr const char* name = "reconciler";
  explicit reconciler_state(reconciler_config c = {}) : cfg{std::move(c)} {}
  reconciler_config cfg;
};
using self_ptr = reconciler_actor::stateful_pointer<reconciler_state>;

/// Job versions whose delay counts: those of the fire rows.
void set_next_fires(self_ptr self, std::vector<storage::ledger::awaiting> rows) {
  if (rows.empty()) return;
  specs_request wanted;
  for (auto& row : rows) wanted.keys.push_back({row.job, row.version});
  auto kept = std::make_shared<std::vector<storage::ledger::awaiting>>(std::move(rows));
  self->request(self->state.cfg.specs, 8s, std::move(wanted))
      .then(
          [self, kept](const std::vector<armed_job_ptr>& jobs) {
            std::unordered_map<job_id, std::chrono::milliseconds> delays;
            for (auto& job : jobs) delays[job->id] = job->times.delay();
            set_next_work work;
            auto now = self->state.cfg.time->now();
            for (auto& row : *kept)
              if (auto it = delays.find(row.job); it != delays.end()) work.rows.emplace_back(row, now + it->second);
            self->send(self->state.cfg.ledger, std::move(work));
          },
          [](const caf::error& e) { spdlog::warn("reconciler: {}; trying again", text_of(e)); });
}

void ended(self_ptr self, const std::vector<session_id>& sessions) {
  auto& s = self->state;
  for (auto session : sessions) {
    spdlog::warn("session {} ended: its lease ran out", session.value);
    self->send(s.cfg.registry, session_over{session});
    self->send(s.cfg.reign, candidate_left{session, {}});
  }
}

void reconcile(self_ptr self) {
  auto& s = self->state;
  self->request(s.cfg.ledger, 8s, reconcile_request{s.cfg.epoch})
      .then(
          [self](reconcile_report& report) {
            ended(self, report.ended);
            set_next_fires(self, std::move(report.awaiting));
            self->delayed_send(self, self->state.cfg.every, caf::tick_atom_v);
          },
          [self](const caf::error&) { self->delayed_send(self, self->state.cfg.every, caf::tick_atom_v); });
}

reconciler_actor::behavior_type reconciler(self_ptr self, reconciler_config cfg) {
  self->state = reconciler_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    auto& c = self->state.cfg;
    c.ledger = nullptr;
    c.specs = nullptr;
    c.registry = nullptr;
    c.reign = nullptr;
    self->quit(std::move(em.reason));
  });
  self->delayed_send(self, self->state.cfg.every, caf::tick_atom_v);
  return {
      [self](caf::tick_atom) { reconcile(self); },
  };
}

} // namespace

reconciler_actor spawn_reconciler(caf::actor_system& sys, reconciler_config cfg) {
  return sys.spawn(reconciler, std::move(cfg));
}

} // namespace xxl::admin
