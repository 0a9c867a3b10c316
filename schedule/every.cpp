// Fixed rate on an anchored grid. Everything is arithmetic modulo the period, so it costs the same for any span, and no
// difference of two instants is ever taken that could overflow.

#include "schedule/rule.hpp"
#include "schedule/zone.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace xxl::schedule {

namespace {

constexpr std::int64_t first_ms = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t last_ms = std::numeric_limits<std::int64_t>::max();

/// 0 <= result < period, also for instants before 1970.
std::int64_t floor_mod(std::int64_t value, std::int64_t period) {
  const auto remainder = value % period;
  return remainder < 0 ? remainder + period : remainder;
}

instant from_ms(std::int64_t ms) { return instant{std::chrono::milliseconds{ms}}; }

class every_rule final : public timetable::rule {
public:
  every_rule(std::int64_t period, std::optional<instant> start)
      : period_(period),
        start_(start ? start->time_since_epoch().count() : first_ms),
        bounded_(start.has_value()),
        phase_(start ? floor_mod(start_, period) : 0) {}

  std::optional<instant> next(instant after) const override {
    const auto ms = after.time_since_epoch().count();
    if (bounded_ && ms < start_) return from_ms(start_);
    const auto step = period_ - past_grid(ms);
    return ms <= last_ms - step ? std::optional{from_ms(ms + step)} : std::nullopt;
  }

  std::int64_t count(instant after, instant until, std::int64_t most) const override {
    const auto from = next(after);
    if (!from || *from > until) return 0;
    const auto span = static_cast<std::uint64_t>(until.time_since_epoch().count()) -
                      static_cast<std::uint64_t>(from->time_since_epoch().count());
    const auto steps = span / static_cast<std::uint64_t>(period_);
    return steps < static_cast<std::uint64_t>(most) ? static_cast<std::int64_t>(steps) + 1 : most;
  }

  std::optional<instant> last(instant after, instant until) const override {
    const auto ms = until.time_since_epoch().count();
    const auto back = past_grid(ms);
    if (ms < first_ms + back) return std::nullopt;
    const auto fire = from_ms(ms - back);
    return fire > after && fire.time_since_epoch().count() >= start_ ? std::optional{fire} : std::nullopt;
  }

  /// If the period divides a day and all that the zone's clocks are ever changed by.
  std::optional<instant> daily_since(const zone& z) const override {
    const std::chrono::milliseconds period{period_};
    if (std::chrono::days{1} % period != period.zero()) return std::nullopt;
    for (std::size_t i = 1; i < z.size(); ++i)
      if ((z[i].offset - z[0].offset) % period != period.zero()) return std::nullopt;
    return from_ms(start_);
  }

private:
  /// How far `ms` lies past the grid point at or before it.
  std::int64_t past_grid(std::int64_t ms) const {
    const auto offset = floor_mod(ms, period_) - phase_;
    return offset < 0 ? offset + period_ : offset;
  }

  std::int64_t period_; ///< ms
  std::int64_t start_;  ///< ms; nothing fires earlier
  bool bounded_;
  std::int64_t phase_; ///< of the grid, 0 <= phase < period
};

} // namespace

timetable every(std::chrono::milliseconds period, std::optional<instant> start) {
  if (period.count() < 1)
    throw std::invalid_argument("a period is at least 1 ms, not " + std::to_string(period.count()) + " ms");
  return timetable{timetable::kind::every, std::make_shared<every_rule>(period.count(), start)};
}

} // namespace xxl::schedule
