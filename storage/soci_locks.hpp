#pragma once
// Advisory locks of ours in PostgreSQL, beside the leader's (storage.md §5). They are per database: one installation
// per database.

#include <soci/soci.h>

namespace xxl::storage {

/// The class of all our advisory locks: "xxl" in ASCII.
inline constexpr long long advisory_class = 0x78786C;

enum class advisory_lock : int { leader = 1, migrations = 2, days = 3 };

/// Waits for the lock and holds it until the transaction ends.
void wait_for_lock(soci::session& s, advisory_lock lock);

} // namespace xxl::storage
