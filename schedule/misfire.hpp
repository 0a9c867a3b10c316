#pragma once
// What to do with a fire that comes up for its claim: fire it, or pass over what is too late (guarantees.md §2,
// Misfire).

#include "schedule/timetable.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace xxl::schedule {

/// What happens once per gap to fires later than the threshold.
enum class misfire : std::uint8_t {
  skip,      ///< none of them runs
  fire_once, ///< the last missed one runs, with its own fire time
  fire_all,  ///< all of them run, in their order, each with its own fire time
};

/// How a job's fires go.
struct firing_rule {
  schedule::misfire misfire = schedule::misfire::skip;
  std::int64_t cap = std::numeric_limits<std::int64_t>::max(); ///< fire_all: so many of a gap run, the last ones; >= 1
  std::chrono::milliseconds deadline{0};   ///< what is later never runs; 0: none. At least the threshold
  std::uint64_t job = 0;                   ///< of the jitter
  std::chrono::milliseconds jitter{0};     ///< at most; >= 0
  std::optional<std::int64_t> runs_left{}; ///< this fire included; none: any number
};

/// Fires passed over: the first, the last and how many. Becomes one gap row.
struct passed_over {
  instant first{}, last{};
  std::int64_t fires = 0;
  friend bool operator==(const passed_over&, const passed_over&) = default;
};

/// The decision for one job whose stored next fire has come up.
struct decision {
  std::optional<instant> fire; ///< run this now
  std::optional<instant> next; ///< the next fire to store; none: the schedule has ended, or awaits_end
  bool awaits_end = false;     ///< fixed delay: next comes with the end of this fire
  std::optional<passed_over> gap;
  friend bool operator==(const decision&, const decision&) = default;
};

/// `expect` is the stored next fire, `now` the wall clock at the claim, `threshold` how late a fire may still be sent
/// (5 s unless set). Lateness counts from the planned instant, which is the fire time plus its jitter. Up to the
/// threshold every late fire is sent: the decision is {expect, next(expect)}. Later, the policy decides about
/// everything from `expect` up to the last fire that is late by more than the threshold; fires within the threshold are
/// left for the next decisions.
///   skip       nothing fires; the gap is all of them.
///   fire_once  the last of them fires; the gap is the others, none if there are none.
///   fire_all   the first of them fires, its successors with the next decisions. If they are more than `cap`, the gap
///   is
///              all but the last `cap`, and the first of these fires.
/// A fire that is later than the deadline is passed over under every policy.
/// A fixed delay goes on in every case: with a fire, next is none and awaits_end is set; skipped, the gap is 1 and next
/// = after_end(now). The count of a gap is exact for every kind, so that due fires = first attempts + gap rows.
/// `expect` counts as a fire even where the timetable no longer holds it. The last run that is left ends the schedule:
/// no next, and nothing awaits its end; what is passed over is no run.
decision decide(const timetable& t, instant expect, instant now, const firing_rule& rule,
                std::chrono::milliseconds threshold);

/// The fires of (last, until] that an edit, a pause or a resume passes over; none if there are none. `last`: the last
/// claimed fire or the instant up to which the record is complete. Always none for a fixed delay, whose fires the
/// timetable does not know.
std::optional<passed_over> span(const timetable& t, instant last, instant until);

} // namespace xxl::schedule
