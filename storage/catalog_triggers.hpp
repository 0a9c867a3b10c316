#pragma once
// Triggers by hand, and the lists of triggers and gaps that people read (storage.md §4d, §4f).

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <vector>

namespace xxl::storage {

/// The first id of a block of 1,000.
trigger_id take_trigger_ids(soci_connection& c, soci::session& s);

trigger_receipt insert_manual(soci_connection& c, soci::session& s, const manual_row& row);

/// Open rows and history as one list: by fire time and then by id, the newest first. History is always bounded by fire
/// time (trigger_query::ended_from); open rows are listed however old they are. A query by id looks everywhere.
std::vector<trigger_view> list_triggers(soci_connection& c, soci::session& s, const trigger_query& q);

/// Newest first.
std::vector<gap_view> list_gaps(soci::session& s, job_id job, std::size_t most);

} // namespace xxl::storage
