#pragma once
// The operators' log: who changed what.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <string>

namespace xxl::storage {

/// `target`: "group orders" or "job 17". `after`: JSON of what it is now.
void write_operator_log(soci_connection& c, soci::session& s, const edit_note& note, const std::string& target,
                        const std::string& after);

} // namespace xxl::storage
