#include "storage/soci_error.hpp"

#include "storage/postgres_error.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace xxl::storage {
namespace {

bool contains(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [&](auto part) { return text.find(part) != std::string_view::npos; });
}

/// One line, without SOCI's own prefix.
std::string text_of(const soci::soci_error& e) {
  std::string text = e.get_error_message();
  if (const auto prefix = text.find("backend::"); prefix != std::string::npos)
    if (const auto colon = text.find(": ", prefix); colon != std::string::npos) text.erase(0, colon + 2);
  std::ranges::replace(text, '\n', ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

told_error postgres_error(const soci::postgresql_soci_error& e, bool in_doubt) {
  const auto state = e.sqlstate();
  auto kind = postgres::kind_of(state);
  if (kind == error_kind::unknown_outcome && !in_doubt)
    kind = error_kind::unavailable; // without its COMMIT the server rolls back
  return {error{kind, state, text_of(e)}, postgres::ends_connection(state)};
}

error sqlite_error(const soci::sqlite3_soci_error& e) {
  auto kind = error_kind::fatal;
  switch (e.result()) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_INTERRUPT:
  case SQLITE_NOMEM:
  case SQLITE_IOERR:
  case SQLITE_FULL: kind = error_kind::retry; break;
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_TOOBIG: kind = error_kind::refused; break;
  default: break;
  }
  return error{kind, std::to_string(e.result()), text_of(e)};
}

} // namespace

told_error statement_error(const soci::soci_error& e, bool in_doubt) {
  if (const auto* postgres = dynamic_cast<const soci::postgresql_soci_error*>(&e))
    return postgres_error(*postgres, in_doubt);
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&e)) return {sqlite_error(*sqlite), false};
  return {error{error_kind::fatal, {}, text_of(e)}, false};
}

error connect_error(const soci::soci_error& e) {
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&e)) return sqlite_error(*sqlite);
  // libpq gives no SQLSTATE for a failed connect: only its text tells a wrong password from a server that is starting.
  const auto text = text_of(e);
  const bool hopeless =
      contains(text, {"authentication failed", "no pg_hba.conf entry", "no password supplied", "does not exist",
                      "unsupported startup parameter", "invalid connection option"}) &&
      !contains(text, {"No such file or directory"});
  return error{hopeless ? error_kind::fatal : error_kind::unavailable, {}, text};
}

} // namespace xxl::storage
