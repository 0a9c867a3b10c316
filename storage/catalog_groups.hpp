#pragma once
// Executor groups.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <string>
#include <vector>

namespace xxl::storage {

/// By name.
std::vector<group_row> list_groups(soci::session& s);
/// "created", "changed" or "unchanged".
std::string put_group(soci_connection& c, soci::session& s, const group_spec& g, const edit_note& note);

} // namespace xxl::storage
