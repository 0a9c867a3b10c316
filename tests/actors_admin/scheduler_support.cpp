#include "tests/actors_admin/scheduler_support.hpp"

#include "config/schedule_of.hpp"

#include <algorithm>

namespace xxl::admin::test {

using storage::error_kind;
using storage::run;

armed_job_ptr make_job(std::int64_t id, const job_options& options) {
  auto job = std::make_shared<armed_job>();
  job->id = {id};
  job->version = options.version;
  job->group = options.group;
  job->spec.group = "group" + std::to_string(options.group.value);
  job->spec.name = "job" + std::to_string(id);
  job->spec.schedule = options.schedule;
  job->spec.work = options.work;
  job->spec.params = "own params";
  job->spec.route = options.route;
  job->spec.misfire = options.misfire;
  job->spec.misfire_deadline = options.misfire_deadline;
  job->full_name = job->spec.group + "/" + job->spec.name;
  job->times = std::get<schedule::timetable>(config::timetable_of(job->spec.schedule));
  job->rule = config::firing_rule_of(job->spec, job->id);
  job->follows = job->times.what() == schedule::timetable::kind::after || job->spec.retry.retries > 0;
  return job;
}

waiting_trigger make_waiting(std::int64_t trigger, const armed_job_ptr& job, instant due) {
  storage::waiting_row row;
  row.trigger = {trigger};
  row.job = job->id;
  row.version = job->version;
  row.due = due;
  row.fire = due;
  return {job, row};
}

due_fire make_due(const armed_job_ptr& job, instant at) {
  schedule::decision d;
  d.fire = at;
  d.next = at + 1s;
  return {job, at, d};
}

order make_order(std::int64_t trigger, instant planned) {
  order o;
  o.trigger = {trigger};
  o.job = {1};
  o.version = 1;
  o.job_name = "group1/job1";
  o.fire = planned;
  o.planned = planned;
  o.work = handler_work{"noop"};
  return o;
}

std::vector<std::int64_t> ids_of(const std::vector<order>& orders) {
  std::vector<std::int64_t> ids;
  for (auto& o : orders) ids.push_back(o.trigger.value);
  return ids;
}

// ---- the ledger

void fake_ledger::called(const std::string& name, run how) {
  calls.push_back(how == run::settle ? name + " (settle)" : name);
  meanwhile(name);
  auto strike = std::find_if(faults.begin(), faults.end(), [&](auto& f) { return f.call == name; });
  if (strike == faults.end()) return;
  auto what = *strike;
  faults.erase(strike);
  throw storage::error{what.kind, what.state, "fault in " + name};
}

void fake_ledger::connect() { called("connect"); }

trigger_id fake_ledger::take_ids() {
  called("take_ids");
  return {1 + 1'000 * blocks_++};
}

storage::claim_answer fake_ledger::claim(epoch_id, const storage::claim_batch& batch, instant, run how) {
  called("claim", how);
  if (how == run::first &&
      std::any_of(batch.jobs.begin(), batch.jobs.end(), [&](auto& a) { return locked.count(a.job); }))
    throw storage::error{error_kind::retry, "55P03", "canceling statement due to lock timeout"};
  claims.push_back(batch);
  storage::claim_answer answer;
  answer.fence = fence;
  if (fence != storage::fence::ours) return answer;
  for (auto& a : batch.jobs)
    if (!a.fire && !edited.count(a.job)) answer.skipped.push_back(a.job);
  for (auto& t : batch.triggers)
    if (!edited.count(t.job)) answer.claimed.push_back(t.trigger);
  std::sort(answer.skipped.begin(), answer.skipped.end());
  std::sort(answer.claimed.begin(), answer.claimed.end());
  return answer;
}

storage::claim_answer fake_ledger::claim_waiting(epoch_id, std::span<const storage::waiting_claim> rows, instant,
                                                 run how) {
  called("claim_waiting", how);
  waiting_claims.emplace_back(rows.begin(), rows.end());
  storage::claim_answer answer;
  answer.fence = fence;
  if (fence != storage::fence::ours) return answer;
  for (auto& row : rows)
    if (!gone.count(row.trigger)) answer.claimed.push_back(row.trigger);
  std::sort(answer.claimed.begin(), answer.claimed.end());
  return answer;
}

std::vector<job_id> fake_ledger::unlocked(std::span<const job_id> jobs) {
  called("unlocked");
  std::vector<job_id> free;
  std::copy_if(jobs.begin(), jobs.end(), std::back_inserter(free), [&](auto job) { return !locked.count(job); });
  return free;
}

storage::complete_answer fake_ledger::complete(std::optional<epoch_id> epoch, std::span<const storage::completion> rows,
                                               instant, run how) {
  called("complete", how);
  completions.push_back({epoch, {rows.begin(), rows.end()}});
  storage::complete_answer answer;
  answer.fenced = !epoch || fence != storage::fence::deposed;
  for (auto& row : rows)
    if (!gone.count(row.trigger)) answer.moved.push_back(row.trigger);
  std::sort(answer.moved.begin(), answer.moved.end());
  return answer;
}

std::vector<storage::final_state> fake_ledger::finals(std::span<const trigger_id> ids, std::span<const instant>) {
  called("finals");
  std::vector<storage::final_state> all;
  for (auto id : ids)
    if (auto end = ended.find(id); end != ended.end()) all.push_back({id, end->second});
  return all;
}

std::vector<trigger_id> fake_ledger::hand_back_rows(epoch_id, std::span<const storage::hand_back> rows) {
  called("hand_back_rows");
  std::vector<trigger_id> moved;
  for (auto& row : rows) {
    handed_back.push_back(row);
    moved.push_back(row.trigger);
  }
  return moved;
}

void fake_ledger::report(std::span<const storage::progress_report> rows) {
  called("report");
  reports.insert(reports.end(), rows.begin(), rows.end());
}

storage::session_opened fake_ledger::open_session(epoch_id, const storage::session_open& s) {
  called("open_session");
  opened.push_back(s);
  return opening;
}

storage::sessions_answer fake_ledger::renew_sessions(epoch_id, std::span<const session_id> sessions,
                                                     instant lease_until) {
  called("renew_sessions");
  leases_until.push_back(lease_until);
  renewed.insert(renewed.end(), sessions.begin(), sessions.end());
  return {fence != storage::fence::deposed, {sessions.begin(), sessions.end()}};
}

storage::sessions_answer fake_ledger::end_sessions(epoch_id, std::span<const session_id> sessions, instant,
                                                   session_end reason) {
  called("end_sessions");
  for (auto session : sessions) ended_sessions.emplace_back(session, reason);
  return {fence != storage::fence::deposed, {sessions.begin(), sessions.end()}};
}

storage::sessions_answer fake_ledger::end_expired(epoch_id, instant now) {
  called("end_expired");
  looked_at.push_back(now);
  for (auto session : lease_over) ended_sessions.emplace_back(session, session_end::lease_expired);
  return {true, std::exchange(lease_over, {})};
}

storage::sessions_answer fake_ledger::lease_takeover(epoch_id, instant lease_until) {
  called("lease_takeover");
  leases_until.push_back(lease_until);
  return {fence != storage::fence::deposed, live};
}

std::vector<storage::open_row> fake_ledger::open_rows(std::span<const session_id> sessions, trigger_id after,
                                                      std::size_t most) {
  called("open_rows");
  std::vector<storage::open_row> page;
  for (auto& row : open)
    if (row.trigger > after && page.size() < most &&
        std::find(sessions.begin(), sessions.end(), row.session) != sessions.end())
      page.push_back(row);
  return page;
}

std::vector<storage::dead_session> fake_ledger::ended_with_open_rows() {
  called("ended_with_open_rows");
  return dead;
}

std::vector<storage::ledger::awaiting> fake_ledger::overdue_ends() {
  called("overdue_ends");
  return overdue;
}

bool fake_ledger::set_next(const awaiting& row, std::optional<instant> next) {
  called("set_next");
  next_set.emplace_back(row.job, next);
  return true;
}

instant fake_ledger::database_now() {
  called("database_now");
  return wall;
}

// ---- the lock

void fake_lock::reach(const char* call) {
  calls.emplace_back(call);
  if (!reachable) throw storage::error{error_kind::unavailable, "", "connection refused"};
}

void fake_lock::connect() { reach("connect"); }

bool fake_lock::try_lock() {
  reach("try_lock");
  meanwhile();
  return free;
}

epoch_id fake_lock::raise_epoch(const std::string&, instant) {
  reach("raise_epoch");
  return {++epoch};
}

bool fake_lock::heartbeat(std::chrono::milliseconds) {
  reach("heartbeat");
  meanwhile();
  return beats;
}

std::optional<instant> fake_lock::say_present(const storage::presence& p) {
  present.push_back(p);
  return database_now();
}

void fake_lock::hand_over(epoch_id) noexcept {
  calls.emplace_back("hand_over");
  close();
}

void fake_lock::close() noexcept { calls.emplace_back("close"); }

} // namespace xxl::admin::test
