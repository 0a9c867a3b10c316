#pragma once
// Numbered migrations, compiled in: each runs once, in one transaction, under a lock, and is recorded with its
// checksum.

#include "protocol/ids.hpp"
#include "storage/soci_connection.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::storage {

struct migration {
  int version = 0;
  std::string_view name;
  std::string_view checksum; ///< SHA-256 of the file
  std::string_view text;     ///< statements, parted by lines that hold only `-- ;;`
};

/// Of storage/migrations, ascending by version.
std::span<const migration> postgres_migrations();
std::span<const migration> sqlite_migrations();

/// Runs those of `known` that the database has not seen; nothing if it has seen all. Any number of processes may do so
/// at once. Throws error (fatal) for a database at a higher version than ours, and for a migration that was applied
/// with another text.
void migrate(soci_connection& c, std::span<const migration> known, instant now);

/// The statements of a migration, one per call (SQLite ignores all after the first), without comments (SOCI would take
/// their colons for parameters). No statement may hold `--` in a literal.
std::vector<std::string> statements_of(std::string_view text);

} // namespace xxl::storage
