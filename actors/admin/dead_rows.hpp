#pragma once
// What becomes of the open rows of a session that is over (guarantees.md §3, Ending a session). Pure.

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

} // namespace xxl::admin
