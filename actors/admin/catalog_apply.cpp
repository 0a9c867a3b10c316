#include "actors/admin/catalog_apply.hpp"

#include "actors/admin/catalog_text.hpp"
#include "actors/admin/edit_plan.hpp"
#include "config/spec_json.hpp"
#include "schedule/timetable.hpp"
#include "storage/error.hpp"

#include <set>
#include <utility>

namespace xxl::admin {
namespace {

void settle(apply_change& c, std::string change, std::string detail = {}) {
  c.change = std::move(change);
  c.detail = std::move(detail);
}
void fail(apply_change& c, std::string why) { settle(c, "failed", std::move(why)); }
bool settled(const apply_change& c) { return !c.change.empty(); }

/// A group's or job's own fault; everything else concerns the whole request.
bool is_own_fault(const storage::error& e) { return e.kind == storage::error_kind::refused; }

} // namespace

bulk_apply::bulk_apply(apply_request request, instant now)
    : groups_{std::move(request.groups)},
      who_{std::move(request.who)},
      source_{std::move(request.source)},
      tzdb_{schedule::tzdb_version()},
      now_{now} {
  for (auto& g : groups_) group_changes_.push_back({"group", g.name, {}, {}, {}});
  std::set<std::pair<std::string, std::string>> names;
  for (auto& spec : request.jobs) {
    auto& it = jobs_.emplace_back();
    it.change = {"job", spec.group, spec.name, {}, {}};
    if (!names.emplace(spec.group, spec.name).second) fail(it.change, "named twice in one request");
    it.spec = std::move(spec);
  }
}

void bulk_apply::run(storage::catalog& db) {
  known_groups_.clear();
  for (auto& row : db.groups()) {
    auto name = row.spec.name;
    known_groups_.emplace(std::move(name), std::move(row));
  }
  put_groups(db);
  check_jobs();
  put_jobs(db);
}

std::vector<apply_change> bulk_apply::take_changes() {
  auto all = std::move(group_changes_);
  for (auto& it : jobs_) all.push_back(std::move(it.change));
  return all;
}

void bulk_apply::put_groups(storage::catalog& db) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    auto& change = group_changes_[i];
    if (settled(change)) continue;
    auto& spec = groups_[i];
    auto known = known_groups_.find(spec.name);
    if (known != known_groups_.end() && known->second.spec == spec) {
      settle(change, "unchanged");
      continue;
    }
    try {
      auto keys = known == known_groups_.end() ? std::string{} : changed_keys(known->second.spec, spec);
      auto outcome = db.put_group(spec, note());
      groups_changed_ |= outcome != "unchanged";
      settle(change, std::move(outcome), std::move(keys));
      known_groups_[spec.name].spec = spec;
    } catch (const storage::error& e) {
      if (!is_own_fault(e)) throw;
      fail(change, e.what());
    }
  }
}

/// What can be said of a job without asking for it.
void bulk_apply::check_jobs() {
  std::vector<std::string> names;
  for (auto& it : jobs_) {
    if (settled(it.change) || known_groups_.contains(it.spec.group)) continue;
    if (names.empty())
      for (auto& [name, row] : known_groups_) names.push_back(name);
    fail(it.change, "there is no group \"" + it.spec.group + "\"" + suggestion(it.spec.group, names));
  }
}

void bulk_apply::put_jobs(storage::catalog& db) {
  std::vector<job_ref> names;
  for (auto& it : jobs_)
    if (!settled(it.change)) names.push_back({it.spec.group, it.spec.name});
  if (names.empty()) return;
  std::map<std::pair<std::string, std::string>, storage::job_row> known;
  for (auto& row : db.find_jobs(names)) {
    std::pair name{row.group_name, row.name};
    known.emplace(std::move(name), std::move(row));
  }
  std::vector<creation> fresh;
  for (auto& it : jobs_) {
    if (settled(it.change)) continue;
    auto row = known.find({it.spec.group, it.spec.name});
    if (row == known.end())
      plan_creation(it, fresh);
    else
      put_existing(db, it, row->second);
  }
  create(db, fresh);
}

void bulk_apply::plan_creation(item& it, std::vector<creation>& out) {
  auto armed = arm_spec(it.spec);
  if (auto* why = std::get_if<std::string>(&armed)) return fail(it.change, *why);
  auto next = first_fire(std::get<armed_spec>(armed), known_groups_[it.spec.group].paused, now_);
  if (auto* no = std::get_if<refusal>(&next)) return fail(it.change, no->text);
  out.push_back({&it,
                 {it.spec.group, it.spec.name, config::to_json(it.spec), it.spec.owner, source_, it.spec.enabled,
                  std::get<std::optional<instant>>(next)}});
}

/// Creates all in one step. Where the database refuses one of them, halves the batch until that one stands alone.
void bulk_apply::create(storage::catalog& db, std::span<creation> jobs) {
  if (jobs.empty()) return;
  std::vector<storage::new_job> rows;
  for (auto& c : jobs) rows.push_back(c.job);
  try {
    for (auto& c : jobs) c.what->attempted = "created";
    auto ids = db.create_jobs(rows, note());
    committed_.insert(committed_.end(), ids.begin(), ids.end());
    for (auto& c : jobs) settle(c.what->change, "created");
  } catch (const storage::error& e) {
    if (!is_own_fault(e)) throw;
    for (auto& c : jobs) c.what->attempted.clear(); // refused: rolled back
    if (jobs.size() > 1) {
      create(db, jobs.first(jobs.size() / 2));
      create(db, jobs.subspan(jobs.size() / 2));
    } else if (auto row = db.find_job(jobs[0].job.group, jobs[0].job.name)) {
      put_existing(db, *jobs[0].what, *row); // somebody else created it meanwhile
    } else {
      fail(jobs[0].what->change, e.what());
    }
  }
}

void bulk_apply::put_existing(storage::catalog& db, item& it, const storage::job_row& row) {
  auto before = config::from_json(row.spec);
  auto* old = std::get_if<job_spec>(&before);
  if (old && *old == it.spec && !row.deleted) {
    if (it.attempted.empty()) return settle(it.change, "unchanged");
    committed_.push_back(row.id);
    return settle(it.change, it.attempted, it.change.detail);
  }
  auto after = arm_spec(it.spec);
  if (auto* why = std::get_if<std::string>(&after)) return fail(it.change, *why);
  it.attempted = row.deleted ? "created" : "changed";
  if (!row.deleted) it.change.detail = old ? changed_keys(*old, it.spec) : std::get<std::string>(before);
  edit(db, it, row, std::get<armed_spec>(after));
  if (settled(it.change)) return;
  committed_.push_back(row.id);
  settle(it.change, it.attempted, it.change.detail);
}

/// Leaves the change open if it is committed; fails it otherwise.
void bulk_apply::edit(storage::catalog& db, item& it, const storage::job_row& row, const armed_spec& after) {
  auto json = config::to_json(it.spec);
  std::string why;
  auto decide = [&](const storage::locked_job& job) -> std::optional<storage::job_edit> {
    why.clear();
    auto before = arm_spec(job.job.spec);
    auto* in_force = std::get_if<armed_spec>(&before); // none: it cannot be used, and this edit repairs it
    if (in_force && in_force->spec == it.spec && !job.job.deleted) return std::nullopt; // done already, by whomever
    auto plan = change_spec(job, in_force, after, json, now_);
    if (auto* no = std::get_if<refusal>(&plan)) {
      why = no->text;
      return std::nullopt;
    }
    return std::get<storage::job_edit>(std::move(plan));
  };
  try {
    if (!db.edit_job(row.id, decide, note())) why = "it was removed meanwhile";
  } catch (const storage::error& e) {
    if (!is_own_fault(e)) throw;
    why = e.what();
  }
  if (!why.empty()) fail(it.change, why);
}

storage::edit_note bulk_apply::note() const { return {who_, "apply", now_, tzdb_}; }

} // namespace xxl::admin
