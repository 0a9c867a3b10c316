#pragma once
// A storage::catalog in memory, for the actors above it: counts its calls and fails where a test says so, before or
// after it has done what it was asked (the commit whose answer was lost).

#include "storage/catalog.hpp"
#include "storage/error.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace xxl::admin::test {

class fake_catalog final : public storage::catalog {
public:
  struct fault {
    std::string call; ///< name of the function
    storage::error_kind kind;
    bool after_commit = false; ///< the call has done its work
  };

  std::vector<fault> faults; ///< each strikes once, in order, at the next call of that name
  std::map<std::string, int> calls;
  std::vector<storage::group_row> group_rows;
  std::vector<storage::job_row> jobs;
  std::vector<storage::edit_note> notes;
  std::vector<storage::job_edit> edits;
  std::vector<storage::manual_row> manuals;
  std::vector<trigger_view> triggers;
  std::vector<executor_view> executors;
  std::vector<gap_view> gaps;
  /// What an audit reads, whatever it asks.
  struct {
    std::vector<audit_job> jobs;
    std::vector<storage::version_row> versions;
    std::vector<audit_gap> gaps;
    std::vector<audit_trigger> triggers;
  } audited;
  std::vector<std::string> refused_names;         ///< jobs that create_jobs refuses for ever
  std::vector<std::string> hidden_from_find_jobs; ///< created by somebody else just after the look
  bool last_fire_open = false;
  std::vector<trigger_id> open;       ///< not marked for killing yet
  std::vector<trigger_id> open_later; ///< one comes with each kill: a retry
  std::set<trigger_id> waiting;       ///< of them: nobody has them
  std::vector<std::string> kill_targets;

  void add_group(std::string name, bool paused = false) {
    storage::group_row row;
    row.id.value = static_cast<std::int64_t>(group_rows.size()) + 1;
    row.spec.name = std::move(name);
    row.paused = paused;
    group_rows.push_back(std::move(row));
  }
  storage::job_row& job(const std::string& name) {
    return *std::find_if(jobs.begin(), jobs.end(), [&](auto& j) { return j.name == name; });
  }

  void connect() override {
    guarded("connect", [] {});
  }
  trigger_id take_ids() override {
    return guarded("take_ids", [&] { return trigger_id{1 + 1'000 * id_blocks_++}; });
  }
  std::vector<storage::group_row> groups() override {
    return guarded("groups", [&] { return group_rows; });
  }
  std::string put_group(const group_spec& g, const storage::edit_note& note) override {
    return guarded("put_group", [&]() -> std::string {
      notes.push_back(note);
      for (auto& row : group_rows)
        if (row.spec.name == g.name) {
          row.spec = g;
          return "changed";
        }
      add_group(g.name);
      group_rows.back().spec = g;
      return "created";
    });
  }
  std::optional<storage::job_row> find_job(const std::string& group, const std::string& name) override {
    return guarded("find_job", [&]() -> std::optional<storage::job_row> {
      for (auto& j : jobs)
        if (j.group_name == group && j.name == name) return j;
      return std::nullopt;
    });
  }
  std::vector<storage::job_row> find_jobs(std::span<const job_ref> names) override {
    return guarded("find_jobs", [&] {
      std::vector<storage::job_row> found;
      for (auto& j : jobs)
        for (auto& n : names)
          if (j.group_name == n.group && j.name == n.name && !contains(hidden_from_find_jobs, j.name))
            found.push_back(j);
      return found;
    });
  }
  std::vector<storage::job_row> list_jobs(const job_query& q) override {
    return guarded("list_jobs", [&] {
      std::vector<storage::job_row> found;
      for (auto& j : jobs)
        if ((q.group.empty() || q.group == j.group_name) && (q.name.empty() || q.name == j.name) && j.id > q.after &&
            !j.deleted && found.size() < q.limit)
          found.push_back(j);
      return found;
    });
  }
  std::vector<job_id> create_jobs(std::span<const storage::new_job> fresh, const storage::edit_note& note) override {
    return guarded("create_jobs", [&] {
      for (auto& n : fresh) {
        bool exists =
            std::any_of(jobs.begin(), jobs.end(), [&](auto& j) { return j.group_name == n.group && j.name == n.name; });
        if (exists || contains(refused_names, n.name))
          throw storage::error{storage::error_kind::refused, "23505", "job " + n.name + " is refused"};
      }
      std::vector<job_id> ids;
      for (auto& n : fresh) {
        storage::job_row row;
        row.id.value = static_cast<std::int64_t>(jobs.size()) + 1;
        row.group_name = n.group;
        row.name = n.name;
        row.version = 1;
        row.spec = n.spec;
        row.enabled = n.enabled;
        row.next = n.next;
        ids.push_back(row.id);
        jobs.push_back(std::move(row));
      }
      notes.push_back(note);
      return ids;
    });
  }
  std::optional<storage::job_row>
  edit_job(job_id id, const std::function<std::optional<storage::job_edit>(const storage::locked_job&)>& decide,
           const storage::edit_note& note) override {
    return guarded("edit_job", [&]() -> std::optional<storage::job_row> {
      auto row = std::find_if(jobs.begin(), jobs.end(), [&](auto& j) { return j.id == id; });
      if (row == jobs.end()) return std::nullopt;
      storage::locked_job locked;
      locked.job = *row;
      for (auto& g : group_rows)
        if (g.spec.name == row->group_name) locked.group_paused = g.paused;
      locked.last_fire_open = [this] { return last_fire_open; };
      if (auto edit = decide(locked)) {
        ++row->version;
        if (edit->spec) row->spec = *edit->spec;
        row->enabled = edit->enabled;
        row->paused = edit->paused;
        row->deleted = edit->deleted;
        row->next = edit->next;
        row->awaits_end = edit->awaits_end;
        if (edit->move_last) row->last = std::max(row->last.value_or(*edit->move_last), *edit->move_last);
        edits.push_back(*edit);
        notes.push_back(note);
      }
      return *row;
    });
  }
  trigger_receipt insert_manual(const storage::manual_row& row) override {
    return guarded("insert_manual", [&]() -> trigger_receipt {
      for (auto& m : manuals)
        if (m.request == row.request) return {m.trigger, m.fire, true};
      manuals.push_back(row);
      return {row.trigger, row.fire, false};
    });
  }
  storage::kill_marks kill(std::span<const trigger_id> ids, const storage::edit_note& note,
                           const std::string& target) override {
    return guarded("kill", [&] {
      notes.push_back(note);
      kill_targets.push_back(target);
      storage::kill_marks marks;
      for (auto id : ids) {
        std::erase(open, id);
        (waiting.contains(id) ? marks.waiting : marks.sent).push_back({id, instant{}});
      }
      if (!open_later.empty()) {
        open.push_back(open_later.front());
        open_later.erase(open_later.begin());
      }
      return marks;
    });
  }
  std::vector<trigger_id> open_unmarked(job_id, std::size_t most) override {
    return guarded("open_unmarked", [&] {
      auto n = static_cast<std::ptrdiff_t>(std::min(open.size(), most));
      return std::vector<trigger_id>{open.begin(), open.begin() + n};
    });
  }
  cluster_view cluster() override {
    return guarded("cluster", [] {
      cluster_view c;
      c.leader = "admin-1";
      return c;
    });
  }
  std::vector<executor_view> list_executors() override {
    return guarded("list_executors", [&] { return executors; });
  }
  std::vector<trigger_view> list_triggers(const trigger_query& q) override {
    return guarded("list_triggers", [&] {
      std::vector<trigger_view> found;
      for (auto& t : triggers)
        if ((!q.id || t.id == *q.id) && (q.group.empty() || q.group == t.group) &&
            (q.job.empty() || q.job == t.job_name) && found.size() < q.limit)
          found.push_back(t);
      return found;
    });
  }
  std::vector<gap_view> list_gaps(job_id, std::size_t) override {
    return guarded("list_gaps", [&] { return gaps; });
  }
  std::vector<storage::stored_spec> specs(std::span<const storage::spec_key> keys) override {
    return guarded("specs", [&] {
      std::vector<storage::stored_spec> found;
      for (auto& k : keys)
        for (auto& j : jobs)
          if (j.id == k.job && j.version == k.version)
            found.push_back({j.id, j.version, j.group, j.group_name, j.spec});
      return found;
    });
  }
  void ensure_days(instant, instant) override {}
  std::vector<audit_job> audit_jobs(const audit_query&) override {
    return guarded("audit_jobs", [&] { return audited.jobs; });
  }
  std::vector<storage::version_row> audit_versions(const audit_query&) override {
    return guarded("audit_versions", [&] { return audited.versions; });
  }
  std::vector<audit_gap> audit_gaps(const audit_query&) override {
    return guarded("audit_gaps", [&] { return audited.gaps; });
  }
  std::vector<audit_trigger> audit_triggers(const audit_query&) override {
    return guarded("audit_triggers", [&] { return audited.triggers; });
  }

private:
  static bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  template <class F> auto guarded(const std::string& call, F work) -> decltype(work()) {
    ++calls[call];
    auto struck = std::find_if(faults.begin(), faults.end(), [&](auto& f) { return f.call == call; });
    if (struck == faults.end()) return work();
    auto f = *struck;
    faults.erase(struck);
    if (f.after_commit) work();
    throw storage::error{f.kind, "08006", call + " failed on purpose"};
  }

  std::int64_t id_blocks_ = 0;
};

} // namespace xxl::admin::test
