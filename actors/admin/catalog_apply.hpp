#pragma once
// One apply: groups first, then jobs; new jobs are created in bulk, changed ones edited one by one, unchanged ones cost
// one look for the whole batch. Adds and changes what it names, removes nothing, never touches a pause.

#include "actors/admin/armed_spec.hpp"
#include "protocol/messages.hpp"
#include "storage/catalog.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace xxl::admin {

/// May be run again after a storage::error: what has its outcome is not done twice.
class bulk_apply {
public:
  bulk_apply(apply_request request, instant now);

  /// Throws storage::error for what concerns the whole database; a group or job that cannot be applied is a `failed`
  /// change.
  void run(storage::catalog& db);

  /// One per group and job, in the order of the request. Once, after run().
  std::vector<apply_change> take_changes();
  /// Jobs committed so far.
  const std::vector<job_id>& jobs() const { return committed_; }
  bool groups_changed() const { return groups_changed_; }

private:
  struct item {
    job_spec spec;
    apply_change change;   ///< `change` is empty until the outcome is known
    std::string attempted; ///< what was tried with an unknown outcome: found done, it was ours
  };
  struct creation {
    item* what;
    storage::new_job job;
  };

  void put_groups(storage::catalog& db);
  void check_jobs();
  void put_jobs(storage::catalog& db);
  void put_existing(storage::catalog& db, item& it, const storage::job_row& row);
  void edit(storage::catalog& db, item& it, const storage::job_row& row, const armed_spec& after);
  void create(storage::catalog& db, std::span<creation> jobs);
  void plan_creation(item& it, std::vector<creation>& out);
  storage::edit_note note() const;

  std::vector<group_spec> groups_;
  std::vector<apply_change> group_changes_;
  std::vector<item> jobs_;
  std::string who_, source_, tzdb_;
  instant now_;
  std::map<std::string, storage::group_row> known_groups_;
  std::vector<job_id> committed_;
  bool groups_changed_ = false;
};

} // namespace xxl::admin
