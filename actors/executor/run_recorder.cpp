#include "actors/executor/run_recorder.hpp"

#include "protocol/guards.hpp"

#include <spdlog/spdlog.h>

namespace xxl::executor {
namespace {

std::string start_line(const order& o) {
  auto text = "[xxl] start " + o.job_name + " (" + kind_of(o.work) + "), trigger " + to_string(o.trigger) +
              ", attempt " + std::to_string(o.attempt);
  if (o.shard >= 0) text += ", shard " + std::to_string(o.shard) + " of " + std::to_string(o.shards);
  if (!o.params.empty()) text += ", params: " + o.params;
  return text;
}

} // namespace

run_recorder::run_recorder(std::shared_ptr<lease> trust, std::shared_ptr<start_journal> journal,
                           std::shared_ptr<log_buffer> log, std::shared_ptr<ended_runs> ended, const xxl::clock& time,
                           metrics& counters)
    : trust_{std::move(trust)},
      journal_{std::move(journal)},
      log_{std::move(log)},
      ended_{std::move(ended)},
      time_{time},
      journal_failures_{counters.at("journal.write_failures")} {}

void run_recorder::give_back(const run_ptr& r, state_reason reason) {
  ended_->push({r, time_.now(), trigger_state::failed, reason, {}, true});
}

bool run_recorder::begin(const run_ptr& r) {
  if (r->cancelled()) { // killed, or the executor is stopping
    give_back(r, state_reason::not_started);
    return false;
  }
  if (!trust_->trusted(time_.boot(), r->session)) {
    give_back(r, state_reason::not_started);
    return false;
  }
  auto noted = stands(guard::start_journal) ? journal_->note(r->session, r->task.trigger) : std::error_code{};
  if (noted) {
    journal_failures_.fetch_add(1, std::memory_order_relaxed);
    if (!journal_fails_.exchange(true))
      spdlog::error("cannot write the start journal: {}; no run starts, all go back", noted.message());
    give_back(r, state_reason::journal_failed);
    return false;
  }
  if (journal_fails_.exchange(false)) spdlog::info("the start journal can be written again");
  auto boot = time_.boot();
  if (!trust_->trusted(boot, r->session)) { // the disk took its time
    give_back(r, state_reason::not_started);
    return false;
  }
  auto now = time_.now();
  r->start(now, boot);
  log_->write(*r, start_line(r->task), now);
  return true;
}

void run_recorder::end(const run_ptr& r, trigger_state state, state_reason reason, std::string message) {
  auto now = time_.now();
  auto text = "[xxl] end " + to_string(state) + " after " + std::to_string((now - r->started_wall()).count()) + " ms";
  if (!message.empty()) text += ": " + message;
  log_->write(*r, text, now);
  log_->end(*r);
  ended_->push({r, now, state, reason, std::move(message)});
}

void run_recorder::fail(const run_ptr& r, state_reason reason, std::string message) {
  never_queued(*r, message);
  ended_->push({r, time_.now(), trigger_state::failed, reason, std::move(message)});
}

void run_recorder::never_queued(run& r, std::string_view why) {
  log_->write(r, "[xxl] not started: " + std::string{why}, time_.now());
  log_->end(r);
}

void run_recorder::still_runs(run& r, std::string_view after) {
  log_->write(r, "[xxl] the work goes on after " + std::string{after}, time_.now());
  log_->end(r);
}

} // namespace xxl::executor
