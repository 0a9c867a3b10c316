#include "actors/admin/zone_update.hpp"

#include "actors/admin/edit_plan.hpp"
#include "config/instant.hpp"
#include "protocol/limits.hpp"
#include "schedule/timetable.hpp"

#include <spdlog/spdlog.h>

namespace xxl::admin {
namespace {

/// The edit that the zone data in use asks for, if the job's specification can be used.
std::optional<storage::job_edit> wanted(const storage::locked_job& job, instant now) {
  auto spec = arm_spec(job.job.spec);
  auto* armed = std::get_if<armed_spec>(&spec);
  return armed ? plan_anew(job, *armed, now) : std::nullopt;
}

std::string time_or_none(const std::optional<instant>& t) { return t ? config::format_instant(*t) : "none"; }

} // namespace

std::vector<job_id> zone_update::page(storage::catalog& db, instant now) {
  job_query q;
  q.after = *after_;
  q.limit = limits::page_items;
  std::vector<job_id> moved;
  auto rows = db.list_jobs(q);
  for (auto& row : rows) {
    if (!wanted({row, false, {}}, now)) continue; // looked at without a lock; most stay as they are
    auto after = db.edit_job(row.id, [now](const storage::locked_job& job) { return wanted(job, now); },
                             {"xxl", "zone data", now, schedule::tzdb_version()});
    if (!after) continue;
    spdlog::info("job {}/{}: by zone data {} its next fire is {}, not {}", row.group_name, row.name,
                 schedule::tzdb_version(), time_or_none(after->next), time_or_none(row.next));
    moved.push_back(row.id);
  }
  if (rows.size() < q.limit)
    after_.reset();
  else
    after_ = rows.back().id;
  return moved;
}

} // namespace xxl::admin
