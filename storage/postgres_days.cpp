#include "storage/postgres_days.hpp"

#include "storage/postgres_error.hpp"
#include "storage/soci_locks.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace xxl::storage::postgres {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// Somebody else has made it: a table of that name, one that overlaps, or the two of us at once.
bool is_there(const server_error& e) {
  constexpr std::array<std::string_view, 3> states{"42P07", "42P17", "23505"};
  return std::ranges::find(states, e.state) != states.end();
}

} // namespace

/// Made beside the table, then attached, as catalog_days.cpp does: CREATE TABLE … PARTITION OF would lock out every
/// reader and writer of the history.
void create_history_day(connection& c, std::int64_t day) {
  const auto name = "trigger_history_d" + std::to_string(day);
  const auto sql = "SELECT pg_advisory_xact_lock(" + std::to_string(advisory_class) + ", " +
                   std::to_string(static_cast<int>(advisory_lock::days)) + "); CREATE TABLE " + name +
                   " (LIKE trigger_history INCLUDING DEFAULTS); ALTER TABLE trigger_history ATTACH PARTITION " + name +
                   " FOR VALUES FROM (" + std::to_string(day * day_ms) + ") TO (" + std::to_string((day + 1) * day_ms) +
                   ")";
  try {
    c.query(sql, on_loss::repeatable);
  } catch (const server_error& e) {
    if (!is_there(e)) throw;
  }
}

} // namespace xxl::storage::postgres
