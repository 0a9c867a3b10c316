#include "actors/admin/armed_job.hpp"

#include "config/schedule_of.hpp"
#include "config/spec_json.hpp"
#include "schedule/jitter.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace xxl::admin {
namespace {

work_spec without_source(const work_spec& work) {
  if (auto* script = std::get_if<script_work>(&work)) return script_work{script->language, {}};
  return work;
}

} // namespace

instant armed_job::planned(instant fire) const { return schedule::planned(times, fire, rule.job, rule.jitter); }

schedule::firing_rule armed_job::rule_after(std::int64_t fires) const {
  auto now = rule;
  if (spec.schedule.max_runs > 0) now.runs_left = std::max<std::int64_t>(1, spec.schedule.max_runs - fires);
  return now;
}

order order_of(const armed_job& job, trigger_id trigger, instant fire, instant planned) {
  order o;
  o.trigger = trigger;
  o.job = job.id;
  o.version = job.version;
  o.job_name = job.full_name;
  o.fire = fire;
  o.planned = planned;
  o.work = without_source(job.spec.work);
  o.params = job.spec.params;
  o.timeout = job.spec.timeout;
  o.block = job.spec.block;
  o.follows = job.follows;
  return o;
}

order order_of(const armed_job& job, const storage::attempt_row& row) {
  auto o = order_of(job, row.trigger, row.fire, row.planned.value_or(row.fire));
  o.origin = row.origin;
  o.shard = row.shard;
  o.shards = row.shards;
  o.attempt = row.attempt;
  o.handed = row.handed;
  o.cause = row.cause;
  if (row.params) o.params = *row.params;
  return o;
}

std::variant<armed_job_ptr, std::string> arm(const storage::stored_spec& stored) {
  auto where = "job " + to_string(stored.job) + " version " + std::to_string(stored.version) + ": ";
  auto spec = config::from_json(stored.spec);
  if (auto* problem = std::get_if<std::string>(&spec)) return where + *problem;
  auto job = std::make_shared<armed_job>();
  job->id = stored.job;
  job->version = stored.version;
  job->group = stored.group;
  job->spec = std::get<job_spec>(std::move(spec));
  job->full_name = job->spec.group + "/" + job->spec.name;
  auto times = config::timetable_of(job->spec.schedule);
  if (auto* problem = std::get_if<schedule::parse_error>(&times)) return where + problem->message;
  job->times = std::get<schedule::timetable>(std::move(times));
  job->rule = config::firing_rule_of(job->spec, job->id);
  job->follows = job->times.what() == schedule::timetable::kind::after || job->spec.retry.retries > 0;
  return armed_job_ptr{std::move(job)};
}

} // namespace xxl::admin
