#pragma once
// Partitions of trigger_history and log_index on PostgreSQL, one for each day of fire times (storage.md §2). There is
// no DEFAULT partition: a fire time without a day is refused when it ends.

#include "protocol/ids.hpp"
#include "storage/soci_connection.hpp"

namespace xxl::storage {

/// Makes the days that are missing, from the day of `from` to the day of `to`. Nothing on SQLite.
void ensure_days(soci_connection& c, soci::session& s, instant from, instant to);

/// Yesterday to eight days from now, by the database's clock: as far as the plan reaches.
void ensure_days_around_now(soci_connection& c, soci::session& s);

} // namespace xxl::storage
