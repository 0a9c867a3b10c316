#pragma once
// Groups, jobs, versions, sessions and the lists that people read (storage.md §4d, §4f). A connection of its own;
// belongs to one detached actor. Specifications are opaque JSON text here.

#include "protocol/audit_messages.hpp"
#include "protocol/enums.hpp"
#include "protocol/ids.hpp"
#include "protocol/messages.hpp"
#include "storage/ledger.hpp"
#include "storage/plan.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::storage {

struct group_row {
  group_id id;
  group_spec spec;
  bool paused = false;
  std::uint32_t executors = 0; ///< live sessions
  std::uint64_t jobs = 0;      ///< not deleted
};

struct job_row {
  job_id id;
  group_id group;
  std::string group_name, name;
  spec_version version = 0;
  std::string spec; ///< JSON
  bool enabled = true, paused = false;
  std::optional<instant> deleted;
  std::optional<instant> next, last;
  bool awaits_end = false;
  std::int64_t fires = 0; ///< since the schedule began
};

/// What an editor sees under the lock of the job's fire row.
struct locked_job {
  job_row job;
  bool group_paused = false;
  /// Whether a trigger of the last fire is open (fixed delay): asked in the same transaction.
  std::function<bool()> last_fire_open;
};

/// What it writes. Conditional on the version read; raises it by one.
struct job_edit {
  std::optional<std::string> spec; ///< absent: as before
  bool enabled = true, paused = false;
  std::optional<instant> deleted;
  std::optional<instant> next;
  bool awaits_end = false;
  std::optional<instant> move_last; ///< moves the fire row's last instant up to here
  std::optional<storage::gap> gap;  ///< fires passed over by this edit
  bool restarts = false;            ///< another schedule: its fires are counted from here on
  std::optional<instant> ran_out;   ///< the schedule that was in force had had its max_runs: its last fire
};

/// For the operator log and the version history.
struct edit_note {
  std::string who, what; ///< "apply", "pause", "resume"
  instant now{};
  std::string tzdb;
};

struct new_job {
  std::string group, name, spec, owner, source;
  bool enabled = true;
  std::optional<instant> next;
};

/// A trigger by hand, one statement with its request id.
struct manual_row {
  std::string request; ///< request id
  job_id job;
  spec_version version = 0;
  trigger_id trigger; ///< from a block; becomes part of the origin: 'm' + id
  instant fire{};
  std::optional<std::string> params;
  std::string who;
};

/// Open rows that are marked for killing now.
struct kill_marks {
  struct row {
    trigger_id trigger;
    instant fire{};
  };
  std::vector<row> waiting; ///< nobody has them: complete them as killed
  std::vector<row> sent;    ///< of a session, or a broadcast's parent
  bool left = false;        ///< rows that were not to be seen came meanwhile: mark again
};

/// One version of a job, for an audit. Its specification is JSON without the source of a script; absent: as before.
struct version_row {
  job_id job;
  spec_version version = 0;
  instant from{};
  std::optional<instant> after, first_fire;
  bool enabled = true, paused = false; ///< enabled: neither disabled nor deleted
  std::optional<std::string> spec;
  std::string tzdb;
  std::int64_t fires = 0;         ///< since the schedule began
  std::optional<instant> ran_out; ///< the schedule before had had its max_runs: its last fire
};

class catalog {
public:
  virtual ~catalog() = default;
  virtual void connect() = 0;

  virtual trigger_id take_ids() = 0;

  virtual std::vector<group_row> groups() = 0;
  /// created, changed or unchanged.
  virtual std::string put_group(const group_spec& g, const edit_note& note) = 0;

  virtual std::optional<job_row> find_job(const std::string& group, const std::string& name) = 0;
  /// Those of `names` (group, name) that exist, deleted ones included; for apply in batches.
  virtual std::vector<job_row> find_jobs(std::span<const job_ref> names) = 0;
  virtual std::vector<job_row> list_jobs(const job_query& q) = 0;
  /// All in one transaction, in one round trip per table; throws error_kind::refused if one exists already. Answers the
  /// ids in order.
  virtual std::vector<job_id> create_jobs(std::span<const new_job> jobs, const edit_note& note) = 0;
  /// Locks the fire row, lets `decide` look and choose (nothing: leave it), writes, commits. Answers the job after the
  /// edit; nothing if there is no such job. `decide` must be pure: it may run again when the transaction is repeated.
  virtual std::optional<job_row> edit_job(job_id job,
                                          const std::function<std::optional<job_edit>(const locked_job&)>& decide,
                                          const edit_note& note) = 0;

  /// Repeated request id: the first one's trigger and fire time, repeated = true.
  virtual trigger_receipt insert_manual(const manual_row& row) = 0;

  /// Marks these for killing, a broadcast's shards with their parent, and notes it in the operators' log; rows that are
  /// not open, or marked already, are not in the answer. At most 1,000.
  virtual kill_marks kill(std::span<const trigger_id> triggers, const edit_note& note, const std::string& target) = 0;
  /// Open triggers of a job that are not marked for killing, at most `most`.
  virtual std::vector<trigger_id> open_unmarked(job_id job, std::size_t most) = 0;

  virtual cluster_view cluster() = 0;
  virtual std::vector<executor_view> list_executors() = 0;
  virtual std::vector<trigger_view> list_triggers(const trigger_query& q) = 0;
  virtual std::vector<gap_view> list_gaps(job_id job, std::size_t most) = 0;
  virtual std::vector<stored_spec> specs(std::span<const spec_key> keys) = 0;
  /// Pages for an audit, each in the order of audit_place; at most q.limit rows, the last page is the one that is not
  /// full.
  virtual std::vector<audit_job> audit_jobs(const audit_query& q) = 0;
  virtual std::vector<version_row> audit_versions(const audit_query& q) = 0;
  virtual std::vector<audit_gap> audit_gaps(const audit_query& q) = 0;
  virtual std::vector<audit_trigger> audit_triggers(const audit_query& q) = 0;
  /// Partitions of history (PostgreSQL; nothing on SQLite): one a day from `from` to `to`, both included. Idempotent.
  virtual void ensure_days(instant from, instant to) = 0;
};

} // namespace xxl::storage
