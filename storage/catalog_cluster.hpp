#pragma once
// The admins, the leader and its takeovers, as the database knows them.

#include "protocol/messages.hpp"
#include "storage/soci_connection.hpp"

namespace xxl::storage {

/// Nodes that were seen within the last day, the newest ten takeovers.
cluster_view read_cluster(soci_connection& c, soci::session& s);

} // namespace xxl::storage
