#pragma once
// Single statements of the ledger on SQLite: hand back, reports, reads for the reconciler. The changes are made within
// a write transaction of the caller's.

#include "storage/ledger.hpp"

#include <soci/soci.h>

#include <span>
#include <vector>

namespace xxl::storage::sqlite {

std::vector<trigger_id> hand_back_rows(soci::session& s, std::span<const hand_back> rows);
void report(soci::session& s, std::span<const progress_report> rows);
bool set_next(soci::session& s, const ledger::awaiting& row, std::optional<instant> next);

/// Of `jobs`, those that have a fire row: with one writer nobody else has locked it.
std::vector<job_id> existing(soci::session& s, std::span<const job_id> jobs);
std::vector<open_row> open_rows(soci::session& s, std::span<const session_id> sessions, trigger_id after,
                                std::size_t most);
std::vector<dead_session> ended_with_open_rows(soci::session& s);
std::vector<ledger::awaiting> overdue_ends(soci::session& s);
instant database_now(soci::session& s);

} // namespace xxl::storage::sqlite
