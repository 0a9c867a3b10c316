#include "tests/simulation/world.hpp"

#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <csignal>
#include <optional>
#include <sys/resource.h>
#include <utility>

namespace xxl::sim {
namespace {

/// While it lives no file grows.
class full_disk {
public:
  full_disk() {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
  rlimit before_{};
};

} // namespace

world::world(caf::actor_system& sys, dice random, span step_most)
    : system_{sys},
      coordinator_{dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())},
      clock_{coordinator_.clock()},
      random_{random},
      step_most_{step_most} {
  std::signal(SIGXFSZ, SIG_IGN); // a full disk is an error of write(2)
  clock_.current_time += 1h;     // timers count from here; zero means "never" in places
  begin("nobody");
}

caf::actor_id world::id_of(const caf::resumable* job) { return static_cast<const caf::scheduled_actor*>(job)->id(); }

// ---- processes

process world::begin(std::string name) {
  adopt();
  at_.push_back({std::move(name), true, false, false, {}});
  return process{at_.size() - 1};
}

process world::owner(caf::actor_id id) const { return id < owners_.size() ? owners_[id] : current_; }

void world::adopt() {
  auto first = owners_.size();
  auto end = static_cast<std::size_t>(system_.latest_actor_id()) + 1;
  if (first >= end) return;
  owners_.resize(end, current_);
  if (at_.empty()) return;
  auto& mine = at_[index(current_)];
  for (auto* job : coordinator_.jobs) {
    if (id_of(job) < first) continue;
    auto* self = static_cast<caf::scheduled_actor*>(job)->ctrl();
    mine.actors.emplace_back(self);
    if (!mine.alive) caf::anon_send_exit(caf::strong_actor_ptr{self}, caf::exit_reason::kill);
  }
}

void world::as(process who, const std::function<void()>& f) {
  adopt();
  auto before = std::exchange(current_, who);
  f();
  adopt();
  current_ = before;
}

void world::kill(process who) {
  adopt();
  auto& dying = at_[index(who)];
  dying.alive = dying.frozen = false;
  for (auto& weak : dying.actors)
    if (auto actor = weak.lock()) caf::anon_send_exit(actor, caf::exit_reason::kill);
  // They end now, all of them: nobody sees half a death. One that is in the middle of a call ends when that returns.
  auto& jobs = coordinator_.jobs;
  for (auto job = jobs.begin(); job != jobs.end();) {
    if (owner(id_of(*job)) == who) {
      run(static_cast<std::size_t>(job - jobs.begin()));
      job = jobs.begin();
    } else {
      ++job;
    }
  }
}

std::size_t world::end() {
  for (std::size_t i = 1; i < at_.size(); ++i) kill(process{i});
  kill(process::nobody);
  events_.clear();
  clock_.cancel_all();
  return system_.registry().running();
}

std::size_t world::actors(process who) const {
  auto& all = at_[index(who)].actors;
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](auto& weak) {
    auto actor = weak.lock();
    return actor && !static_cast<caf::abstract_actor*>(actor->get())->getf(caf::abstract_actor::is_terminated_flag);
  }));
}

// ---- time

void world::at(moment when, process who, std::function<void()> what) {
  events_.emplace(when, event{who, std::move(what)});
}

/// Fires what is due: timers, then events, each in its order.
void world::happen() {
  clock_.trigger_expired_timeouts();
  for (auto it = events_.begin(); it != events_.end() && it->first <= now() && !stopped_;) {
    auto& owner_life = at_[index(it->second.who)];
    if (owner_life.alive && owner_life.frozen) {
      ++it;
      continue;
    }
    auto due = events_.extract(it);
    if (owner_life.alive) as(due.mapped().who, due.mapped().what);
    it = events_.begin(); // it may have added and frozen others
  }
}

void world::run(std::size_t job) {
  auto& jobs = coordinator_.jobs;
  std::rotate(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(job),
              jobs.begin() + static_cast<std::ptrdiff_t>(job) + 1);
  auto id = id_of(jobs.front());
  auto before = std::exchange(current_, owner(id));
  std::optional<full_disk> full;
  if (at_[index(current_)].disk_full) full.emplace();
  coordinator_.run_once();
  adopt();
  current_ = before;
  ++steps_;
  hash_ = (hash_ ^ id ^ static_cast<std::uint64_t>(now().time_since_epoch().count())) * 0x9e3779b97f4a7c15;
}

bool world::take_step() {
  auto& jobs = coordinator_.jobs;
  std::size_t ready = 0;
  for (auto* job : jobs)
    if (!at_[index(owner(id_of(job)))].frozen) ++ready;
  if (ready == 0) return false;
  auto chosen = random_.below(ready);
  std::size_t at = 0;
  for (;; ++at)
    if (!at_[index(owner(id_of(jobs[at])))].frozen && chosen-- == 0) break;
  run(at);
  clock_.current_time += random_.between(0ns, step_most_);
  return true;
}

bool world::turn(moment limit) {
  happen();
  if (stopped_ || now() >= limit) return false;
  if (take_step()) return true;
  auto next = limit;
  if (!clock_.schedule().empty()) next = std::min(next, clock_.schedule().begin()->first);
  for (auto& [when, what] : events_) {
    if (when >= next) break;
    if (at_[index(what.who)].frozen) continue; // overdue: it waits for the thaw
    next = when;
    break;
  }
  clock_.current_time = std::max(now(), next);
  return next < limit;
}

void world::run_until(moment limit) {
  while (turn(limit)) {}
}

void world::wait(moment until, const std::function<bool()>& over) {
  adopt();
  auto me = std::exchange(current_, process::nobody);
  waits_.push_back(until);
  auto held = [&] { return alive(me) && frozen(me); };
  while (!stopped_ && alive(me) && (held() || (now() < until && !over())))
    if (!turn(held() ? moment::max() : until) && held() && events_.empty()) break;
  waits_.pop_back();
  current_ = me;
}

span world::longest_wait() const { return waits_.empty() ? span{60s} : std::max<span>(waits_.back() - now(), 0ns); }

} // namespace xxl::sim
