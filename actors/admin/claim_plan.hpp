#pragma once
// Between the scheduler's words and the ledger's: what a claim writes, and what its answer means. Pure.

#include "actors/admin/scheduler_actors.hpp"

#include <functional>
#include <map>
#include <vector>

namespace xxl::admin {

/// The arrays of one claim; made once, so that a repetition names the same ids.
struct claim_plan {
  storage::claim_batch fires;
  std::vector<storage::waiting_claim> waiting;
};

/// `next_id` gives trigger ids of the node's blocks; `now` is the due time of rows that find no executor.
claim_plan plan_claim(const claim_work& work, const std::function<trigger_id()>& next_id, instant now);

struct claim_result {
  std::map<session_id, std::vector<order>> orders; ///< only ids that the answers name (guarantees.md §2.3)
  batch_done done;
};

/// `fires` and `waiting` are the ledger's answers to the two statements.
claim_result read_answers(const claim_work& work, const claim_plan& plan, const storage::claim_answer& fires,
                          const storage::claim_answer& waiting);

/// Nothing was claimed.
batch_done nothing_taken(const claim_work& work);

} // namespace xxl::admin
