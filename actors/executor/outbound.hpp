#pragma once
// What the node tells an admin, cut to what one message may hold (protocol/limits.hpp). Pure.

#include "actors/executor/interfaces.hpp"

#include <vector>

namespace xxl::executor {

/// The ids held under an epoch; at least one piece, for the last one ends the inventory.
std::vector<inventory_piece> inventory_pieces(session_id session, epoch_id epoch, const std::vector<trigger_id>& ids);

/// What an earlier life had started; at least one piece.
std::vector<life_report> life_reports(session_id session, epoch_id epoch, session_id life,
                                      const std::vector<trigger_id>& started);

std::vector<progress_batch> progress_batches(session_id session, const std::vector<progress>& open);

/// The result of an order that was killed before it reached this node.
outcome killed_unseen(const killed_order& o, instant now);

/// Orders that were accepted and go back unstarted, by the life and the epoch of each.
std::vector<return_batch> returns_of(const runs_given_back& back);

/// All orders of a batch that is refused, as far as they can be named in a valid message: what is wrong with the batch
/// may be its very ids.
std::vector<return_batch> refusals_of(const order_batch& batch, state_reason reason);

} // namespace xxl::executor
