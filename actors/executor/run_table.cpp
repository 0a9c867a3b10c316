#include "actors/executor/run_table.hpp"

#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>

namespace xxl::executor {

bool run_table::admit(run_ptr r) {
  auto id = r->task.job;
  auto& j = jobs_[id];
  if (j.queue.size() >= limits_.queue_limit) return false;
  j.queue.push_back(std::move(r));
  ++queued_;
  if (j.is == phase::none && j.queue.size() == 1) ready_.push_back(id);
  return true;
}

std::vector<run_ptr> run_table::start(boot_time now) {
  std::vector<run_ptr> begun;
  while (running_ < limits_.max_running && !ready_.empty()) {
    auto id = ready_.front();
    ready_.pop_front();
    auto it = jobs_.find(id);
    // Given back meanwhile, or twice in turn after that: nothing to do.
    if (it == jobs_.end() || it->second.is != phase::none || it->second.queue.empty()) continue;
    auto& j = it->second;
    j.current = std::move(j.queue.front());
    j.queue.pop_front();
    j.is = phase::running;
    --queued_;
    ++running_;
    if (j.current->task.timeout.count() > 0) check_at(id, j, now + j.current->task.timeout);
    begun.push_back(j.current);
  }
  return begun;
}

run_table::fate run_table::end(ended_run& ended) {
  auto it = jobs_.find(ended.what->task.job);
  if (it == jobs_.end() || it->second.current != ended.what) return fate::told;
  auto& j = it->second;
  auto was = j.is;
  if (j.check) checks_.erase(*j.check);
  j.check.reset();
  j.current.reset();
  j.is = phase::none;
  --running_;
  settle(it);
  if (was == phase::abandoned) return fate::told;
  if (was == phase::killed) {
    ended.message = ended.what->started() ? "killed while it ran" : "killed before it started";
    ended.state = trigger_state::killed;
    ended.reason = state_reason::none;
    return fate::report;
  }
  if (ended.returned) return fate::give_back;
  if (was == phase::cancelled) {
    ended.state = trigger_state::timed_out;
    ended.reason = state_reason::deadline;
    ended.message = "cancelled after its timeout of " + std::to_string(ended.what->task.timeout.count()) + " ms";
  }
  return fate::report;
}

void run_table::settle(std::unordered_map<job_id, job>::iterator it) {
  if (it->second.queue.empty())
    jobs_.erase(it);
  else
    ready_.push_back(it->first);
}

std::vector<run_table::abandoned> run_table::expire(boot_time now) {
  std::vector<abandoned> still_running;
  while (!checks_.empty() && checks_.begin()->first <= now) {
    auto id = checks_.begin()->second;
    checks_.erase(checks_.begin());
    auto& j = jobs_.at(id);
    j.check.reset();
    auto killed = j.is == phase::killed;
    if (auto r = look_at(id, j, now)) still_running.push_back({std::move(r), killed});
  }
  return still_running;
}

run_ptr run_table::look_at(job_id id, job& j, boot_time now) {
  auto timeout = j.current->task.timeout;
  auto started = j.current->started();
  if (j.is == phase::killed) {
    if (!started) { // it never will: the recorder asks before the work begins
      check_at(id, j, now + grace_of(*j.current));
      return nullptr;
    }
    j.is = phase::abandoned;
    return j.current;
  }
  if (!started) { // waits for a thread or its source
    check_at(id, j, now + timeout);
    return nullptr;
  }
  if (j.is == phase::cancelled) {
    j.is = phase::abandoned;
    return j.current;
  }
  if (*started + timeout > now) {
    check_at(id, j, *started + timeout);
    return nullptr;
  }
  j.is = phase::cancelled;
  check_at(id, j, now + grace_of(*j.current));
  j.current->cancel();
  return nullptr;
}

std::chrono::milliseconds run_table::grace_of(const run& r) const {
  return r.child_process ? limits_.process_grace : limits_.handler_grace;
}

void run_table::check_at(job_id id, job& j, boot_time at) { j.check = checks_.emplace(at, id); }

std::optional<boot_time> run_table::due() const {
  if (checks_.empty()) return std::nullopt;
  return checks_.begin()->first;
}

std::vector<run_ptr> run_table::take_queued() {
  std::vector<run_ptr> all;
  all.reserve(queued_);
  for (auto it = jobs_.begin(); it != jobs_.end();) {
    auto& j = it->second;
    std::move(j.queue.begin(), j.queue.end(), std::back_inserter(all));
    j.queue.clear();
    it = j.is == phase::none ? jobs_.erase(it) : std::next(it);
  }
  ready_.clear();
  queued_ = 0;
  return all;
}

run_ptr run_table::kill(job_id id, trigger_id trigger, boot_time now) {
  auto it = jobs_.find(id);
  if (it == jobs_.end()) return nullptr;
  auto& j = it->second;
  auto is_it = [&](const run_ptr& r) { return r->task.trigger == trigger; };
  if (auto waiting = std::find_if(j.queue.begin(), j.queue.end(), is_it); waiting != j.queue.end()) {
    auto r = std::move(*waiting);
    j.queue.erase(waiting);
    --queued_;
    if (j.queue.empty() && j.is == phase::none) jobs_.erase(it);
    return r;
  }
  if (j.current && is_it(j.current) && (j.is == phase::running || j.is == phase::cancelled)) {
    j.is = phase::killed;
    if (j.check) checks_.erase(*j.check);
    check_at(id, j, now + grace_of(*j.current));
    j.current->cancel();
  }
  return nullptr;
}

void run_table::cancel_all() {
  for (auto& [id, j] : jobs_)
    if (j.current) j.current->cancel();
}

std::vector<progress> run_table::report_open(boot_time accepted_before) {
  std::vector<progress> reports;
  auto look = [&](run& r) {
    if (r.accepted >= accepted_before) return;
    auto state = r.started() ? trigger_state::running : trigger_state::sent;
    if (state == std::exchange(r.reported, state)) return;
    reports.push_back({r.task.trigger, state, r.started_wall()});
  };
  for (auto& [id, j] : jobs_) {
    if (j.current && j.is != phase::abandoned) look(*j.current);
    for (auto& r : j.queue) look(*r);
  }
  return reports;
}

outcome outcome_of(const run& r, instant ended, trigger_state state, state_reason reason, std::string_view message) {
  return {.trigger = r.task.trigger,
          .job = r.task.job,
          .version = r.task.version,
          .fire = r.task.fire,
          .attempt = r.task.attempt,
          .started = r.started_wall(),
          .ended = ended,
          .state = state,
          .reason = reason,
          .message = clean_text(message, limits::message_bytes),
          .follows = r.task.follows};
}

} // namespace xxl::executor
