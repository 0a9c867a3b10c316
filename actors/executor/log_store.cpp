#include "actors/executor/log_store.hpp"

#include "protocol/errors.hpp"
#include "protocol/validate.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

namespace xxl::executor {
namespace {

struct log_store_state {
  static constexpr const char* name = "log_store";
  log_store_state() = default;
  log_store_config cfg;
  std::shared_ptr<log_segments> segments;
  metrics::value* dropped = nullptr;
  bool armed = false;   ///< a write is due
  bool failing = false; ///< the last write failed: warn once, not per batch

  void write() {
    armed = false;
    auto records = cfg.buffer->take();
    if (records.empty()) return;
    auto why = segments->append(records, cfg.time->now());
    if (why)
      dropped->fetch_add(static_cast<std::int64_t>(log_segments::count_lines(records)), std::memory_order_relaxed);
    if (why && !failing)
      spdlog::warn(
          "cannot write run logs in {}: {}; runs go on, their lines are dropped and counted (log.dropped_lines)",
          cfg.directory.string(), why.message());
    if (!why && failing) spdlog::info("run logs in {} are written again", cfg.directory.string());
    failing = static_cast<bool>(why);
  }
};
using self_ptr = log_store_actor::stateful_pointer<log_store_state>;

log_store_actor::behavior_type log_store(self_ptr self, log_store_config cfg, std::shared_ptr<log_segments> segments) {
  self->state.cfg = std::move(cfg);
  self->state.segments = std::move(segments);
  self->state.dropped = &self->state.cfg.counters->at("log.dropped_lines");
  self->set_exit_handler([self](caf::exit_msg& why) {
    self->state.cfg.buffer->on_records({});
    self->state.write();
    self->quit(std::move(why.reason));
  });
  return {
      [self](log_records_tick tick) {
        if (tick.hurry) return self->state.write();
        if (std::exchange(self->state.armed, true)) return;
        self->delayed_send(self, self->state.cfg.linger, log_write_tick{});
      },
      [self](log_write_tick) { self->state.write(); },
      [self](log_atom, const log_query& query) -> caf::result<log_chunk> {
        if (auto problem = invalid(query)) return make_error(errc::invalid_argument, *problem);
        self->state.write();
        try {
          return self->state.segments->read(query);
        } catch (const std::exception& e) {
          return make_error(errc::unavailable,
                            "cannot read the log of trigger " + to_string(query.trigger) + ": " + e.what());
        }
      },
  };
}

} // namespace

log_store_actor spawn_log_store(caf::actor_system& sys, log_store_config cfg, placement where) {
  auto segments =
      std::make_shared<log_segments>(cfg.directory, cfg.limits); // here, so that a bad directory is told to the caller
  auto buffer = cfg.buffer;
  auto store = where == placement::own_thread ? sys.spawn<caf::detached>(log_store, std::move(cfg), std::move(segments))
                                              : sys.spawn(log_store, std::move(cfg), std::move(segments));
  buffer->on_records([store](bool hurry) { caf::anon_send(store, log_records_tick{hurry}); });
  return store;
}

} // namespace xxl::executor
