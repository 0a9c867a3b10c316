#pragma once
// The instants that a calendar includes in one zone: its local days and hours, laid on the zone's stretches.

#include "schedule/calendar.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace xxl::schedule {

/// Instants that follow each other.
struct instant_range {
  instant begin, end; ///< [begin, end)
};

/// Whether an instant is included depends on its local date and time alone, so a date that the clocks come back to is
/// included in both parts, and one that they skip has no instants. Searches cost some nanoseconds per stretch of the
/// zone and per calendar day that they pass over in it, 64 days at once where a calendar excludes them.
class included_time {
public:
  enum class part : std::uint8_t {
    days,           ///< included days from midnight to midnight
    days_and_hours, ///< the calendar's hours of included days
  };

  included_time(std::shared_ptr<const calendar> c, std::shared_ptr<const zone> z, part p);

  bool holds(instant t) const;

  /// The first included range at or after t, cut to begin no earlier; the next one may begin where it ends. None if
  /// nothing is left.
  std::optional<instant_range> next(instant t) const;

  /// The last included instant at or before t.
  std::optional<instant> last(instant t) const;

private:
  std::shared_ptr<const calendar> calendar_;
  std::shared_ptr<const zone> zone_;
  const std::vector<day_part>* hours_; ///< of the calendar, or whole_day()
};

} // namespace xxl::schedule
