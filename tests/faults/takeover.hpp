#pragma once
// How long nothing fires when the leader is gone. Pure.

#include "tests/e2e/harness/ledger.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace xxl::faults {

/// From the instant at which the leader was hit to the first handler's start of a fire of the schedule that the next
/// leader claimed, in milliseconds. None if there was none.
std::optional<std::int64_t> takeover_ms(const std::vector<e2e::ledger_row>& rows, std::int64_t hit_ms);

/// The middle one of the lengths, the lower of two; 0 of none.
std::int64_t median(std::vector<std::int64_t> lengths);
/// The longest; 0 of none.
std::int64_t longest(const std::vector<std::int64_t>& lengths);

} // namespace xxl::faults
