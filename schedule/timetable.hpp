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
  std::string message;     ///< names the field and the rule that was broken
  std::size_t column = 1;  ///< in the text given, from 1
};

/// What happens to local times that a zone's transition skips (gap) or repeats (overlap).
struct dst_policy {
  enum class gap_rule : std::uint8_t { skip, next, shift };
  enum class overlap_rule : std::uint8_t { first, last, both };
  gap_rule gap = gap_rule::skip;          ///< Quartz's rule
  overlap_rule overlap = overlap_rule::last; ///< Quartz's rule, without its defects
  bool vixie = false;                     ///< fixed times: right after a gap, once in an overlap; interval-like ones in both passes
};

/// The fires of one schedule. Cheap to copy (shared, immutable). Thread-safe.
class timetable {
public:
  enum class kind : std::uint8_t { none, cron, every, after, at };

  class rule; // what a kind must answer; each kind has one in its own source

  /// A timetable without any fire.
  timetable();
  explicit timetable(kind k, std::shared_ptr<const rule> r);

  kind what() const noexcept { return kind_; }

  /// The first fire strictly later than `after`; none when the schedule has ended. Strictly monotone: next(a) > a, and
  /// a <= b implies next(a) <= next(b). A fixed delay ("after") answers none: its next fire depends on the end of a run (delay()).
  std::optional<instant> next(instant after) const;

  /// How many fires lie in (after, until], counted up to `most` (the rest is not walked). O(1) for fixed rates.
  std::int64_t count(instant after, instant until, std::int64_t most) const;

  /// The last fire in (after, until]; none if there is none. Walks at most `most` fires of a cron schedule, then searches backward.
  std::optional<instant> last(instant after, instant until) const;

  /// Fixed delay only, else zero: how long after the end of a run the next one is due.
  std::chrono::milliseconds delay() const noexcept;

private:
  kind kind_ = kind::none;
  std::shared_ptr<const rule> rule_;
};

/// Quartz dialect: 6 or 7 fields (xxl-job's), a zone by its IANA name. Errors name the field, the column and the rule.
std::variant<timetable, parse_error> cron(std::string_view expression, std::string_view zone, dst_policy dst = {});

/// anchor + k × every, for all k (also before the anchor where `from_anchor` is false). every: at least 1 ms.
/// Where an anchor was given by the user nothing fires before it; the anchor itself is the first fire.
timetable every(std::chrono::milliseconds period, std::optional<instant> start);

/// Fixed delay.
timetable after(std::chrono::milliseconds delay);

/// One shot.
timetable at(instant when);

/// True if the system's zone data knows that IANA name.
bool is_zone(std::string_view name);

/// Version of the zone data in use ("2025b"), "unknown" if it does not say; stored with each spec version.
std::string tzdb_version();

} // namespace xxl::schedule
