#pragma once
// PostgreSQL through SOCI: how a session of the catalog and the migrations is opened.

#include "storage/soci_connection.hpp"

#include <string>

namespace xxl::storage {

/// url as libpq takes it: postgresql://user:password@host:port/database?host=/socket/dir, several hosts too. `role` and
/// `node` become the application name, "xxl-catalog:node-1". Throws error (fatal) for an url that libpq cannot read;
/// connects at the first use.
soci_connection postgres_connection(const std::string& url, const std::string& role, const std::string& node);

/// "db1:5432/xxl" of an url, for people: without user and password.
std::string postgres_place(const std::string& url);

} // namespace xxl::storage
