#pragma once
// The ledger's statements on PostgreSQL (storage.md §4). Conventions: arrays sorted by id, each id at most once; a
// column that no row uses is sent as '{}' (unnest pads with NULL), else 0 means none; `f` is the fence: no row of it,
// and the epoch is deposed.
//
// Each hot statement names its array twice: `= ANY` is the index condition, one lookup per id in id order, and the
// equality with `unnest` the hash join for the values. The planner settings of ledger connections (planner_settings)
// keep it so for any statistics.

#include "storage/postgres_connection.hpp"

#include <string>
#include <utility>
#include <vector>

namespace xxl::storage::postgres::sql {

extern const statement claim;
extern const statement
    claimed_before; ///< after an unknown outcome: of ids the re-run did not take, those the first run took
extern const statement skipped_before; ///< likewise jobs whose gap row is there
extern const statement claim_waiting;
extern const statement unlocked;
extern const statement complete;
extern const statement finals;
extern const statement open_days; ///< the days (since the epoch) of these open rows' fire times
extern const statement hand_back;
extern const statement report;
extern const statement open_session;
extern const statement renew_sessions;
extern const statement end_sessions;
extern const statement end_expired;
extern const statement lease_takeover;
extern const statement open_rows;
extern const statement set_next;
extern const statement take_ids;
extern const statement database_now;

/// Once a second and small: sent as text, with nested loops allowed, which the planner settings forbid.
extern const char* const overdue_ends;
extern const char* const ended_with_open_rows;

/// The plan reader's; default planner settings.
extern const statement due_jobs;
extern const statement waiting_rows;
extern const statement marked_rows;
extern const statement specs;

/// Of ledger connections, and of them alone: a generic plan made while a table is small or new would be a scan of it,
/// kept until the next analyze, and would lock rows in physical order instead of id order, which deadlocks.
const std::vector<std::pair<std::string, std::string>>& planner_settings();

} // namespace xxl::storage::postgres::sql
