#include "storage/postgres_error.hpp"

#include <algorithm>
#include <array>

namespace xxl::storage::postgres {

namespace {

template <std::size_t N> bool one_of(std::string_view x, const std::array<std::string_view, N>& all) {
  return std::find(all.begin(), all.end(), x) != all.end();
}

/// Terminated, crashed, idle too long: the outcome of what was under way counts as unknown.
bool connection_lost(std::string_view s) {
  return s.starts_with("08") || one_of<4>(s, {"57P01", "57P02", "57P05", "25P03"});
}

/// Read-only (a standby), a failed transaction (our mistake), prepared statements gone: start over on a new connection.
bool wrong_session(std::string_view s) { return one_of<3>(s, {"25006", "25P02", "26000"}); }

bool fatal(std::string_view s) {
  return s.starts_with("28") || s.starts_with("42") || one_of<2>(s, {"3D000", "3F000"});
}

} // namespace

error_kind kind_of(std::string_view sqlstate) {
  if (connection_lost(sqlstate)) return error_kind::unknown_outcome;
  if (wrong_session(sqlstate)) return error_kind::unavailable;
  if (sqlstate.starts_with("22") || sqlstate.starts_with("23")) return error_kind::refused;
  if (fatal(sqlstate)) return error_kind::fatal;
  return error_kind::retry; // deadlock, timeouts, resources, I/O: rolled back, and may pass
}

bool ends_connection(std::string_view sqlstate) { return connection_lost(sqlstate) || wrong_session(sqlstate); }

error_kind kind_of_refused_connection(std::string_view sqlstate) {
  return fatal(sqlstate) ? error_kind::fatal : error_kind::unavailable;
}

bool lacks_partition(const server_error& e) { return e.state == "23514" && e.constraint.empty(); }

} // namespace xxl::storage::postgres
