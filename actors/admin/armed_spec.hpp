#pragma once
// A specification with its timetable compiled, as the editor of a job needs it. The scheduler's own, cached form is
// armed_job.hpp.

#include "protocol/job_spec.hpp"
#include "schedule/timetable.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace xxl::admin {

struct armed_spec {
  job_spec spec;
  schedule::timetable times;
};

/// Compiles the schedule; a text says why it is none, naming field and column.
std::variant<armed_spec, std::string> arm_spec(job_spec spec);

/// Reads a stored specification (JSON) and compiles it.
std::variant<armed_spec, std::string> arm_spec(std::string_view json);

} // namespace xxl::admin
