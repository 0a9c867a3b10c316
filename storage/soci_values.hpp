#pragma once
// Values as SOCI binds them: long long for every id and time (int cuts them on SQLite), an indicator wherever NULL may
// stand.

#include "protocol/ids.hpp"
#include "protocol/utf8.hpp"
#include "storage/error.hpp"

#include <soci/soci.h>

#include <chrono>
#include <optional>
#include <string>

namespace xxl::storage {

/// A number that may be NULL, in or out.
struct nullable_number {
  long long value = 0;
  soci::indicator state = soci::i_null;

  void set(long long x) {
    value = x;
    state = soci::i_ok;
  }
  void set(std::optional<instant> t) {
    value = t ? to_ms(*t) : 0;
    state = t ? soci::i_ok : soci::i_null;
  }
  /// An id: NULL where it is none.
  void set_id(long long id) {
    value = id;
    state = id != 0 ? soci::i_ok : soci::i_null;
  }
  bool null() const { return state == soci::i_null; }
  long long number() const { return null() ? 0 : value; }
  std::optional<instant> time() const { return null() ? std::nullopt : std::optional{from_ms(value)}; }
};

/// A text that may be NULL, in or out.
struct nullable_text {
  std::string value;
  soci::indicator state = soci::i_null;

  void set(const std::optional<std::string>& x) {
    value = x.value_or("");
    state = x ? soci::i_ok : soci::i_null;
  }
  std::optional<std::string> text() const { return state == soci::i_null ? std::nullopt : std::optional{value}; }
};

/// Runs a query to its end, row by row into what it is bound to. To its end, because a SQLite statement left on a row
/// holds its snapshot open.
template <class Row> void each_row(soci::statement& query, Row row) {
  query.execute();
  while (query.fetch()) row();
}

/// Runs a change; true if it changed a row.
inline bool changes(soci::statement& change) {
  change.execute(true);
  return change.get_affected_rows() > 0;
}

/// The text itself. PostgreSQL refuses what is not UTF-8 and is cut by SOCI at a NUL byte, SQLite keeps both: refused
/// on both.
inline const std::string& checked_text(const std::string& text, const char* what) {
  if (auto why = text_problem(text)) throw error{error_kind::refused, {}, std::string{what} + " is " + *why};
  return text;
}

} // namespace xxl::storage
