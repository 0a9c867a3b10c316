#pragma once
// A set of local dates of the years in which schedules fire, as one bit a day: 10 kB, and every search over centuries
// is a walk over some 1,300 words.

#include "schedule/cron_pattern.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace xxl::schedule {

class day_set {
public:
  using days = std::chrono::local_days;

  /// Members lie in [begin, end): the years of cron_pattern.hpp.
  static constexpr days begin{std::chrono::year{first_year} / 1 / 1};
  static constexpr days end{std::chrono::year{last_year + 1} / 1 / 1};

  /// No day.
  day_set();
  static day_set all();

  /// Adds first to last, both included, as far as they lie in [begin, end). Nothing if last < first.
  void add(days first, days last);

  day_set& operator|=(const day_set& other);
  day_set& operator&=(const day_set& other);
  day_set& operator-=(const day_set& other);

  bool has(days day) const;

  /// The first member at or after `day`; end if there is none.
  days next(days day) const;
  /// The first day at or after `day` that is no member; end if there is none before it.
  days next_absent(days day) const;
  /// The last member at or before `day`.
  std::optional<days> last(days day) const;

private:
  std::vector<std::uint64_t> words_; ///< bits beyond the last day are zero
};

} // namespace xxl::schedule
