// Two rules that answer for another timetable: one that cuts it to a window, and one that observes a calendar. For the
// latter, fires that are moved come in two steps, each of which keeps their order: excluded days to included ones
// (moved_days.hpp), then into the hours. So a search for a fire after some instant is a search for the first one whose
// steps lead beyond it.

#include "schedule/narrowing.hpp"

#include "schedule/included.hpp"
#include "schedule/moved_days.hpp"
#include "schedule/rule.hpp"
#include "schedule/search_back.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace xxl::schedule {

namespace {

constexpr std::chrono::milliseconds tick{1}; // the resolution of an instant

/// A timetable from one instant to another.
class window_rule final : public timetable::rule {
public:
  window_rule(timetable t, std::optional<instant> from, std::optional<instant> until)
      : base_(std::move(t)), from_(from.value_or(instant::min())), until_(until.value_or(instant::max())) {}

  std::optional<instant> next(instant after) const override {
    const auto fire = base_.next(begin(after));
    return fire && *fire <= until_ ? fire : std::nullopt;
  }
  std::int64_t count(instant after, instant until, std::int64_t most) const override {
    return base_.count(begin(after), std::min(until, until_), most);
  }
  std::optional<instant> last(instant after, instant until) const override {
    return base_.last(begin(after), std::min(until, until_));
  }

private:
  instant begin(instant after) const { return after < from_ ? from_ - tick : after; }

  timetable base_;
  instant from_, until_; ///< both included
};

/// The first fire of t in (after, until] at an included instant.
std::optional<instant> next_included(const timetable& t, const included_time& included, instant after, instant until) {
  for (auto fire = t.next(after); fire && *fire <= until;) {
    const auto range = included.next(*fire);
    if (!range || range->begin == *fire) return range ? fire : std::nullopt;
    fire = t.next(range->begin - tick);
  }
  return std::nullopt;
}

/// What both ways to observe a calendar have in common.
class calendar_rule : public timetable::rule {
public:
  std::optional<instant> next(instant after) const final { return next_until(after, last_); }

  std::optional<instant> last(instant after, instant until) const final {
    until = std::min(until, last_);
    return last_by_next([this, until](instant t) { return next_until(t, until); }, after, until);
  }

protected:
  calendar_rule(timetable t, const std::shared_ptr<const calendar>& c, const std::shared_ptr<const zone>& z)
      : base_(std::move(t)),
        included_(c, z, included_time::part::days_and_hours),
        last_(instant{(*z)[z->size() - 1].end} - tick) {}

  /// The first fire in (after, until].
  virtual std::optional<instant> next_until(instant after, instant until) const = 0;

  const timetable base_;
  const included_time included_;
  const instant last_; ///< of the zone's table; no calendar includes anything later
};

class skip_rule final : public calendar_rule {
public:
  skip_rule(timetable t, const std::shared_ptr<const calendar>& c, const std::shared_ptr<const zone>& z)
      : calendar_rule(std::move(t), c, z) {}

  std::int64_t count(instant after, instant until, std::int64_t most) const override {
    std::int64_t n = 0;
    for (auto range = included_.next(after + tick); range && range->begin <= until && n < most;
         range = included_.next(range->end))
      n += base_.count(range->begin - tick, std::min(range->end - tick, until), most - n);
    return n;
  }

private:
  std::optional<instant> next_until(instant after, instant until) const override {
    return next_included(base_, included_, after, until);
  }
};

class move_rule final : public calendar_rule {
public:
  move_rule(timetable t, const std::shared_ptr<const calendar>& c, const std::shared_ptr<const zone>& z,
            moved_days::direction d)
      : calendar_rule(std::move(t), c, z),
        days_(c, z, included_time::part::days),
        moved_(base_, c, z, d),
        direction_(d) {}

  /// Range by range: what the hours move to one end of it, and the rest.
  std::int64_t count(instant after, instant until, std::int64_t most) const override {
    std::int64_t n = 0;
    auto before = included_.last(after).value_or(instant::min());
    for (auto range = included_.next(after + tick); range && range->begin <= until && n < most;) {
      const auto last = range->end - tick;
      const auto following = included_.next(range->end);
      if (direction_ == moved_days::direction::next)
        n += (on_included_day(before, range->begin) ? 1 : 0) + count_within(range->begin, std::min(last, until));
      else
        n += count_within(range->begin - tick, std::min(last - tick, until)) +
             (last <= until && on_included_day(last - tick, following ? following->begin - tick : last_) ? 1 : 0);
      before = last;
      range = following;
    }
    return std::min(n, most);
  }

private:
  using direction = moved_days::direction;

  std::optional<instant> next_until(instant after, instant until) const override {
    return direction_ == direction::next ? next_later(after, until) : next_earlier(after, until);
  }

  /// All that ends up in the included range that holds `after` is at or before `after`, unless it comes from beyond it.
  std::optional<instant> next_later(instant after, instant until) const {
    const auto fire = on_included_day(included_.last(after).value_or(instant::min()), until);
    const auto range = fire ? included_.next(*fire) : std::nullopt;
    return range && range->begin <= until ? std::optional{range->begin} : std::nullopt;
  }

  std::optional<instant> next_earlier(instant after, instant until) const {
    if (after >= until) return std::nullopt;
    const auto first = included_.next(after + tick);
    if (!first || first->begin > until) return std::nullopt;
    const auto beyond = included_.next(until + tick);
    const auto fire = on_included_day(first->begin - tick, beyond ? beyond->begin - tick : last_);
    return fire ? included_.last(*fire) : std::nullopt;
  }

  /// The first instant in (after, until] of a fire as it stands when all are on included days, at whatever time.
  std::optional<instant> on_included_day(instant after, instant until) const {
    const auto own = next_included(base_, days_, after, until);
    const auto moved = moved_.next(after, own ? *own - tick : until);
    return moved ? moved : own;
  }

  /// How many of these lie in (after, until], which is included as a whole.
  std::int64_t count_within(instant after, instant until) const {
    auto n = base_.count(after, until, std::numeric_limits<std::int64_t>::max());
    for (auto fire = moved_.next(after, until); fire; fire = moved_.next(*fire, until))
      if (base_.next(*fire - tick) != fire) ++n;
    return n;
  }

  included_time days_;
  moved_days moved_;
  direction direction_;
};

std::shared_ptr<const zone> zone_of(const narrowing& n) {
  auto z = zone::find(n.zone);
  if (!z) throw std::invalid_argument("timezone: \"" + n.zone + "\" is not a name of the zone data");
  return z;
}

void check(const narrowing& n) {
  if (n.from && n.until && *n.until < *n.from) throw std::invalid_argument("until is earlier than from");
}

bool in_window(instant t, const narrowing& n) { return (!n.from || *n.from <= t) && (!n.until || t <= *n.until); }

timetable observed(const timetable& t, const narrowing& n) {
  const auto z = zone_of(n);
  switch (n.what) {
  case on_excluded::skip: break;
  case on_excluded::next:
    return timetable{t.what(), std::make_shared<move_rule>(t, n.observed, z, moved_days::direction::next)};
  case on_excluded::previous:
    return timetable{t.what(), std::make_shared<move_rule>(t, n.observed, z, moved_days::direction::previous)};
  }
  return timetable{t.what(), std::make_shared<skip_rule>(t, n.observed, z)};
}

/// Where the calendar moves a fire.
std::optional<instant> observed(instant fire, const narrowing& n) {
  const auto z = zone_of(n);
  const included_time included{n.observed, z, included_time::part::days_and_hours};
  if (n.what == on_excluded::skip) return included.holds(fire) ? std::optional{fire} : std::nullopt;
  const bool later = n.what == on_excluded::next;
  const auto day =
      moved_days{{}, n.observed, z, later ? moved_days::direction::next : moved_days::direction::previous}.moved(fire);
  if (!day || !later) return day ? included.last(*day) : std::nullopt;
  const auto range = included.next(*day);
  return range ? std::optional{range->begin} : std::nullopt;
}

/// A fixed delay: what it brings to an excluded instant goes to the next included one, whatever the job's other choice
/// would be, as a dropped fire would end it.
class delay_rule final : public timetable::rule {
public:
  delay_rule(timetable t, narrowing n) : base_(std::move(t)), narrowing_(std::move(n)) {}

  std::optional<instant> next(instant) const override { return std::nullopt; }
  std::int64_t count(instant, instant, std::int64_t) const override { return 0; }
  std::optional<instant> last(instant, instant) const override { return std::nullopt; }
  std::optional<instant> after_end(instant end) const override {
    const auto fire = base_.after_end(end);
    return fire ? first_included(*fire, narrowing_) : std::nullopt;
  }

private:
  timetable base_;
  narrowing narrowing_;
};

} // namespace

timetable narrowed(timetable t, const narrowing& n) {
  check(n);
  if (t.what() == timetable::kind::none) return t;
  if (t.what() == timetable::kind::after) {
    if (n.observed) zone_of(n);
    return timetable{t.what(), std::make_shared<delay_rule>(std::move(t), n)};
  }
  if (n.observed) t = observed(t, n);
  if (n.from || n.until) t = timetable{t.what(), std::make_shared<window_rule>(t, n.from, n.until)};
  return t;
}

std::optional<instant> moved(instant fire, const narrowing& n) {
  check(n);
  const auto to = n.observed ? observed(fire, n) : std::optional{fire};
  return to && in_window(*to, n) ? to : std::nullopt;
}

std::optional<instant> first_included(instant t, const narrowing& n) {
  check(n);
  if (n.from) t = std::max(t, *n.from);
  if (n.observed) {
    const auto range = included_time{n.observed, zone_of(n), included_time::part::days_and_hours}.next(t);
    if (!range) return std::nullopt;
    t = range->begin;
  }
  return in_window(t, n) ? std::optional{t} : std::nullopt;
}

} // namespace xxl::schedule
