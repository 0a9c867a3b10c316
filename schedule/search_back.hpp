#pragma once
// The last fire of a span, for timetables that can only search forward.

#include "schedule/timetable.hpp"

#include <chrono>
#include <optional>

namespace xxl::schedule {

/// The last fire in (after, until]. `next(a)` answers the first fire in (a, until]. From instants ever further back,
/// and then by bisection: some dozens of calls, however long the span. The distance from the first fire to `until` must
/// fit into 64 bits of milliseconds.
template <class Next> std::optional<instant> last_by_next(const Next& next, instant after, instant until) {
  const std::optional<instant> first = next(after);
  if (!first) return std::nullopt;
  auto fire = *first;
  auto clear = until; // no fire in (clear, until]
  for (std::chrono::milliseconds back = std::chrono::seconds{1}; clear - fire > back; back *= 2) {
    if (const std::optional<instant> later = next(clear - back)) {
      fire = *later;
      break;
    }
    clear -= back;
  }
  while (fire < clear) {
    const auto middle = fire + (clear - fire) / 2;
    if (const std::optional<instant> later = next(middle))
      fire = *later;
    else
      clear = middle;
  }
  return fire;
}

} // namespace xxl::schedule
