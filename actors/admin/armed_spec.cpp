#include "actors/admin/armed_spec.hpp"

#include "config/schedule_of.hpp"
#include "config/spec_json.hpp"

#include <utility>

namespace xxl::admin {

std::variant<armed_spec, std::string> arm_spec(job_spec spec) {
  auto times = config::timetable_of(spec.schedule);
  if (auto* problem = std::get_if<schedule::parse_error>(&times))
    return "schedule: " + problem->message + " (column " + std::to_string(problem->column) + ")";
  return armed_spec{std::move(spec), std::get<schedule::timetable>(std::move(times))};
}

std::variant<armed_spec, std::string> arm_spec(std::string_view json) {
  auto spec = config::from_json(json);
  if (auto* problem = std::get_if<std::string>(&spec)) return *problem;
  return arm_spec(std::get<job_spec>(std::move(spec)));
}

} // namespace xxl::admin
