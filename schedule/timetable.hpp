#pragma once
// When a job fires. A timetable is a pure value: no clock, no I/O (the zone data apart, read when it is made).

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace xxl::schedule {

/// Unix milliseconds, UTC (the same type as xxl::instant; schedule/ and protocol/ know nothing of each other).
using instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Why a text is not a schedule: for people, and where.
struct parse_error {
  std::string message;    ///< names the field and the rule that was broken
  std::size_t column = 1; ///< in the text given, from 1
};

/// What happens to local times that a zone's transition skips (gap) or repeats (overlap). Two local times that come to
/// the same instant are one fire.
struct dst_policy {
  enum class gap_rule : std::uint8_t {
    skip,  ///< skipped times do not fire (Quartz)
    next,  ///< they fire in the first minute after the gap, at their own second
    shift, ///< they fire as if the clocks had not changed yet: 02:30 becomes 03:30
  };
  enum class overlap_rule : std::uint8_t {
    first, ///< the earlier occurrence
    last,  ///< the later occurrence (Quartz)
    both,  ///< either
  };
  gap_rule gap = gap_rule::skip;
  overlap_rule overlap = overlap_rule::last;
  /// Overrides both. Fixed times fire right after a gap (next) and once in an overlap (first); expressions with `*` or
  /// a step in the minute or hour field are intervals: skip, both.
  bool vixie = false;

  /// The two rules as they are applied, with vixie settled. `interval_like`: what cron_pattern says of the expression.
  dst_policy applied(bool interval_like) const;
};

class zone; // zone.hpp

/// The fires of one schedule. Cheap to copy (shared, immutable). Thread-safe.
class timetable {
public:
  enum class kind : std::uint8_t { none, cron, every, after, at };

  class rule; // what a kind must answer (rule.hpp)

  /// A timetable without any fire.
  timetable();
  explicit timetable(kind k, std::shared_ptr<const rule> r);

  kind what() const noexcept { return kind_; }

  /// The first fire strictly later than `after`; none when the schedule has ended. Strictly monotone: next(a) > a, and
  /// a <= b implies next(a) <= next(b). A fixed delay ("after") answers none: its next fire depends on the end of a run
  /// (after_end()).
  std::optional<instant> next(instant after) const;

  /// How many fires lie in (after, until], but at most `most`. Fixed rates: O(1). Cron: exact without a walk, from the
  /// number of matching days; some nanoseconds per month of the span, however often it fires (with gap_rule::shift also
  /// up to one step per second of each gap).
  std::int64_t count(instant after, instant until, std::int64_t most) const;

  /// The last fire in (after, until]; none if there is none. Cron: a search backward of some dozens of next(), however
  /// long the span.
  std::optional<instant> last(instant after, instant until) const;

  /// How many local times come to the fire at that instant: more than 1 only where a gap's times were moved (gap_rule
  /// next and shift) to one instant, or to one that fires anyway; 0 if nothing fires then. Costs about a next().
  std::int64_t named(instant fire) const;

  /// Since when all days in that zone are alike: a day of which each local time exists just once has the same local
  /// fire times as all others of its kind or no fire, and any other day, also an earlier one, has none but these. None
  /// where that cannot be said. Lets a search look at one day for all (narrowing.hpp). Costs a look at each stretch.
  std::optional<instant> daily_since(const zone& z) const;

  /// Fixed delay only, else none: the fire that follows a run that ended then (or, where there was none, the decision
  /// to go on). None too when the schedule has ended.
  std::optional<instant> after_end(instant end) const;

private:
  kind kind_ = kind::none;
  std::shared_ptr<const rule> rule_;
};

/// Quartz dialect: 6 or 7 fields (the grammar stands in cron_parser.hpp), a zone by its IANA name. Errors name the
/// field, the column and the rule; an unknown zone is an error of column 1 that begins with "timezone:". Fires have
/// whole seconds and lie in the local years 1970 to 2199; an expression without any fire (30 February) is accepted, and
/// next() answers none. next() costs well below a microsecond for most expressions, some 10 µs for those that never
/// fire, and allocates nothing.
std::variant<timetable, parse_error> cron(std::string_view expression, std::string_view zone, dst_policy dst = {});

/// Unix cron: 5 fields, or @yearly … @hourly, @every 30s (the grammar stands in unix_cron.hpp). Zone, errors and fires
/// as with cron(). `@every` gives a timetable of kind every, on which zone and policy have no bearing.
std::variant<timetable, parse_error> unix_cron(std::string_view expression, std::string_view zone, dst_policy dst = {});

/// start + k × period for k >= 0: the start is the first fire, nothing fires before it. Without a start the grid is
/// anchored at the Unix epoch and has no beginning. A period below 1 ms throws std::invalid_argument.
timetable every(std::chrono::milliseconds period, std::optional<instant> start);

/// Fixed delay. Below 1 ms throws std::invalid_argument.
timetable after(std::chrono::milliseconds delay);

/// One shot.
timetable at(instant when);

/// True if the system's zone data knows that IANA name.
bool is_zone(std::string_view name);

/// Version of the zone data in use ("2025b"), "unknown" if it does not say; stored with each spec version.
std::string tzdb_version();

/// Looks whether the system has other zone data than the one in use. If so, it is in use from now on, and true is
/// answered; timetables that were made before keep what they have. Thread-safe.
bool refresh_zones();

} // namespace xxl::schedule
