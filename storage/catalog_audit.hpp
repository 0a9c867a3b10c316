#pragma once
// What an audit replays (guarantees.md §2): jobs, their versions, gap rows and triggers, in the order of their keys,
// page by page. A trigger that moves to history keeps its key, and one statement reads both tables: no row is missed or
// read twice, whatever happens between two pages.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <vector>

namespace xxl::storage {

std::vector<audit_job> audit_jobs(soci_connection& c, soci::session& s, const audit_query& q);
std::vector<version_row> audit_versions(soci_connection& c, soci::session& s, const audit_query& q);
std::vector<audit_gap> audit_gaps(soci_connection& c, soci::session& s, const audit_query& q);
std::vector<audit_trigger> audit_triggers(soci_connection& c, soci::session& s, const audit_query& q);

} // namespace xxl::storage
