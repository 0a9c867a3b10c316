#pragma once
// Executor sessions, for people.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <vector>

namespace xxl::storage {

/// One row for each executor's name: its live session, or the last one that ended. Live ones first; at most
/// limits::page_items.
std::vector<executor_view> list_executors(soci::session& s);

} // namespace xxl::storage
