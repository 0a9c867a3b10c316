#pragma once
// Job specifications as of a version: for the catalog, and for the plan reader on SQLite.

#include "storage/plan.hpp"
#include "storage/soci_connection.hpp"

#include <span>
#include <vector>

namespace xxl::storage {

/// The specification each version has; unknown keys are left out.
std::vector<stored_spec> read_specs(soci_connection& c, soci::session& s, std::span<const spec_key> keys);

} // namespace xxl::storage
