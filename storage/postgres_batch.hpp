#pragma once
// A batch as the parameters of its statement: one array a column, sorted by id (storage.md §3, §4). Columns that no
// row uses go out empty.

#include "storage/ledger.hpp"
#include "storage/postgres_param.hpp"

#include <optional>
#include <span>
#include <vector>

namespace xxl::storage::postgres {

using params = std::vector<param>;

/// Of sql::claim; jobs sorted by job, triggers by trigger.
params claim_params(epoch_id epoch, std::span<const advance> jobs, std::span<const new_trigger> triggers, instant now);
/// Of sql::claimed_before and sql::skipped_before.
params claimed_before_params(epoch_id epoch, std::span<const new_trigger> triggers);
params claimed_before_params(epoch_id epoch, std::span<const waiting_claim> rows);
params skipped_before_params(std::span<const advance> jobs);
/// Sorted by trigger, all that follow.
params claim_waiting_params(epoch_id epoch, std::span<const waiting_claim> rows, instant now);
params complete_params(std::optional<epoch_id> epoch, std::span<const completion> rows, instant now);
params hand_back_params(epoch_id epoch, std::span<const hand_back> rows);
/// Each id once: see merged().
params report_params(std::span<const progress_report> rows);

/// Sorted by trigger; of several reports about one trigger, one with the last state and all times.
std::vector<progress_report> merged(std::span<const progress_report> rows);

} // namespace xxl::storage::postgres
