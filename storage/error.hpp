#pragma once
#include <stdexcept>
#include <string>

namespace xxl::storage {

/// What the caller does about it (storage.md §8).
enum class error_kind {
  /// Not connected and nothing was sent, or the server rolled back for certain. Repeat later, with backoff.
  unavailable,
  /// The connection broke with a statement under way: it may have been committed. Repeat the same call with
  /// run::settle.
  unknown_outcome,
  /// A deadlock, a lock or statement timeout, a lack of resources: rolled back. Repeat with backoff.
  retry,
  /// A row that the database refuses for ever (constraint, data). `message` says which.
  refused,
  /// The node cannot work with this database (schema newer than ours, missing rights, a pooler in between, file in
  /// use). Say so and exit.
  fatal,
};

class error : public std::runtime_error {
public:
  error(error_kind k, std::string sqlstate, const std::string& message)
      : std::runtime_error{message}, kind{k}, state{std::move(sqlstate)} {}
  error_kind kind;
  std::string state; ///< SQLSTATE, or SQLite's result code as text; empty where the library gave none
};

} // namespace xxl::storage
