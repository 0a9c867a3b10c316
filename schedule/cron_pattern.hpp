#pragma once
// The local times a cron expression names: bit sets per field, and the search over civil dates. No zones here
// (cron.cpp).

#include <array>
#include <chrono>
#include <cstdint>

namespace xxl::schedule {

/// The years in which cron fires. Searches end with the last one, so an expression that never matches costs some
/// microseconds.
inline constexpr int first_year = 1970;
inline constexpr int last_year = 2199;

/// A set of small numbers; year y is kept as y - first_year.
class number_set {
public:
  void add(unsigned n) { words_[n / 64] |= std::uint64_t{1} << (n % 64); }
  bool has(unsigned n) const { return (words_[n / 64] >> (n % 64) & 1) != 0; }
  /// The members below 64, as bits.
  std::uint64_t low() const { return words_[0]; }

private:
  std::array<std::uint64_t, 4> words_{};
};
static_assert(last_year - first_year < 256);

/// A set of local times, to the second. Made by parse_cron() and parse_unix_cron(); every set of seconds, minutes and
/// hours has a member.
struct cron_pattern {
  std::uint64_t seconds = 0, minutes = 0; ///< bits 0-59
  std::uint64_t hours = 0;                ///< bits 0-23
  std::uint64_t months = 0;               ///< bits 1-12
  number_set years;

  /// Which of the two sets of fields below a day must match: the month's, the week's, either, both.
  enum class day_rule : std::uint8_t { month, week, either, both };
  day_rule days_by = day_rule::month;

  std::uint64_t days = 0;             ///< bits 1-31
  std::uint64_t days_weekday = 0;     ///< `nW`: bits 1-31
  std::uint64_t from_end = 0;         ///< `L`, `L-n`: bits 0-30
  std::uint64_t from_end_weekday = 0; ///< `LW`, `L-nW`: bits 0-30

  std::uint64_t weekdays = 0; ///< bits 0-6, 0 = Sunday
  unsigned nth = 0;           ///< `d#n`: only the n-th of the month; 0: each
  bool last_of_month = false; ///< `dL`

  bool interval_like =
      false; ///< `*` or a step in minute or hour, as against fixed times of the day (dst_policy::vixie)

  /// Answer of next() when no match is left.
  static constexpr std::chrono::local_seconds never = std::chrono::local_seconds::max();

  /// The first match at or after `from`.
  std::chrono::local_seconds next(std::chrono::local_seconds from) const;

  bool matches(std::chrono::local_seconds t) const { return next(t) == t; }

  /// How many matches lie in [from, until). Costs a few nanoseconds per month in between, however many there are.
  std::int64_t count(std::chrono::local_seconds from, std::chrono::local_seconds until) const;

  /// The matching days of a month, as bits 1-31, whatever `months` and `years` say.
  std::uint64_t days_of(std::chrono::year_month month) const;
};

} // namespace xxl::schedule
