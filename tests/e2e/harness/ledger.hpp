#pragma once
// The ledger's own rows, read past the product: what the tests hold against the handlers' record.

#include <cstdint>
#include <string>
#include <vector>

namespace xxl::e2e {

struct ledger_row {
  std::string job; ///< group/name
  std::int64_t fire_ms = 0;
  std::int64_t trigger = 0;
  int attempt = 0;
  int state = 0; ///< guarantees.md §1
  std::string origin;
};

/// Fires that never got a row.
struct gap_row {
  std::string job;
  std::int64_t from_ms = 0, to_ms = 0, fires = 0;
};

struct ledger {
  std::vector<ledger_row> rows; ///< open and history
  std::vector<gap_row> gaps;

  std::size_t open() const; ///< rows that are not final
  std::size_t in_state(int state) const;
};

/// `url` as xxl-node takes it; PostgreSQL only.
ledger read_ledger(const std::string& url);
/// One statement; to damage a ledger by hand. Answers how many rows it changed.
int change_ledger(const std::string& url, const std::string& sql);

} // namespace xxl::e2e
