#pragma once
// Where the fires of excluded days go: to their local time of day on the nearest included day (narrowing.hpp,
// on_excluded).

#include "schedule/calendar.hpp"
#include "schedule/timetable.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace xxl::schedule {

/// All that the fires of one timetable on excluded days are moved to: local times of included days, laid on the zone.
/// Hours are not looked at.
class moved_days {
public:
  enum class direction : std::uint8_t { next, previous };

  moved_days(timetable t, std::shared_ptr<const calendar> c, std::shared_ptr<const zone> z, direction d);

  /// The first instant in (after, until] to which a fire of an excluded day is moved. Where days are alike
  /// (timetable::daily_since) those are left out that the included day has as fires of its own: then a search costs
  /// some next() of the timetable. Else one or two for each excluded day with fires that goes to the same included one.
  std::optional<instant> next(instant after, instant until) const;

  /// Where a fire at that instant goes: itself on an included day, none outside the calendar's years or without a day
  /// to go to.
  std::optional<instant> moved(instant fire) const;

private:
  using days = std::chrono::local_days;

  /// The excluded days whose fires go to one included day: [begin, end).
  struct run {
    days begin, end;
    bool empty() const { return begin == end; }
  };

  bool is_target(days day) const;
  days next_target(days day) const;                ///< at or after; day_set::end if there is none
  std::optional<days> last_target(days day) const; ///< at or before
  std::optional<days> target_of(days excluded) const;
  run run_of(days target) const;

  bool is_plain(std::size_t i, days day) const;
  bool has_all_times(days target) const;
  std::optional<local_instant> first(local_range range) const;
  std::optional<std::chrono::milliseconds> first_time(run r, std::chrono::milliseconds from) const;
  instant lay(local_instant t) const;

  timetable base_;
  std::shared_ptr<const calendar> calendar_;
  std::shared_ptr<const zone> zone_;
  direction direction_;
  std::optional<instant> daily_since_; ///< of base_
  std::vector<days> missing_;          ///< dates that the zone skips as a whole: no day to go to
};

} // namespace xxl::schedule
