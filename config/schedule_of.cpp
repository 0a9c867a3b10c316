#include "config/schedule_of.hpp"

#include "config/calendar_of.hpp"
#include "schedule/narrowing.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace xxl::config {
namespace {

using answer = std::variant<schedule::timetable, schedule::parse_error>;

schedule::on_excluded on_excluded_of(excluded_rule rule) {
  switch (rule) {
  case excluded_rule::skip: return schedule::on_excluded::skip;
  case excluded_rule::next: return schedule::on_excluded::next;
  case excluded_rule::previous: return schedule::on_excluded::previous;
  }
  return schedule::on_excluded::skip;
}

struct timetable_maker {
  answer operator()(const no_schedule&) const { return schedule::timetable{}; }
  answer operator()(const cron_schedule& x) const {
    switch (x.dialect) {
    case cron_dialect::quartz: return schedule::cron(x.expression, x.timezone, dst_of(x));
    case cron_dialect::five_fields: return schedule::unix_cron(x.expression, x.timezone, dst_of(x));
    }
    return schedule::parse_error{"dialect: a number without a name", 1};
  }
  answer operator()(const every_schedule& x) const { return schedule::every(x.every, x.start); }
  answer operator()(const after_schedule& x) const { return schedule::after(x.delay); }
  answer operator()(const at_schedule& x) const { return schedule::at(x.at); }
};

} // namespace

schedule::dst_policy dst_of(const cron_schedule& x) {
  schedule::dst_policy dst;
  using gap = schedule::dst_policy::gap_rule;
  using overlap = schedule::dst_policy::overlap_rule;
  switch (x.gap) {
  case gap_rule::skip: dst.gap = gap::skip; break;
  case gap_rule::next: dst.gap = gap::next; break;
  case gap_rule::shift: dst.gap = gap::shift; break;
  }
  switch (x.overlap) {
  case overlap_rule::first: dst.overlap = overlap::first; break;
  case overlap_rule::last: dst.overlap = overlap::last; break;
  case overlap_rule::both: dst.overlap = overlap::both; break;
  }
  dst.vixie = x.vixie;
  return dst;
}

answer timetable_of(const schedule_spec& spec) {
  auto made = std::visit(timetable_maker{}, spec.kind);
  auto* times = std::get_if<schedule::timetable>(&made);
  if (!times || (!spec.from && !spec.until && spec.calendar.layers.empty())) return made;
  auto observed = calendar_of(spec.calendar);
  if (auto* wrong = std::get_if<schedule::parse_error>(&observed)) return std::move(*wrong);
  schedule::narrowing n;
  n.from = spec.from;
  n.until = spec.until;
  n.observed = std::get<std::shared_ptr<const schedule::calendar>>(std::move(observed));
  if (n.observed) n.zone = spec.calendar_zone;
  n.what = on_excluded_of(spec.on_excluded);
  try {
    return narrowed(std::move(*times), n);
  } catch (const std::invalid_argument& e) { // the zone, or until before from
    return schedule::parse_error{e.what(), 1};
  }
}

schedule::misfire misfire_of(misfire_policy policy) {
  switch (policy) {
  case misfire_policy::skip: return schedule::misfire::skip;
  case misfire_policy::fire_once: return schedule::misfire::fire_once;
  case misfire_policy::fire_all: return schedule::misfire::fire_all;
  }
  return schedule::misfire::skip; // a number without a name is refused at the edge (protocol/validate.hpp)
}

schedule::firing_rule firing_rule_of(const job_spec& spec, job_id job) {
  schedule::firing_rule rule;
  rule.misfire = misfire_of(spec.misfire);
  rule.cap = spec.misfire_cap;
  rule.deadline = spec.misfire_deadline;
  rule.job = static_cast<std::uint64_t>(job.value);
  rule.jitter = spec.schedule.jitter;
  return rule;
}

} // namespace xxl::config
