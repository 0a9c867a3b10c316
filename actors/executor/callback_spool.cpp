#include "actors/executor/callback_spool.hpp"

#include "actors/executor/backoff.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <deque>

namespace xxl::executor {
namespace {

using std::chrono::milliseconds;

struct callback_spool_state {
  static constexpr const char* name = "callback_spool";
  callback_spool_state() = default;
  callback_spool_config cfg;
  std::deque<results> unwritten; ///< in their order; not empty while the disk refuses
  backoff wait{1, milliseconds{100}, milliseconds{5'000}};
  metrics::value* pending = nullptr;
  metrics::value* waiting = nullptr;
  metrics::value* failures = nullptr;

  void count() const {
    pending->store(static_cast<std::int64_t>(cfg.store->pending()), std::memory_order_relaxed);
    waiting->store(static_cast<std::int64_t>(unwritten.size()), std::memory_order_relaxed);
  }
};
using self_ptr = callback_spool_actor::stateful_pointer<callback_spool_state>;

/// True if it is in the spool now.
bool write(self_ptr self, results& what) {
  auto& state = self->state;
  if (auto why = state.cfg.store->append(what.session, what.outcomes)) {
    state.failures->fetch_add(1, std::memory_order_relaxed);
    auto pause = state.wait.next();
    spdlog::error("cannot write {} results to the spool: {}; they are kept in memory, next try in {} ms, no new orders "
                  "until then",
                  what.outcomes.size(), why.message(), pause.count());
    self->delayed_send(self, pause, spool_retry_tick{});
    return false;
  }
  self->send(state.cfg.node, results_spooled{std::move(what)});
  return true;
}

void retry(self_ptr self) {
  auto& state = self->state;
  while (!state.unwritten.empty() && write(self, state.unwritten.front())) state.unwritten.pop_front();
  if (state.unwritten.empty()) {
    state.wait.reset();
    spdlog::info("the spool can be written again");
    self->send(state.cfg.node, spool_health{true});
  }
  state.count();
}

callback_spool_actor::behavior_type callback_spool(self_ptr self, callback_spool_config cfg) {
  auto& m = *cfg.counters;
  self->state.pending = &m.at("spool.pending");
  self->state.waiting = &m.at("spool.unwritten_batches");
  self->state.failures = &m.at("spool.write_failures");
  self->state.cfg = std::move(cfg);
  return {
      [self](results& what) {
        auto& state = self->state;
        auto in_order = state.unwritten.empty();
        if (!in_order || !write(self, what)) {
          state.unwritten.push_back(std::move(what));
          if (in_order) self->send(state.cfg.node, spool_health{false});
        }
        state.count();
      },
      [self](const results_committed& what) {
        if (auto why = self->state.cfg.store->acknowledge(what.session, what.triggers)) {
          self->state.failures->fetch_add(1, std::memory_order_relaxed);
          spdlog::warn("cannot note {} acknowledged results in the spool: {}; the next life may send them again, which "
                       "is harmless",
                       what.triggers.size(), why.message());
        }
        self->state.cfg.journal->acknowledged(what.triggers);
        self->state.count();
      },
      [self](life_over over) { self->state.cfg.journal->settled(over.life); },
      [self](session_began began) {
        auto& state = self->state;
        if (auto why = state.cfg.journal->begin(began.session)) {
          spdlog::error(
              "cannot begin a start journal for session {}: {}; trying again, no leader hears of it until then",
              to_string(began.session), why.message());
          self->delayed_send(self, state.wait.next(), began);
          return;
        }
        self->send(state.cfg.node, session_noted{began.session});
      },
      [self](spool_retry_tick) { retry(self); },
  };
}

} // namespace

callback_spool_actor spawn_callback_spool(caf::actor_system& sys, callback_spool_config cfg, placement where) {
  return where == placement::own_thread ? sys.spawn<caf::detached>(callback_spool, std::move(cfg))
                                        : sys.spawn(callback_spool, std::move(cfg));
}

} // namespace xxl::executor
