#pragma once
// Partitions of history that are made when a completion meets a day without one (storage.md §8); those of the days
// ahead are catalog::ensure_days.

#include "storage/postgres_connection.hpp"

#include <cstdint>

namespace xxl::storage::postgres {

/// Makes the day's partition unless it is there; a day is counted from the Unix epoch, in UTC.
void create_history_day(connection& c, std::int64_t day);

} // namespace xxl::storage::postgres
