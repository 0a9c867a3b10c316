#pragma once
// What an edit does to a job's plan (guarantees.md §2 "Edits", storage.md §4d): pure functions from the job as it was
// found under the lock of its fire row to what is written. They promise:
// - an edit that leaves the schedule alone leaves the next fire alone;
// - a next fire that is computed lies strictly after the later of now and the last claimed fire;
// - fires that were due and will never get a ledger row (overdue at the edit, or held by a pause that ends or whose
// schedule ends) are
//   one gap row, by the schedule that was in force;
// - every edit that computes or cancels the next fire moves the last instant up to the instant it was computed from, so
// that no later
//   gap reaches back behind it. A fixed delay is the exception: its last instant names the run that is waited for.

#include "actors/admin/armed_spec.hpp"
#include "protocol/ids.hpp"
#include "storage/catalog.hpp"

#include <optional>
#include <string>
#include <variant>

namespace xxl::admin {

/// Why an edit is refused, for people.
struct refusal {
  std::string text;
};

/// The next fire of a job that is created now; none if it is disabled, its group is paused, or it has no schedule.
/// Refused: a schedule without a fire after `now` (an `at` in the past, a cron whose years are over).
std::variant<std::optional<instant>, refusal> first_fire(const armed_spec& spec, bool group_paused, instant now);

/// A new specification `after` (`json`: the same as stored) for a job whose specification is `before`; revives a
/// deleted job. Pause is never touched. Refused as above, unless the schedule is unchanged. A `before` that cannot be
/// used (null) is replaced like another schedule; of the fires it passed over only the stored next one can be recorded.
std::variant<storage::job_edit, refusal> change_spec(const storage::locked_job& job, const armed_spec* before,
                                                     const armed_spec& after, std::string json, instant now);

/// `before`: the specification in force.
storage::job_edit pause_job(const storage::locked_job& job, const armed_spec& before, instant now);
storage::job_edit resume_job(const storage::locked_job& job, const armed_spec& before, instant now);

/// `spec`: the specification in force, compiled by other zone data than the one by which its next fire was planned.
/// None if nothing changes: the next fire is the same, or due already (the claim decides), or the schedule has no zone.
std::optional<storage::job_edit> plan_anew(const storage::locked_job& job, const armed_spec& spec, instant now);

} // namespace xxl::admin
