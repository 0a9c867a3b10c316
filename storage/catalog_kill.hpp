#pragma once
// Marks for killing (guarantees.md §2, Kill; storage.md §4d). A mark decides the outcome: whatever is reported later,
// the row ends as killed and nothing follows it.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

namespace xxl::storage {

kill_marks mark_for_killing(soci_connection& c, soci::session& s, std::span<const trigger_id> triggers,
                            const edit_note& note, const std::string& target);
std::vector<trigger_id> open_unmarked(soci::session& s, job_id job, std::size_t most);

} // namespace xxl::storage
