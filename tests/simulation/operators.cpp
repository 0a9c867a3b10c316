#include "tests/simulation/operators.hpp"

#include "protocol/errors.hpp"
#include "tests/simulation/sometimes.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace xxl::sim {
namespace {

using std::chrono::milliseconds;

constexpr auto patience = 4s;

milliseconds draw_ms(dice& random, milliseconds low, milliseconds high) {
  return std::chrono::duration_cast<milliseconds>(random.between(span{low}, span{high}));
}

schedule_spec draw_schedule(dice& random, instant now) {
  switch (random.below(6)) {
  case 0: return cron_schedule{random.chance(0.5) ? "* * * * * ?" : "*/3 * * * * ?", "UTC"};
  case 1: return after_schedule{draw_ms(random, 100ms, 1'500ms)};
  case 2: return at_schedule{now + draw_ms(random, 3s, 12s)};
  case 3: return no_schedule{};
  default: return every_schedule{draw_ms(random, 200ms, 3s), std::nullopt};
  }
}

/// How often it fires, about.
span period_of(const schedule_spec& s) {
  if (auto* every = std::get_if<every_schedule>(&s.kind)) return every->every;
  return 1s;
}

/// Twice as often, or half: many fires are common to both, so an edit may find one of them claimed already.
void another_pace(schedule_spec& s) {
  if (auto* every = std::get_if<every_schedule>(&s.kind))
    every->every = every->every < 1s ? every->every * 2 : every->every / 2;
  if (auto* after = std::get_if<after_schedule>(&s.kind))
    after->delay = after->delay < 1s ? after->delay * 2 : after->delay / 2;
  if (auto* cron = std::get_if<cron_schedule>(&s.kind))
    cron->expression = cron->expression == "* * * * * ?" ? "*/2 * * * * ?" : "* * * * * ?";
}

} // namespace

std::vector<drawn_job> draw_jobs(dice& random, int count, const cluster_settings& settings, instant now) {
  std::vector<drawn_job> jobs;
  for (int i = 0; i < count; ++i) {
    drawn_job j;
    j.spec.name = "job-" + std::to_string(i);
    j.spec.group = random.chance(0.1) ? group_names[2] : group_names[random.below(2)];
    j.spec.owner = "ann";
    j.spec.schedule = draw_schedule(random, now);
    j.spec.work = handler_work{"noop"};
    j.spec.route = static_cast<route_strategy>(random.between(1, 4));
    j.spec.misfire = static_cast<misfire_policy>(random.between(1, 3));
    j.spec.retry.retries = static_cast<std::int16_t>(random.below(3));
    j.spec.retry.on_failed = random.chance(0.7);
    j.spec.retry.on_timed_out = random.chance(0.7);
    j.spec.retry.on_lost = random.chance(0.5);
    // Runs pile up at times, but all of them together can be done.
    auto at_once = std::min<std::size_t>(settings.max_running, static_cast<std::size_t>(count));
    auto fair = period_of(j.spec.schedule) * 3 * at_once / (2 * count);
    j.handler.longest = std::max<span>(random.between(span{1ms}, fair), 1ms);
    if (random.chance(0.3)) j.spec.timeout = std::max(draw_ms(random, 5ms, 100ms), 5ms);
    j.handler.fails = random.chance(0.5) ? 0 : 0.3;
    j.handler.ignores_cancel = random.chance(0.5) ? 0 : 0.5;
    jobs.push_back(std::move(j));
  }
  return jobs;
}

operators::operators(world& w, cluster& c, dice random, std::vector<drawn_job> jobs, span every,
                     std::function<void(const std::string&, const std::string&)> violated)
    : world_{w}, cluster_{c}, random_{random}, jobs_{std::move(jobs)}, every_{every}, violated_{std::move(violated)} {
  world_.as(world_.begin("operators"), [this] {
    world_.system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
      self_ = self;
      std::vector<job_spec> all;
      for (auto& j : jobs_) all.push_back(j.spec);
      apply(std::move(all), [this] { act(); });
      return {[this](std::uint64_t number) {
        if (auto next = waiting_.extract(number)) next.mapped()();
      }};
    });
  });
}

behaviour operators::behaviour_of(const std::string& job_name) const {
  for (auto& j : jobs_)
    if (job_name == j.spec.group + "/" + j.spec.name) return j.handler;
  return {};
}

operator_actor operators::some_admin() {
  std::vector<operator_actor> all;
  for (auto& m : cluster_.admins())
    if (up(m)) all.push_back(m.actors.operators);
  return all.empty() ? operator_actor{} : random_.one_of(all);
}

void operators::later(span wait, then what) {
  auto number = static_cast<std::uint64_t>(++numbers_);
  waiting_.emplace(number, std::move(what));
  self_->delayed_send(self_, wait, number);
}

template <class Answer, class Atom, class Request>
void operators::insist(Atom what, Request request, std::function<bool(const Answer&)> enough, then done) {
  auto again = [=, this] {
    later(random_.between(50ms, 500ms), [=, this] { insist<Answer>(what, request, enough, done); });
  };
  auto to = some_admin();
  if (!to) return again();
  self_->request(to, patience, what, request)
      .then([=](const Answer& answer) { enough(answer) ? done() : again(); }, [=](const caf::error&) { again(); });
}

void operators::apply(std::vector<job_spec> jobs, then done) {
  apply_request request;
  for (auto& name : group_names) request.groups.push_back({name, "", address_mode::automatic, {}});
  request.jobs = std::move(jobs);
  request.who = "ann";
  insist<std::vector<apply_change>>(
      apply_atom_v, std::move(request),
      [this](const std::vector<apply_change>& changes) {
        // Nobody got through in time for a job that runs once: there is none.
        auto too_late = [](auto& c) {
          return c.change == "failed" && c.detail.find("in the past") != std::string::npos;
        };
        for (auto& c : changes)
          if (too_late(c)) std::erase_if(jobs_, [&](auto& j) { return j.spec.name == c.name; });
        return std::none_of(changes.begin(), changes.end(),
                            [&](auto& c) { return c.change == "failed" && !too_late(c); });
      },
      std::move(done));
}

void operators::act() {
  if (ending_) {
    if (!busy_.empty()) return later(100ms, [this] { act(); });
    std::vector<job_spec> all;
    for (auto& j : jobs_) {
      j.spec.enabled = false;
      all.push_back(j.spec);
    }
    return apply(std::move(all), [this] { resume_from(0); });
  }
  later(random_.between(every_ / 2, every_ * 3 / 2), [this] { act(); });
  auto at = random_.below(jobs_.size());
  auto& job = jobs_[at];
  if (random_.chance(0.4)) return trigger(job);
  if (random_.chance(0.2)) return kill(job);
  if (!busy_.insert(at).second) return;
  auto done = [this, at] { busy_.erase(at); };
  if (job.paused || random_.chance(0.3)) return pause(job, !job.paused, done);
  edit(job);
  apply({job.spec}, done);
}

void operators::edit(drawn_job& job) {
  auto& spec = job.spec;
  switch (random_.below(4)) {
  case 0: spec.enabled = !spec.enabled; break;
  case 1: spec.params = "edit " + std::to_string(++numbers_); break;
  case 2: another_pace(spec.schedule); break;
  case 3: spec.misfire = static_cast<misfire_policy>(static_cast<int>(spec.misfire) % 3 + 1); break;
  }
}

void operators::pause(drawn_job& job, bool pause, then done) {
  job.paused = pause;
  insist<pause_answer>(
      pause_atom_v, pause_request{{job.spec.group, job.spec.name}, pause, "ann"},
      [](const pause_answer&) { return true; }, std::move(done));
}

void operators::trigger(const drawn_job& job) {
  auto request = "request " + std::to_string(++numbers_);
  auto again = std::make_shared<int>(random_.chance(0.3) ? 1 : 0);
  insist<trigger_receipt>(
      trigger_atom_v, trigger_request{{job.spec.group, job.spec.name}, std::nullopt, request, "ann"},
      [this, request, again](const trigger_receipt& receipt) {
        if (receipt.repeated) sometimes("a request is repeated and changes nothing");
        auto [first, added] = receipts_.emplace(request, receipt.trigger);
        if (!added && first->second != receipt.trigger)
          violated_("a request id starts one trigger",
                    request + " is trigger " + to_string(first->second) + " and " + to_string(receipt.trigger));
        return (*again)-- <= 0;
      },
      [] {});
}

/// The whole job, or one trigger that somebody has a receipt for.
void operators::kill(const drawn_job& job) {
  kill_request request;
  request.who = "ann";
  if (receipts_.empty() || random_.chance(0.5))
    request.job = {job.spec.group, job.spec.name};
  else
    request.trigger = std::next(receipts_.begin(), static_cast<long>(random_.below(receipts_.size())))->second;
  insist<kill_answer>(
      kill_atom_v, std::move(request), [](const kill_answer&) { return true; }, [] {});
}

void operators::resume_from(std::size_t job) {
  if (job == jobs_.size()) {
    finished_ = true;
    return;
  }
  pause(jobs_[job], false, [this, job] { resume_from(job + 1); });
}

} // namespace xxl::sim
