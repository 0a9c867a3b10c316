#pragma once
// Executor sessions on SQLite (storage.md §4g): the leader's alone. Call within a write transaction, behind the fence.

#include "storage/ledger.hpp"

#include <soci/soci.h>

#include <span>
#include <string>
#include <vector>

namespace xxl::storage::sqlite {

void open_session(soci::session& s, const session_open& opening, session_opened& answer);
std::vector<session_id> renew_sessions(soci::session& s, std::span<const session_id> sessions, instant lease_until);
std::vector<session_id> end_sessions(soci::session& s, std::span<const session_id> sessions, instant now,
                                     session_end reason);
std::vector<session_id> end_expired(soci::session& s, instant now);
std::vector<session_id> lease_takeover(soci::session& s, instant lease_until);

} // namespace xxl::storage::sqlite
