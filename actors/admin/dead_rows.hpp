#pragma once
// What becomes of open rows that no executor will report: those of a session that is over (guarantees.md §3, Ending a
// session), and those killed before they were sent. Pure.

#include "actors/admin/scheduler_actors.hpp"

#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace xxl::admin {

using trigger_ids = std::unordered_set<trigger_id>;

/// The leader's verdicts, and the rows that go back to `waiting`.
struct settlement {
  complete_work ended;
  hand_back_work back;
};

/// `started`: what that life had started and brought no result of; absent if nobody can tell, and then whatever a wire
/// may have carried is lost. `jobs`: the rows' specifications, for their retry rules; a row whose specification is
/// missing has none.
settlement settle(epoch_id epoch, std::span<const storage::open_row> rows, const std::optional<trigger_ids>& started,
                  const std::vector<armed_job_ptr>& jobs, instant now);

/// The end of a row that was killed before any executor could have started it.
storage::completion killed_before_start(trigger_id trigger, session_id session, instant now);

} // namespace xxl::admin
