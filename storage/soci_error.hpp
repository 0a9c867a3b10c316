#pragma once
// What SOCI throws, told as storage::error (storage.md §8). The text is the database's own, without the values that
// were bound.

#include "storage/error.hpp"

#include <soci/soci.h>

namespace xxl::storage {

struct told_error {
  error what;
  bool lost = false; ///< the session is gone: open a new one
};

/// An error of a statement. `in_doubt`: it may have been committed, should the connection be lost.
told_error statement_error(const soci::soci_error& e, bool in_doubt);

/// An error while a session was being opened: unavailable, or fatal where trying again cannot help.
error connect_error(const soci::soci_error& e);

} // namespace xxl::storage
