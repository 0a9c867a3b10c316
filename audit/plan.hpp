#pragma once
// What was due of one job: its versions replayed (guarantees.md §2, "Edits", "Misfire", "Fixed delay"). The rules:
// - A version that is in force plans the fire that its edit stored (first_fire) and then whatever its schedule names.
// It
//   ends with the next edit: up to the later of that edit's instant and the fire row's last instant, but before a fire
//   that the edit left planned.
// - A version that is held, by its own pause or its group's, plans all that its schedule names from its beginning to
// the
//   edit that ends the hold or the schedule.
// - Nothing is due of a version that is disabled or deleted or has no schedule. Of a fixed delay only the fire that an
//   edit stored can be computed; the others depend on when runs end.
// - The newest version is proved up to the fire row: what is due from its stored next fire on is still planned.

#include "protocol/audit_messages.hpp"
#include "schedule/timetable.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::audit {

/// What one version asked for, and when.
struct planned_version {
  enum class kind : std::uint8_t {
    idle,    ///< nothing is due
    fires,   ///< in force
    held,    ///< paused by itself or its group
    delay,   ///< fixed delay
    unknown, ///< its specification cannot be used
  };
  spec_version version = 0;
  kind what = kind::idle;
  schedule::timetable times;
  std::optional<instant> first; ///< fires, delay: the fire that the edit stored, if it lies in this version's time
  instant begin{}, end{};       ///< (begin, end]: this version's time; ends never go back
  std::int64_t max_runs = 0;    ///< of the schedule; 0: any number
  std::chrono::milliseconds jitter{0};
  bool may_end = false; ///< the schedule has a last instant
  retry_rule retry;
  std::string tzdb;    ///< of cron schedules; else empty
  std::string problem; ///< unknown: why
};

class plan {
public:
  /// `versions` in their order, from the first; those beyond `job.version` are left out: they are newer than what is
  /// known of the job.
  plan(const audit_job& job, std::span<const audit_version> versions);

  const std::vector<planned_version>& versions() const { return versions_; }
  /// Null if there is none of that number.
  const planned_version* find(spec_version version) const;

  /// The record is proved before this instant. From here on fires are still planned, or being claimed.
  instant border() const { return border_; }

  /// The first instant after `after` that was due; of fixed delays only what an edit stored.
  std::optional<instant> next(instant after) const;
  /// The last one in (after, until].
  std::optional<instant> last(instant after, instant until) const;
  /// How many there are in (after, until].
  std::int64_t count(instant after, instant until) const;

  /// Why a fire of the schedule under that version was not due; empty if it was.
  std::string why_not_due(const planned_version& v, instant fire) const;

  /// Fires of the newest version in [from, until) that are not recorded yet: the stored next fire and what follows it.
  std::int64_t pending(instant from, instant until) const;
  /// The same of a version that is held: a gap row when the hold ends.
  std::int64_t held(instant from, instant until) const;
  /// The fire that the newest version should have stored as next but has not; none if all is well.
  std::optional<instant> lost_next() const;

private:
  void begin_version(const audit_version& v);
  planned_version::kind kind_of(const audit_version& v) const;
  void end_version(const audit_version& v, const audit_version& successor);
  void end_newest(std::optional<instant> after);
  std::vector<planned_version>::const_iterator in_force_after(instant t) const;

  audit_job job_;
  std::vector<planned_version> versions_;
  std::optional<schedule_spec> schedule_; ///< in force, as versions are read
  retry_rule retry_;
  schedule::timetable times_;
  std::string problem_;
  std::optional<instant> newest_after_; ///< the fire row's last instant at the newest edit
  instant border_{};
};

} // namespace xxl::audit
