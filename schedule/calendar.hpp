#pragma once
// Which local days and times of day are open for fires: working days, holidays, hours. What becomes of a fire that a
// calendar excludes is narrowing.hpp's.

#include "schedule/day_set.hpp"
#include "schedule/zone.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace xxl::schedule {

/// first to last, both included; first <= last.
struct dates {
  std::chrono::year_month_day first, last;
  friend bool operator==(const dates&, const dates&) = default;
};

/// first to last of each year, both included; over New Year where last < first. 29 February exists in leap years only.
struct yearly_dates {
  std::chrono::month_day first, last;
  friend bool operator==(const yearly_dates&, const yearly_dates&) = default;
};

using date_range = std::variant<dates, yearly_dates>;

/// Local times of the day, from and to included to the millisecond: 18:00:00.001 lies outside of 08:00-18:00.
/// 0 <= from < to <= 24 h; a window up to 24:00 holds the day's last millisecond.
struct time_window {
  std::chrono::seconds from{}, to{};
  friend bool operator==(const time_window&, const time_window&) = default;
};

class calendar;

/// What a calendar says. Without any rule every day and time is included.
struct calendar_rules {
  std::vector<date_range> exclude{}, include{};         ///< include wins over all else that is said about days
  std::uint8_t exclude_weekdays = 0;                    ///< bits 0-6, 0 = Sunday
  std::vector<time_window> hours{};                     ///< of each day: inside any of them; empty: the whole day
  std::vector<std::shared_ptr<const calendar>> bases{}; ///< a day is included if it is in each, and so is a time of day
};

/// A part of each day.
struct day_part {
  std::chrono::milliseconds begin, end; ///< [begin, end) since local midnight
};

/// Local times that follow each other.
struct local_range {
  local_instant begin, end; ///< [begin, end)
};

/// Immutable; thread-safe. Some 10 kB, so jobs share it.
class calendar {
public:
  /// std::invalid_argument for a date that does not exist, a backward range of full dates and a window that is none.
  explicit calendar(const calendar_rules& rules);

  /// Days outside the years of cron_pattern.hpp are never included: searches end there.
  const day_set& days() const noexcept { return days_; }

  /// In order, without overlap; empty if the hours of this calendar and its bases have nothing in common.
  const std::vector<day_part>& hours() const noexcept { return hours_; }

private:
  day_set days_;
  std::vector<day_part> hours_;
};

/// The first range of `days` and `hours` that ends later than `from`, cut to begin no earlier; none if there is none.
/// Whole days that follow each other are one range.
std::optional<local_range> next_range(const day_set& days, const std::vector<day_part>& hours, local_instant from);

/// The last local time of `days` and `hours` at or before `to`.
std::optional<local_instant> last_time(const day_set& days, const std::vector<day_part>& hours, local_instant to);

/// The hours of a day without any rule: all of it.
const std::vector<day_part>& whole_day();

} // namespace xxl::schedule
