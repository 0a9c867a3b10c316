#pragma once
// A job's specification as the scheduler uses it: read, parsed and compiled once per (job, version), then shared, never
// changed.

#include "protocol/ids.hpp"
#include "protocol/job_spec.hpp"
#include "protocol/messages.hpp"
#include "schedule/misfire.hpp"
#include "schedule/timetable.hpp"
#include "storage/ledger.hpp"
#include "storage/plan.hpp"

#include <memory>
#include <string>

namespace xxl::admin {

struct armed_job {
  job_id id;
  spec_version version = 0;
  group_id group;
  std::string full_name; ///< "group/name"
  job_spec spec;
  schedule::timetable times;
  schedule::firing_rule rule; ///< without the runs that are left
  bool follows = false;       ///< something follows the end of a run: the completing admin must read the specification

  /// When a fire is to start: its fire time and its jitter.
  instant planned(instant fire) const;
  /// How the next fire goes, after so many since the schedule began.
  schedule::firing_rule rule_after(std::int64_t fires) const;
};
using armed_job_ptr = std::shared_ptr<const armed_job>;

/// What a ledger row and its specification make: the order for the executor. `script` sources stay here (order::work).
order order_of(const armed_job& job, trigger_id trigger, instant fire, instant planned);

/// The same for a row that is in the ledger already.
order order_of(const armed_job& job, const storage::attempt_row& row);

/// Parses and compiles a stored specification; the text of the error names the job and its version.
std::variant<armed_job_ptr, std::string> arm(const storage::stored_spec& stored);

} // namespace xxl::admin
