#include "config/schedule_of.hpp"

namespace xxl::config {
namespace {

using answer = std::variant<schedule::timetable, schedule::parse_error>;

struct timetable_maker {
  answer operator()(const no_schedule&) const { return schedule::timetable{}; }
  answer operator()(const cron_schedule& x) const { return schedule::cron(x.expression, x.timezone); }
  answer operator()(const every_schedule& x) const { return schedule::every(x.every, x.start); }
  answer operator()(const after_schedule& x) const { return schedule::after(x.delay); }
  answer operator()(const at_schedule& x) const { return schedule::at(x.at); }
};

} // namespace

answer timetable_of(const schedule_spec& spec) { return std::visit(timetable_maker{}, spec); }

schedule::misfire misfire_of(misfire_policy policy) {
  switch (policy) {
  case misfire_policy::skip: return schedule::misfire::skip;
  case misfire_policy::fire_once: return schedule::misfire::fire_once;
  }
  return schedule::misfire::skip; // a number without a name is refused at the edge (protocol/validate.hpp)
}

} // namespace xxl::config
