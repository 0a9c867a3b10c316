#include "actors/admin/read_ahead.hpp"

#include "protocol/errors.hpp"
#include "storage/error.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

/// Between passes that changes ask for.
constexpr auto least_pause = 20ms;

/// Keysets of one pass: where the next page begins.
struct pass_state {
  instant until{};
  boot_time began{};
  instant next{};
  job_id job;
  instant due{};
  trigger_id trigger;
  bool marks_read = false, fires_read = false, waiting_read = false;
};

struct read_ahead_state {
  static constexpr const char* name = "read_ahead";
  explicit read_ahead_state(read_ahead_config c = {}) : cfg{std::move(c)} {}
  read_ahead_config cfg;
  std::optional<pass_state> pass;
  bool again = false;   ///< something changed during the pass
  boot_time earliest{}; ///< the next pass, whatever changes before
  bool down = false;
  std::uint64_t alarm = 0;
};
using self_ptr = read_ahead_actor::stateful_pointer<read_ahead_state>;

void next_pass_in(self_ptr self, caf::timespan wait) {
  self->delayed_send(self, wait, caf::tick_atom_v, ++self->state.alarm);
}

/// Something is due that the last pass did not see.
void pass_early(self_ptr self) {
  auto& s = self->state;
  next_pass_in(self, std::max(s.earliest - s.cfg.time->boot(), boot_time::duration{0}));
}

/// A page of rows with their specifications.
plan_page read_page(read_ahead_state& s) {
  auto& p = *s.pass;
  std::vector<storage::due_job> due;
  std::vector<storage::waiting_row> waiting;
  if (!p.waiting_read) {
    waiting = s.cfg.db->waiting(p.until, p.due, p.trigger, s.cfg.page);
    p.waiting_read = waiting.size() < s.cfg.page;
    if (!waiting.empty()) {
      p.due = waiting.back().due;
      p.trigger = waiting.back().trigger;
    }
  }
  if (!p.fires_read) {
    due = s.cfg.db->due(p.until, p.next, p.job, s.cfg.page);
    p.fires_read = due.size() < s.cfg.page;
    if (!due.empty()) {
      p.next = due.back().next;
      p.job = due.back().job;
    }
  }
  std::vector<storage::spec_key> keys;
  keys.reserve(due.size() + waiting.size());
  for (auto& d : due) keys.push_back({d.job, d.version});
  for (auto& w : waiting) keys.push_back({w.job, w.version});
  std::sort(keys.begin(), keys.end(), [](auto& a, auto& b) {
    return std::pair{a.job, a.version} < std::pair{b.job, b.version};
  });
  keys.erase(
      std::unique(keys.begin(), keys.end(), [](auto& a, auto& b) { return a.job == b.job && a.version == b.version; }),
      keys.end());

  std::unordered_map<job_id, std::unordered_map<spec_version, armed_job_ptr>> known;
  for (auto& job : s.cfg.cache->get(keys, *s.cfg.db)) known[job->id][job->version] = job;
  plan_page page;
  for (auto& d : due)
    if (auto& job = known[d.job][d.version]) page.fires.push_back({job, d.next, d.fires});
  for (auto& w : waiting)
    if (auto& job = known[w.job][w.version]) page.waiting.push_back({job, std::move(w)});
  s.cfg.stats->at("plan.rows") += static_cast<std::int64_t>(due.size() + waiting.size());
  return page;
}

/// What people want killed, told whole with each pass: links tell what they have told already from what is new.
void read_marks(self_ptr self) {
  auto& s = self->state;
  kills_told all;
  for (std::size_t before = 0;; before = all.rows.size()) {
    auto page = s.cfg.db->marked(all.rows.empty() ? trigger_id{} : all.rows.back().trigger, s.cfg.page);
    all.rows.insert(all.rows.end(), page.begin(), page.end());
    if (all.rows.size() - before < s.cfg.page) break;
  }
  s.pass->marks_read = true;
  if (!all.rows.empty()) self->send(s.cfg.reign, std::move(all));
}

void end_pass(self_ptr self) {
  auto& s = self->state;
  auto now = s.cfg.time->boot();
  auto took = now - s.pass->began;
  s.cfg.stats->at("plan.pass_us") = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  auto began = std::exchange(s.pass, {})->began;
  // A database that was slow once must not leave the leader blind: what comes up later than the horizon is late.
  s.earliest = std::clamp<boot_time>(began + 10 * took, now + least_pause, now + s.cfg.horizon);
  if (std::exchange(s.again, false)) return pass_early(self);
  next_pass_in(self, std::max(began + s.cfg.pass, s.earliest) - now);
}

void read_on(self_ptr self) {
  auto& s = self->state;
  try {
    s.cfg.db->connect();
    if (!s.pass->marks_read) read_marks(self);
    auto page = read_page(s);
    if (std::exchange(s.down, false)) spdlog::info("read ahead: the database answers again");
    self->request(s.cfg.ring, 10s, std::move(page))
        .then(
            [self](page_taken taken) {
              auto& s2 = self->state;
              auto full = taken.entries >= s2.cfg.ring_most;
              if (full) s2.cfg.stats->at("plan.ring_full") += 1;
              if (full || (s2.pass->fires_read && s2.pass->waiting_read))
                end_pass(self);
              else
                read_on(self);
            },
            [self](caf::error& e) { self->quit(std::move(e)); });
  } catch (const storage::error& e) {
    if (e.kind == storage::error_kind::fatal) return self->quit(make_error(errc::internal, e.what()));
    if (!std::exchange(s.down, true))
      spdlog::warn("read ahead: the database does not answer: {}; trying again", e.what());
    s.pass.reset();
    s.earliest = s.cfg.time->boot() + 200ms;
    pass_early(self);
  }
}

void begin_pass(self_ptr self) {
  auto& s = self->state;
  if (s.pass) return;
  if (s.cfg.wall && s.cfg.wall->stepped()) return next_pass_in(self, least_pause);
  s.pass.emplace();
  s.pass->began = s.cfg.time->boot();
  s.pass->until = s.cfg.time->now() + s.cfg.horizon;
  read_on(self);
}

read_ahead_actor::behavior_type read_ahead(self_ptr self, read_ahead_config cfg) {
  self->state = read_ahead_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.cfg.ring = nullptr;
    self->state.cfg.reign = nullptr;
    self->quit(std::move(em.reason));
  });
  next_pass_in(self, 0s);
  return {
      [self](const jobs_changed&) {
        if (self->state.pass)
          self->state.again = true;
        else
          pass_early(self);
      },
      [self](caf::tick_atom, std::uint64_t number) {
        if (number == self->state.alarm) begin_pass(self);
      },
  };
}

} // namespace

read_ahead_actor spawn_read_ahead(caf::actor_system& sys, read_ahead_config cfg, bool detached) {
  return detached ? sys.spawn<caf::detached>(read_ahead, std::move(cfg)) : sys.spawn(read_ahead, std::move(cfg));
}

} // namespace xxl::admin
