#pragma once
// Jobs: finding, listing, creating. Editing is catalog_edit.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::storage {

/// A deleted job too.
std::optional<job_row> find_job(soci::session& s, const std::string& group, const std::string& name);
std::optional<job_row> find_job(soci::session& s, job_id job);
std::vector<job_row> find_jobs(soci_connection& c, soci::session& s, std::span<const job_ref> names);
/// By id; without deleted ones.
std::vector<job_row> list_jobs(soci::session& s, const job_query& q);
std::vector<job_id> create_jobs(soci_connection& c, soci::session& s, std::span<const new_job> jobs,
                                const edit_note& note);

} // namespace xxl::storage
