#include "tests/faults/takeover.hpp"

#include <algorithm>

namespace xxl::faults {

std::optional<std::int64_t> takeover_ms(const std::vector<e2e::ledger_row>& rows, std::int64_t hit_ms) {
  std::int64_t epoch = 0; // in force when it was hit
  for (auto& row : rows)
    if (row.claimed_ms > 0 && row.claimed_ms < hit_ms) epoch = std::max(epoch, row.epoch);
  std::optional<std::int64_t> first;
  for (auto& row : rows)
    if (row.key.origin.empty() && row.key.attempt == 1 && row.epoch > epoch && row.started_ms > hit_ms)
      first = std::min(first.value_or(row.started_ms), row.started_ms);
  if (!first) return std::nullopt;
  return *first - hit_ms;
}

std::int64_t median(std::vector<std::int64_t> lengths) {
  if (lengths.empty()) return 0;
  auto middle = lengths.begin() + static_cast<std::ptrdiff_t>((lengths.size() - 1) / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

std::int64_t longest(const std::vector<std::int64_t>& lengths) {
  return lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
}

} // namespace xxl::faults
