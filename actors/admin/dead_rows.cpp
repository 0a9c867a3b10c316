#include "actors/admin/dead_rows.hpp"

#include <map>
#include <utility>

namespace xxl::admin {
namespace {

storage::completion lost(const storage::open_row& row, bool journal, instant now) {
  storage::completion c;
  c.trigger = row.trigger;
  c.session = row.session;
  c.state = trigger_state::lost;
  c.ended = now;
  c.reason = state_reason::session_ended;
  c.message = journal ? "the executor died while it ran" : "the executor's session ended while it held the trigger";
  return c;
}

} // namespace

storage::completion killed_before_start(trigger_id trigger, session_id session, instant now) {
  storage::completion c;
  c.trigger = trigger;
  c.session = session;
  c.state = trigger_state::killed;
  c.ended = now;
  c.message = "killed before it was sent";
  return c;
}

settlement settle(epoch_id epoch, std::span<const storage::open_row> rows, const std::optional<trigger_ids>& started,
                  const std::vector<armed_job_ptr>& jobs, instant now) {
  std::map<std::pair<job_id, spec_version>, const armed_job*> known;
  for (auto& job : jobs) known[{job->id, job->version}] = job.get();
  settlement s;
  s.ended.epoch = s.back.epoch = epoch;
  for (auto& row : rows) {
    if (started && !started->contains(row.trigger)) {
      s.back.rows.push_back({row.trigger, row.session, now, state_reason::not_started, row.handed});
      continue;
    }
    auto job = known.find({row.job, row.version});
    if (job != known.end() && job->second->spec.retry.again(trigger_state::lost, row.attempt))
      s.ended.retries.push_back(s.ended.rows.size());
    s.ended.rows.push_back(lost(row, started.has_value(), now));
    s.ended.fires.push_back(row.fire);
  }
  return s;
}

} // namespace xxl::admin
