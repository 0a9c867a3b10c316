#pragma once
// What each kind of timetable answers; one implementation per kind, in its own source.

#include "schedule/timetable.hpp"

namespace xxl::schedule {

/// Immutable, hence safe to share between threads. The fires of a rule are a fixed set of instants; all questions are
/// about that one set.
class timetable::rule {
public:
  rule() = default;
  rule(const rule&) = delete;
  rule& operator=(const rule&) = delete;
  virtual ~rule() = default;

  /// The smallest fire > after.
  virtual std::optional<instant> next(instant after) const = 0;

  /// How many fires lie in (after, until], at most `most`. after < until, most > 0.
  virtual std::int64_t count(instant after, instant until, std::int64_t most) const = 0;

  /// The greatest fire in (after, until]. after < until.
  virtual std::optional<instant> last(instant after, instant until) const = 0;

  /// How many local times come to that fire; 0 if it is none. Where times are instants, each fire is its own.
  virtual std::int64_t named(instant fire) const {
    return fire > instant::min() && next(fire - std::chrono::milliseconds{1}) == fire ? 1 : 0;
  }

  /// See timetable::daily_since().
  virtual std::optional<instant> daily_since(const zone&) const { return std::nullopt; }

  /// Fixed delay only: the fire that follows the end of a run.
  virtual std::optional<instant> after_end(instant) const { return std::nullopt; }
};

} // namespace xxl::schedule
