#include "tests/audit/history.hpp"

#include "actors/admin/edit_plan.hpp"
#include "config/schedule_of.hpp"
#include "schedule/misfire.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace xxl::audit::test {
namespace {

constexpr auto threshold = 5s;
constexpr auto tzdb = "2026a";

} // namespace

history::history(const schedule_spec& schedule, instant now, std::int64_t id, const std::string& name,
                 bool group_paused)
    : next_id_{1'000 * id} {
  spec.group = "orders";
  spec.name = name;
  spec.schedule = schedule;
  spec.work = handler_work{"h"};
  row_.id = job.id = job_id{id};
  job.group = spec.group;
  job.name = spec.name;
  job.group_paused = group_paused;
  row_.version = job.version = 1;
  specs_[1] = spec;
  auto first = std::get<0>(admin::first_fire(armed(), group_paused, now));
  row_.next = job.next = first;
  versions.push_back({job.id, 1, now, {}, first, spec.enabled, false, spec.schedule, spec.retry, tzdb, {}, 0, {}});
}

admin::armed_spec history::armed() const { return std::get<admin::armed_spec>(admin::arm_spec(spec)); }

storage::locked_job history::locked(bool group_paused) const {
  return {row_, group_paused, [this] {
            return std::any_of(triggers.begin(), triggers.end(), [this](auto& t) {
              return t.fire == row_.last && t.origin.empty() && !is_final(t.state);
            });
          }};
}

/// As storage/catalog_edit.cpp does.
void history::write(storage::job_edit edit, instant now) {
  auto rests = !edit.enabled || edit.paused || edit.deleted || job.group_paused;
  if (edit.gap)
    gaps.push_back({job.id, edit.gap->from, edit.gap->to, edit.gap->fires, now, row_.version, edit.gap->reason});
  ++row_.version;
  row_.enabled = edit.enabled;
  row_.paused = edit.paused;
  row_.deleted = edit.deleted;
  row_.next = rests ? std::nullopt : edit.next;
  row_.awaits_end = edit.awaits_end && !rests;
  if (edit.restarts) job.fires = row_.fires = 0;
  if (edit.move_last) row_.last = std::max(row_.last.value_or(*edit.move_last), *edit.move_last);
  specs_[row_.version] = spec;
  job.version = row_.version;
  job.deleted = row_.deleted.has_value();
  job.next = row_.next;
  job.last = row_.last;
  job.awaits_end = row_.awaits_end;
  audit_version v{job.id, row_.version, now, row_.last,  row_.next,   edit.enabled && !edit.deleted, edit.paused, {},
                  {},     tzdb,         {},  row_.fires, edit.ran_out};
  if (edit.spec) {
    v.schedule = spec.schedule;
    v.retry = spec.retry;
  }
  versions.push_back(std::move(v));
}

void history::apply(const std::function<void(job_spec&)>& change, instant now) {
  auto before = armed();
  auto was = spec;
  change(spec);
  auto edit = admin::change_spec(locked(job.group_paused), &before, armed(), "{}", now);
  if (auto* no = std::get_if<admin::refusal>(&edit)) {
    spec = was;
    throw std::runtime_error{no->text};
  }
  write(std::get<storage::job_edit>(edit), now);
}

void history::reschedule(const schedule_spec& schedule, instant now) {
  apply([&](job_spec& s) { s.schedule = schedule; }, now);
}

void history::pause(instant now) { write(admin::pause_job(locked(job.group_paused), armed(), now), now); }
void history::resume(instant now) { write(admin::resume_job(locked(job.group_paused), armed(), now), now); }

void history::remove(instant now) {
  auto edit = admin::pause_job(locked(job.group_paused), armed(), now); // ends the schedule as a pause does
  edit.paused = row_.paused;
  edit.deleted = now;
  write(std::move(edit), now);
}

void history::pause_group(instant now) {
  auto edit = admin::pause_job(locked(false), armed(), now);
  edit.paused = row_.paused;
  job.group_paused = true;
  write(std::move(edit), now);
}

void history::resume_group(instant now) {
  auto edit = admin::pause_job(locked(true), armed(), now); // closes the record of what was held
  edit.paused = row_.paused;
  job.group_paused = false;
  if (row_.enabled && !row_.paused && !row_.deleted) {
    auto base = std::max(now, row_.last.value_or(now));
    auto times = armed().times;
    if (auto most = spec.schedule.max_runs; most > 0 && row_.fires >= most)
      ; // it has had them all
    else if (times.what() != schedule::timetable::kind::after)
      edit.next = times.next(base);
    else if (row_.last && locked(false).last_fire_open())
      edit.awaits_end = true;
    else
      edit.next = times.after_end(base);
  }
  write(std::move(edit), now);
}

audit_trigger& history::add_trigger(instant fire) {
  auto& t = triggers.emplace_back();
  t.id = trigger_id{next_id_++};
  t.job = job.id;
  t.fire = fire;
  t.version = row_.version;
  t.epoch = epoch_id{3};
  return t;
}

audit_trigger* history::claim(instant now) {
  auto rule = config::firing_rule_of(spec, job.id);
  if (auto most = spec.schedule.max_runs) rule.runs_left = most - row_.fires;
  auto d = schedule::decide(armed().times, row_.next.value(), now, rule, threshold);
  if (d.gap)
    gaps.push_back({job.id, d.gap->first, d.gap->last, d.gap->fires, now, row_.version, state_reason::misfire});
  auto moved = std::max(d.fire.value_or(instant::min()), d.gap ? d.gap->last : instant::min());
  row_.last = job.last = std::max(row_.last.value_or(moved), moved);
  row_.next = job.next = d.next;
  row_.awaits_end = job.awaits_end = d.awaits_end;
  if (!d.fire) return nullptr;
  job.fires = ++row_.fires;
  auto& t = add_trigger(*d.fire);
  t.state = trigger_state::claimed;
  t.cause = d.gap ? trigger_cause::misfire : trigger_cause::schedule;
  t.session = session_id{7};
  t.claimed = now;
  return &t;
}

audit_trigger& history::trigger(trigger_id id) {
  return *std::find_if(triggers.begin(), triggers.end(), [&](auto& t) { return t.id == id; });
}

const audit_trigger& history::first_attempt(instant fire) const {
  return *std::find_if(triggers.begin(), triggers.end(),
                       [&](auto& t) { return t.fire == fire && t.origin.empty() && t.attempt == 1; });
}

trigger_id history::open_trigger() const {
  auto open = std::find_if(triggers.begin(), triggers.end(), [](auto& t) { return !is_final(t.state); });
  return open == triggers.end() ? trigger_id{} : open->id;
}

void history::complete(trigger_id id, instant now, trigger_state end) {
  auto& t = trigger(id);
  if (t.state == trigger_state::waiting) { // a retry or a trigger by hand is claimed first
    t.session = session_id{7};
    t.claimed = now;
  }
  t.started = now;
  t.ended = now;
  t.state = end;
  auto ended = t;
  if (specs_.at(ended.version).retry.again(end, ended.attempt)) {
    auto& again = add_trigger(ended.fire);
    again.version = ended.version;
    again.origin = ended.origin;
    again.attempt = static_cast<std::int16_t>(ended.attempt + 1);
    again.cause = trigger_cause::retry;
  } else {
    end_of_delay(ended, now);
  }
}

/// By the statement that ends the run, or where an edit came meanwhile by the reconciler.
void history::end_of_delay(const audit_trigger& ended, instant now) {
  if (!row_.awaits_end || row_.last != ended.fire || !ended.origin.empty()) return;
  row_.awaits_end = job.awaits_end = false;
  row_.next = job.next = std::max(armed().times.after_end(now).value(), ended.fire + 1ms);
}

void history::run_until(instant until) {
  while (row_.next && *row_.next <= until) {
    auto fire = *row_.next;
    if (auto* t = claim(fire - 100ms)) complete(t->id, fire + 30ms);
  }
}

audit_trigger& history::trigger_by_hand(instant now) {
  auto& t = add_trigger(now);
  t.origin = "m" + to_string(t.id);
  t.cause = trigger_cause::manual;
  return t;
}

// ---- memory_source

subject memory_source::open() {
  auto& h = *jobs_.at(at_ - 1);
  gaps_ = h.gaps;
  std::erase_if(gaps_, [&](auto& g) { return g.to < from || g.from >= to; });
  std::sort(gaps_.begin(), gaps_.end(), [](auto& a, auto& b) { return a.from < b.from; });
  triggers_ = h.triggers;
  std::erase_if(triggers_, [&](auto& t) { return t.fire < from || t.fire >= to; });
  auto key = [](auto& t) { return std::tie(t.fire, t.origin, t.shard, t.attempt, t.id); };
  std::sort(triggers_.begin(), triggers_.end(), [&](auto& a, auto& b) { return key(a) < key(b); });
  next_gap_ = next_trigger_ = 0;
  return {h.job, h.versions, !h.versions.empty()};
}

std::optional<subject> memory_source::next() {
  if (at_ == jobs_.size()) return std::nullopt;
  ++at_;
  return open();
}

subject memory_source::again() {
  if (on_again) on_again();
  return open();
}

std::optional<audit_gap> memory_source::next_gap() {
  return next_gap_ < gaps_.size() ? std::optional{gaps_[next_gap_++]} : std::nullopt;
}

std::optional<audit_trigger> memory_source::next_trigger() {
  return next_trigger_ < triggers_.size() ? std::optional{triggers_[next_trigger_++]} : std::nullopt;
}

report audit_of(history& h, instant from, instant to, const handler_record* handlers) {
  memory_source records{{&h}};
  records.from = from;
  records.to = to;
  return run(records, {from, to, to, tzdb, handlers});
}

} // namespace xxl::audit::test
