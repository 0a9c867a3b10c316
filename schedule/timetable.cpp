#include "schedule/timetable.hpp"

#include "schedule/rule.hpp"

#include <utility>

namespace xxl::schedule {

dst_policy dst_policy::applied(bool interval_like) const {
  if (!vixie) return *this;
  return interval_like ? dst_policy{gap_rule::skip, overlap_rule::both}
                       : dst_policy{gap_rule::next, overlap_rule::first};
}

timetable::timetable() = default;

timetable::timetable(kind k, std::shared_ptr<const rule> r) : kind_(k), rule_(std::move(r)) {}

std::optional<instant> timetable::next(instant after) const { return rule_ ? rule_->next(after) : std::nullopt; }

std::int64_t timetable::count(instant after, instant until, std::int64_t most) const {
  return rule_ && after < until && most > 0 ? rule_->count(after, until, most) : 0;
}

std::optional<instant> timetable::last(instant after, instant until) const {
  return rule_ && after < until ? rule_->last(after, until) : std::nullopt;
}

std::int64_t timetable::named(instant fire) const { return rule_ ? rule_->named(fire) : 0; }

std::optional<instant> timetable::daily_since(const zone& z) const {
  return rule_ ? rule_->daily_since(z) : std::nullopt;
}

std::optional<instant> timetable::after_end(instant end) const { return rule_ ? rule_->after_end(end) : std::nullopt; }

} // namespace xxl::schedule
