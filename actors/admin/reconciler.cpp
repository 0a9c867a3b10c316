#include "actors/admin/reconciler.hpp"

#include "actors/admin/dead_rows.hpp"
#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 8s;
/// Between passes while rows of a journal are being settled.
constexpr auto settling = 20ms;

/// A session that is over, as far as this reign knows it.
struct dead_life {
  boot_time seen{};
  std::optional<trigger_ids> started; ///< its journal, once it is whole
  link_actor teller;                  ///< wants to hear that it is settled
  bool looked = false;                ///< the pass under way began after the journal came: what it finds holds for it
};

struct reconciler_state {
  static constexpr const char* name = "reconciler";
  explicit reconciler_state(reconciler_config c = {}) : cfg{std::move(c)} {}
  reconciler_config cfg;
  std::map<session_id, dead_life> dead; ///< with open rows, or with a journal
  bool passing = false;
  std::uint64_t alarm = 0; ///< tells an outdated tick
};
using self_ptr = reconciler_actor::stateful_pointer<reconciler_state>;

/// Job versions whose delay counts: those of the fire rows.
void set_next_fires(self_ptr self, std::vector<storage::ledger::awaiting> rows) {
  if (rows.empty()) return;
  specs_request wanted;
  for (auto& row : rows) wanted.keys.push_back({row.job, row.version});
  auto kept = std::make_shared<std::vector<storage::ledger::awaiting>>(std::move(rows));
  self->request(self->state.cfg.specs, patience, std::move(wanted))
      .then(
          [self, kept](const std::vector<armed_job_ptr>& jobs) {
            std::unordered_map<job_id, std::optional<instant>> nexts;
            auto now = self->state.cfg.time->now();
            for (auto& job : jobs) nexts[job->id] = job->times.after_end(now);
            set_next_work work;
            for (auto& row : *kept)
              if (auto it = nexts.find(row.job); it != nexts.end()) work.rows.emplace_back(row, it->second);
            self->send(self->state.cfg.ledger, std::move(work));
          },
          [](const caf::error& e) { spdlog::warn("reconciler: {}; trying again", text_of(e)); });
}

/// Nothing is sent to it from now on, and its executor takes a new one.
void tell_over(self_ptr self, session_id session) {
  auto& s = self->state;
  self->send(s.cfg.registry, session_over{session});
  self->send(s.cfg.reign, candidate_left{session, {}});
}

void expired(self_ptr self, const std::vector<session_id>& sessions) {
  for (auto session : sessions) {
    spdlog::warn("session {} ended: its lease ran out", session.value);
    tell_over(self, session);
    self->state.dead.try_emplace(session, dead_life{self->state.cfg.time->boot(), {}, {}, false});
  }
}

/// The rows of a session that is over, with what its journal said then.
void settle_rows(self_ptr self, session_id session, std::optional<trigger_ids> started) {
  auto& s = self->state;
  auto unread = [session](const caf::error& e) {
    spdlog::warn("reconciler: rows of session {} wait: {}; trying again", session.value, text_of(e));
  };
  auto journal = std::make_shared<const std::optional<trigger_ids>>(std::move(started));
  auto decide = [self, journal](std::span<const storage::open_row> rows, const std::vector<armed_job_ptr>& jobs) {
    auto& s2 = self->state;
    for (; !rows.empty(); rows = rows.subspan(std::min(rows.size(), claim_chunk))) {
      auto fates =
          settle(s2.cfg.epoch, rows.first(std::min(rows.size(), claim_chunk)), *journal, jobs, s2.cfg.time->now());
      s2.cfg.stats->at("reconciler.lost") += static_cast<std::int64_t>(fates.ended.rows.size());
      s2.cfg.stats->at("reconciler.handed_back") += static_cast<std::int64_t>(fates.back.rows.size());
      if (!fates.ended.rows.empty()) self->send(s2.cfg.ledger, std::move(fates.ended));
      if (!fates.back.rows.empty()) self->send(s2.cfg.ledger, std::move(fates.back));
    }
  };
  self->request(s.cfg.ledger, patience, open_rows_request{session})
      .then(
          [self, decide, unread](std::vector<storage::open_row>& rows) {
            specs_request wanted;
            for (auto& row : rows) wanted.keys.push_back({row.job, row.version});
            auto kept = std::make_shared<std::vector<storage::open_row>>(std::move(rows));
            self->request(self->state.cfg.specs, patience, std::move(wanted))
                .then([kept, decide](const std::vector<armed_job_ptr>& jobs) { decide(*kept, jobs); }, unread);
          },
          unread);
}

void look_at_dead(self_ptr self, const std::vector<storage::dead_session>& with_rows) {
  auto& s = self->state;
  auto now = s.cfg.time->boot();
  auto has_rows = [&](session_id id) {
    return std::any_of(with_rows.begin(), with_rows.end(), [&](auto& d) { return d.session == id; });
  };
  for (auto it = s.dead.begin(); it != s.dead.end();) {
    auto& life = it->second;
    if (has_rows(it->first) || (life.started && !life.looked)) {
      ++it;
      continue;
    }
    if (life.teller) self->send(life.teller, life_settled{it->first});
    it = s.dead.erase(it);
  }
  for (auto& d : with_rows) {
    auto [it, first] = s.dead.try_emplace(d.session, dead_life{now, {}, {}, false});
    auto& life = it->second;
    // Not told yet: the answer that named it when its lease ran out did not come.
    if (first && d.how == session_end::lease_expired) tell_over(self, d.session);
    auto waited = now - life.seen;
    if (life.started)
      settle_rows(self, d.session, life.started);
    else if (d.how == session_end::stopped)
      settle_rows(self, d.session, trigger_ids{});
    else if (waited >= (d.how == session_end::restarted ? s.cfg.journal_wait : s.cfg.result_wait))
      settle_rows(self, d.session, std::nullopt);
  }
}

void pass_in(self_ptr self, caf::timespan wait) {
  self->delayed_send(self, wait, caf::tick_atom_v, ++self->state.alarm);
}

void pass(self_ptr self) {
  auto& s = self->state;
  s.passing = true;
  for (auto& [session, life] : s.dead) life.looked = life.started.has_value();
  auto end = [self] {
    auto& s2 = self->state;
    s2.passing = false;
    auto soon = std::any_of(s2.dead.begin(), s2.dead.end(), [](auto& d) { return d.second.started.has_value(); });
    pass_in(self, soon ? caf::timespan{settling} : caf::timespan{s2.cfg.every});
  };
  self->request(s.cfg.ledger, patience, reconcile_request{s.cfg.epoch})
      .then(
          [self, end](reconcile_report& report) {
            expired(self, report.ended);
            look_at_dead(self, report.dead);
            set_next_fires(self, std::move(report.awaiting));
            end();
          },
          [end](const caf::error&) { end(); });
}

void journal_came(self_ptr self, life_ended& x) {
  auto& s = self->state;
  spdlog::info("session {}: its process restarted and says what had started: {} runs without a result", x.life.value,
               x.started.size());
  auto& life = s.dead.try_emplace(x.life, dead_life{s.cfg.time->boot(), {}, {}, false}).first->second;
  life.started.emplace(x.started.begin(), x.started.end());
  life.teller = std::move(x.teller);
  life.looked = false;
  if (!s.passing) pass_in(self, 0s);
}

reconciler_actor::behavior_type reconciler(self_ptr self, reconciler_config cfg) {
  self->state = reconciler_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    auto& s = self->state;
    s.dead.clear();
    s.cfg.ledger = nullptr;
    s.cfg.specs = nullptr;
    s.cfg.registry = nullptr;
    s.cfg.reign = nullptr;
    self->quit(std::move(em.reason));
  });
  pass_in(self, self->state.cfg.every);
  return {
      [self](life_ended& x) { journal_came(self, x); },
      [self](caf::tick_atom, std::uint64_t number) {
        if (number == self->state.alarm && !self->state.passing) pass(self);
      },
  };
}

} // namespace

reconciler_actor spawn_reconciler(caf::actor_system& sys, reconciler_config cfg) {
  return sys.spawn(reconciler, std::move(cfg));
}

} // namespace xxl::admin
