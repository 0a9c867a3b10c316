#include "schedule/misfire.hpp"

#include "schedule/jitter.hpp"

#include <algorithm>
#include <limits>

namespace xxl::schedule {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
constexpr milliseconds tick{1}; // the resolution of an instant

/// One decision about one job.
class decider {
public:
  decider(const timetable& t, instant expect, instant now, const firing_rule& rule, milliseconds threshold)
      : times_(t),
        rule_(rule),
        expect_(expect),
        now_(now),
        late_until_(now - threshold - tick),
        dead_until_(now - std::max(rule.deadline, threshold) - tick) {}

  decision decide() const {
    auto d = times_.what() == timetable::kind::after ? delayed() : planned_ahead();
    if (d.fire && rule_.runs_left && *rule_.runs_left <= 1) {
      d.next.reset();
      d.awaits_end = false;
    }
    return d;
  }

private:
  instant planned(instant fire) const { return schedule::planned(times_, fire, rule_.job, rule_.jitter); }
  bool in_time() const { return planned(expect_) > late_until_; }
  bool dead(instant fire) const { return rule_.deadline > milliseconds{0} && planned(fire) <= dead_until_; }

  /// A fixed delay goes on from the end of a run, or from now if there is none: it must not end with a fire that came
  /// too late.
  decision delayed() const {
    decision d;
    if (in_time() || (rule_.misfire != misfire::skip && !dead(expect_))) {
      d.fire = expect_;
      d.awaits_end = true;
    } else {
      d.gap = passed_over{expect_, expect_, 1};
      d.next = times_.after_end(now_);
    }
    return d;
  }

  decision planned_ahead() const {
    decision d;
    if (in_time()) {
      d.fire = expect_;
      d.next = times_.next(expect_);
      return d;
    }
    const auto last = last_planned_by(late_until_);
    d.gap = skipped(last);
    const auto from = d.gap ? d.gap->last : expect_ - tick;
    // What fires is the first that is not passed over, if it is one of the missed.
    const auto first = d.gap ? times_.next(from) : std::optional{expect_};
    if (first && *first <= last) d.fire = first;
    d.next = times_.next(d.fire ? *d.fire : last);
    return d;
  }

  /// The last fire from `expect` on that was planned by then; `expect` is.
  instant last_planned_by(instant until) const {
    auto last = times_.last(expect_, until).value_or(expect_);
    // Planned instants lie before the next fire: only the last one can still be ahead.
    if (last > expect_ && planned(last) > until) last = times_.last(expect_, last - tick).value_or(expect_);
    return last;
  }

  /// Of the missed fires, `expect` to `last`, those that do not run: always the first ones.
  std::optional<passed_over> skipped(instant last) const {
    auto until = skipped_by_policy(last);
    if (dead(expect_)) until = std::max(until.value_or(expect_), last_planned_by(dead_until_));
    if (!until) return std::nullopt;
    return passed_over{expect_, *until, 1 + times_.count(expect_, *until, all - 1)};
  }

  std::optional<instant> skipped_by_policy(instant last) const {
    switch (rule_.misfire) {
    case misfire::skip: return last;
    case misfire::fire_once:
      if (last == expect_) return std::nullopt;
      return times_.last(expect_, last - tick).value_or(expect_);
    case misfire::fire_all: return skipped_by_cap(last);
    }
    return last;
  }

  /// By bisection: the earliest instant behind which no more than `cap` of the missed fires lie is a fire itself, the
  /// last that is passed over.
  std::optional<instant> skipped_by_cap(instant last) const {
    if (times_.count(expect_, last, rule_.cap) < rule_.cap) return std::nullopt;
    auto low = expect_ - tick, high = last; // more than `cap` behind low, not more behind high
    while (high - low > tick) {
      const auto middle = low + (high - low) / 2;
      (times_.count(middle, last, rule_.cap + 1) > rule_.cap ? low : high) = middle;
    }
    return high;
  }

  const timetable& times_;
  const firing_rule& rule_;
  instant expect_, now_;
  instant late_until_; ///< the last instant that is late by more than the threshold
  instant dead_until_; ///< the last instant that is later than the deadline
};

} // namespace

decision decide(const timetable& t, instant expect, instant now, const firing_rule& rule, milliseconds threshold) {
  return decider{t, expect, now, rule, threshold}.decide();
}

std::optional<passed_over> span(const timetable& t, instant last, instant until) {
  const auto first = t.next(last);
  if (!first || *first > until) return std::nullopt;
  return passed_over{*first, t.last(*first, until).value_or(*first), 1 + t.count(*first, until, all - 1)};
}

} // namespace xxl::schedule
