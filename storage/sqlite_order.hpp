#pragma once
// Order of batches and answers.

#include <algorithm>
#include <span>
#include <vector>

namespace xxl::storage::sqlite {

/// The rows by `key`, ascending.
template <class Row, class Key> std::vector<const Row*> sorted(std::span<const Row> rows, Key key) {
  std::vector<const Row*> order;
  order.reserve(rows.size());
  for (const auto& row : rows) order.push_back(&row);
  std::ranges::sort(order, {}, [&](const Row* row) { return key(*row); });
  return order;
}

/// Sorts ids, each once.
template <class Id> void tidy(std::vector<Id>& ids) {
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

} // namespace xxl::storage::sqlite
