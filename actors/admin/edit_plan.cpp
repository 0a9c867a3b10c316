#include "actors/admin/edit_plan.hpp"

#include "config/instant.hpp"
#include "protocol/guards.hpp"
#include "schedule/misfire.hpp"

#include <algorithm>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;
using schedule::timetable;

/// The instant from which an edit computes: the later of now and the last claimed fire (a fire is claimed before it is
/// due).
instant base_of(const storage::job_row& row, instant now) {
  return stands(guard::later_than_last) ? std::max(now, row.last.value_or(now)) : now;
}

bool held(const storage::locked_job& job) { return job.job.paused || job.group_paused; }

/// Whether the schedule was in force, held by a pause or not.
bool scheduled(const storage::job_row& row) { return row.enabled && !row.deleted; }

/// The schedule has had all its runs.
bool ran_out(const storage::job_row& row, const armed_spec& spec) {
  auto most = spec.spec.schedule.max_runs;
  return most > 0 && row.fires >= most;
}

/// Fires up to `now` that were due by the schedule in force and that nobody will claim any more. Where that schedule is
/// not known (null), the stored next fire is all that can be told.
std::optional<schedule::passed_over> passed_over(const storage::locked_job& job, const armed_spec* spec, instant now) {
  auto& row = job.job;
  if (row.next) {
    if (*row.next > now) return std::nullopt;
    if (!spec || spec->times.what() == timetable::kind::after) return schedule::passed_over{*row.next, *row.next, 1};
    return schedule::span(spec->times, *row.next - 1ms, now); // the next fire itself is the first one passed over
  }
  if (spec && scheduled(row) && held(job) && row.last && !ran_out(row, *spec))
    return schedule::span(spec->times, *row.last, now);
  return std::nullopt;
}

/// Records what is passed over and moves the last instant, for an edit after which `times` is in force.
void close_record(storage::job_edit& edit, const storage::locked_job& job, const armed_spec* before,
                  const timetable& times, state_reason reason, instant now) {
  if (auto p = passed_over(job, before, now)) {
    edit.gap = storage::gap{p->first, p->last, p->fires, held(job) ? state_reason::paused : reason};
    edit.move_last = p->last;
  }
  bool has_fires = times.what() != timetable::kind::none && times.what() != timetable::kind::after;
  if (has_fires) edit.move_last = base_of(job.job, now);
}

/// The next fire of a job that is neither held nor disabled after the edit.
void plan_next(storage::job_edit& edit, const storage::locked_job& job, const armed_spec& spec, instant now) {
  if (!edit.restarts && ran_out(job.job, spec)) return;
  auto base = base_of(job.job, now);
  if (spec.times.what() != timetable::kind::after)
    edit.next = spec.times.next(base);
  else if (job.job.last && job.last_fire_open())
    edit.awaits_end = true;
  else
    edit.next = spec.times.after_end(base);
}

storage::job_edit unchanged(const storage::job_row& row) {
  storage::job_edit edit;
  edit.enabled = row.enabled;
  edit.paused = row.paused;
  edit.deleted = row.deleted;
  return edit;
}

/// The first fire of a schedule that begins now.
std::optional<instant> first_after(const timetable& times, instant base) {
  return times.what() == timetable::kind::after ? times.after_end(base) : times.next(base);
}

std::optional<refusal> without_fire(const armed_spec& spec, instant base) {
  if (spec.times.what() == timetable::kind::none || first_after(spec.times, base)) return std::nullopt;
  if (auto* at = std::get_if<at_schedule>(&spec.spec.schedule.kind); at && at->at <= base)
    return refusal{"schedule: at " + config::format_instant(at->at) + " is in the past"};
  return refusal{"schedule: it has no fire after " + config::format_instant(base)};
}

} // namespace

std::variant<std::optional<instant>, refusal> first_fire(const armed_spec& spec, bool group_paused, instant now) {
  if (auto no = without_fire(spec, now)) return std::move(*no);
  if (!spec.spec.enabled || group_paused) return std::optional<instant>{};
  return first_after(spec.times, now);
}

std::variant<storage::job_edit, refusal> change_spec(const storage::locked_job& job, const armed_spec* before,
                                                     const armed_spec& after, std::string json, instant now) {
  auto& row = job.job;
  auto edit = unchanged(row);
  if (before && ran_out(row, *before)) edit.ran_out = row.last;
  edit.spec = std::move(json);
  edit.enabled = after.spec.enabled;
  edit.deleted.reset();
  bool revived = row.deleted.has_value();
  bool rescheduled = revived || !before || before->spec.schedule != after.spec.schedule;
  if (!rescheduled && row.enabled == edit.enabled) {
    edit.next = row.next;
    edit.awaits_end = row.awaits_end;
    return edit;
  }
  if (rescheduled)
    if (auto no = without_fire(after, base_of(row, now))) return std::move(*no);
  edit.restarts = rescheduled;
  close_record(edit, job, before, after.times, edit.enabled ? state_reason::edited : state_reason::disabled, now);
  if (edit.enabled && !held(job)) plan_next(edit, job, after, now);
  return edit;
}

storage::job_edit pause_job(const storage::locked_job& job, const armed_spec& before, instant now) {
  auto edit = unchanged(job.job);
  if (ran_out(job.job, before)) edit.ran_out = job.job.last;
  edit.paused = true;
  close_record(edit, job, &before, before.times, state_reason::paused, now);
  return edit;
}

storage::job_edit resume_job(const storage::locked_job& job, const armed_spec& before, instant now) {
  auto edit = unchanged(job.job);
  if (ran_out(job.job, before)) edit.ran_out = job.job.last;
  edit.paused = false;
  close_record(edit, job, &before, before.times, state_reason::paused, now);
  if (scheduled(job.job) && !job.group_paused) plan_next(edit, job, before, now);
  return edit;
}

std::optional<storage::job_edit> plan_anew(const storage::locked_job& job, const armed_spec& spec, instant now) {
  auto& row = job.job;
  auto& schedule = spec.spec.schedule;
  auto has_zone = std::holds_alternative<cron_schedule>(schedule.kind) || !schedule.calendar.layers.empty();
  if (!has_zone || spec.times.what() == timetable::kind::after || !row.next || *row.next <= now) return std::nullopt;
  auto base = base_of(row, now);
  auto next = spec.times.next(base);
  if (next == row.next) return std::nullopt;
  auto edit = unchanged(row);
  edit.next = next;
  edit.move_last = base;
  return edit;
}

} // namespace xxl::admin
