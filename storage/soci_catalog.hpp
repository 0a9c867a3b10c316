#pragma once
// The catalog over SOCI, one implementation for both dialects: storage/catalog_*.cpp hold its statements, by subject.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <memory>

namespace xxl::storage {

/// Uses the connection for itself alone.
std::unique_ptr<catalog> open_soci_catalog(soci_connection connection);

} // namespace xxl::storage
