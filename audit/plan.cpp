#include "audit/plan.hpp"

#include "config/instant.hpp"
#include "config/schedule_of.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace xxl::audit {
namespace {

using namespace std::chrono_literals;
using kind = planned_version::kind;

/// Before every fire, and far enough from the smallest instant to be computed with.
constexpr instant lowest{std::chrono::milliseconds{INT64_MIN / 2}};

bool is_cron(const std::optional<schedule_spec>& s) { return s && std::holds_alternative<cron_schedule>(s->kind); }

std::optional<instant> next_in(const planned_version& v, instant after) {
  after = std::max(after, v.begin);
  std::optional<instant> fire;
  if (v.first && after < *v.first)
    fire = v.first;
  else if (v.what == kind::fires || v.what == kind::held)
    fire = v.times.next(after);
  return fire && *fire <= v.end ? fire : std::nullopt;
}

std::optional<instant> last_in(const planned_version& v, instant after, instant until) {
  after = std::max(after, v.begin);
  until = std::min(until, v.end);
  if (v.what == kind::fires || v.what == kind::held)
    if (auto fire = v.times.last(std::max(after, v.first.value_or(after)), until)) return fire;
  return v.first && after < *v.first && *v.first <= until ? v.first : std::nullopt;
}

std::int64_t count_in(const planned_version& v, instant after, instant until) {
  after = std::max(after, v.begin);
  until = std::min(until, v.end);
  std::int64_t n = v.first && after < *v.first && *v.first <= until ? 1 : 0;
  if (v.what == kind::fires || v.what == kind::held)
    n += v.times.count(std::max(after, v.first.value_or(after)), until, INT64_MAX);
  return n;
}

} // namespace

plan::plan(const audit_job& job, std::span<const audit_version> versions) : job_{job}, border_{lowest} {
  const audit_version* before = nullptr;
  for (auto& v : versions) {
    if (v.version > job.version) break;
    if (before) end_version(*before, v);
    begin_version(v);
    before = &v;
  }
  if (before) end_newest(before->after);
  // The clocks of two admins may differ: no version ends behind its successor.
  for (auto v = versions_.rbegin(); v != versions_.rend() && std::next(v) != versions_.rend(); ++v)
    std::next(v)->end = std::min(std::next(v)->end, v->end);
}

void plan::begin_version(const audit_version& v) {
  if (v.schedule || !v.problem.empty()) {
    schedule_ = v.schedule;
    retry_ = v.retry;
    problem_ = v.problem;
    auto times = schedule_ ? config::timetable_of(*schedule_) : schedule::timetable{};
    if (auto* wrong = std::get_if<schedule::parse_error>(&times)) problem_ = wrong->message;
    if (auto* good = std::get_if<schedule::timetable>(&times)) times_ = *good;
  }
  planned_version p;
  p.version = v.version;
  p.begin = versions_.empty() ? lowest : versions_.back().end;
  p.retry = retry_;
  p.problem = problem_;
  p.times = times_;
  if (schedule_) {
    p.max_runs = schedule_->max_runs;
    p.jitter = schedule_->jitter;
    p.may_end = schedule_->until.has_value();
  }
  if (is_cron(schedule_)) p.tzdb = v.tzdb;
  p.what = kind_of(v);
  if (p.what == kind::fires || p.what == kind::delay) p.first = v.first_fire;
  if (p.what == kind::fires) p.begin = *v.first_fire - 1ms;
  if (p.what == kind::delay) p.begin = v.after.value_or(lowest);
  versions_.push_back(std::move(p));
}

planned_version::kind plan::kind_of(const audit_version& v) const {
  using schedule_kind = schedule::timetable::kind;
  if (!v.enabled) return kind::idle;
  if (!problem_.empty()) return kind::unknown;
  if (times_.what() == schedule_kind::none) return kind::idle;
  if (schedule_ && schedule_->max_runs > 0 && v.fires >= schedule_->max_runs) return kind::idle;
  if (times_.what() == schedule_kind::after) return v.paused ? kind::idle : kind::delay;
  if (!v.paused && v.first_fire) return kind::fires;
  return v.after ? kind::held : kind::idle; // nothing recorded, nothing planned: no span to record
}

void plan::end_version(const audit_version& v, const audit_version& successor) {
  auto same_schedule =
      successor.problem.empty() && problem_.empty() && (!successor.schedule || successor.schedule == schedule_);
  auto goes_on =
      same_schedule && successor.enabled == v.enabled && successor.paused == v.paused && !successor.first_fire;
  auto& p = versions_.back();
  auto after = successor.after.value_or(lowest);
  p.end = p.what == kind::held && goes_on ? after : std::max(after, successor.from);
  if (successor.ran_out && p.what == kind::fires) p.end = std::min(p.end, *successor.ran_out);
  if (successor.first_fire) p.end = std::min(p.end, *successor.first_fire - 1ms);
}

void plan::end_newest(std::optional<instant> after) {
  newest_after_ = after;
  auto closed = versions_.size() > 1 ? versions_[versions_.size() - 2].end : lowest;
  border_ = job_.next ? *job_.next : std::max(job_.last.value_or(lowest), closed) + 1ms;
  versions_.back().end = border_ - 1ms;
}

const planned_version* plan::find(spec_version version) const {
  auto it = std::lower_bound(versions_.begin(), versions_.end(), version,
                             [](const planned_version& v, spec_version n) { return v.version < n; });
  return it != versions_.end() && it->version == version ? &*it : nullptr;
}

std::vector<planned_version>::const_iterator plan::in_force_after(instant t) const {
  return std::upper_bound(versions_.begin(), versions_.end(), t,
                          [](instant x, const planned_version& v) { return x < v.end; });
}

std::optional<instant> plan::next(instant after) const {
  for (auto v = in_force_after(after); v != versions_.end(); ++v)
    if (auto fire = next_in(*v, after)) return fire;
  return std::nullopt;
}

std::optional<instant> plan::last(instant after, instant until) const {
  std::optional<instant> found;
  for (auto v = in_force_after(after); v != versions_.end(); ++v) {
    if (auto fire = last_in(*v, after, until)) found = fire;
    if (v->end >= until) break;
  }
  return found;
}

std::int64_t plan::count(instant after, instant until) const {
  std::int64_t n = 0;
  for (auto v = in_force_after(after); v != versions_.end(); ++v) {
    n += count_in(*v, after, until);
    if (v->end >= until) break;
  }
  return n;
}

std::string plan::why_not_due(const planned_version& v, instant fire) const {
  const auto name = "version " + std::to_string(v.version);
  switch (v.what) {
  case kind::unknown: return {};
  case kind::idle: return name + " plans no fires";
  case kind::held: return name + " was held by a pause";
  case kind::fires:
  case kind::delay: break;
  }
  if (fire > v.end) return name + " was over at " + config::format_instant(v.end);
  if (v.first && fire < *v.first) return name + " began with the fire at " + config::format_instant(*v.first);
  if (fire <= v.begin) return name + " began at " + config::format_instant(v.begin);
  if (v.what == kind::fires && next_in(v, fire - 1ms) != fire)
    return "the schedule of " + name + " does not name that instant";
  return {};
}

std::int64_t plan::pending(instant from, instant until) const {
  if (versions_.empty() || !job_.next || *job_.next >= until) return 0;
  auto& v = versions_.back();
  std::int64_t n = *job_.next >= from ? 1 : 0;
  if (v.what == kind::fires) n += v.times.count(std::max(*job_.next, from - 1ms), until - 1ms, INT64_MAX - 1);
  return v.max_runs > 0 ? std::min(n, v.max_runs - job_.fires) : n;
}

std::int64_t plan::held(instant from, instant until) const {
  if (versions_.empty() || versions_.back().what != kind::held) return 0;
  if (auto most = versions_.back().max_runs; most > 0 && job_.fires >= most) return 0;
  return versions_.back().times.count(std::max(border_, from) - 1ms, until - 1ms, INT64_MAX);
}

std::optional<instant> plan::lost_next() const {
  if (versions_.empty() || job_.next) return std::nullopt;
  auto& v = versions_.back();
  if (v.max_runs > 0 && job_.fires >= v.max_runs) return std::nullopt;
  const auto last = job_.last.value_or(lowest);
  if (v.what == kind::fires) return last < *v.first ? v.first : v.times.next(last);
  // An edit of a fixed delay stores no fire while the run before goes on, nor while the group is paused: only what was
  // planned, or has fired since, was surely in force.
  const auto in_force = v.first || last > newest_after_.value_or(lowest);
  if (v.what == kind::delay && in_force && !job_.awaits_end && !v.may_end)
    return last < v.first.value_or(lowest) ? v.first : job_.last;
  return std::nullopt;
}

} // namespace xxl::audit
