#include "actors/admin/read_job.hpp"

#include "actors/admin/armed_spec.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace xxl::admin {

read_job read(const storage::job_row& row) {
  read_job job{{row.id, {}, row.version, row.paused, row.next, row.last, row.awaits_end, {}}, {}, {}};
  auto spec = arm_spec(row.spec);
  if (auto* why = std::get_if<std::string>(&spec)) {
    job.view.problem = std::move(*why);
    job.view.spec.group = row.group_name;
    job.view.spec.name = row.name;
    job.view.spec.enabled = row.enabled;
  } else {
    auto& armed = std::get<armed_spec>(spec);
    job.view.spec = std::move(armed.spec);
    job.times = std::move(armed.times);
    if (auto most = job.view.spec.schedule.max_runs; most > 0)
      job.runs_left = std::max<std::int64_t>(0, most - row.fires);
  }
  return job;
}

} // namespace xxl::admin
