#pragma once
// From what an engineer wrote (protocol/) to when it fires (schedule/): the only place that knows both.

#include "protocol/job_spec.hpp"
#include "schedule/misfire.hpp"
#include "schedule/timetable.hpp"

#include <variant>

namespace xxl::config {

/// The fires of a specification. Only a cron expression or its zone can be wrong; the column is within the expression.
std::variant<schedule::timetable, schedule::parse_error> timetable_of(const schedule_spec& spec);

/// What becomes of local times that a change of clocks skips or repeats.
schedule::dst_policy dst_of(const cron_schedule& x);

schedule::misfire misfire_of(misfire_policy policy);

/// How that job's fires go; how many runs are left, its fire row knows.
schedule::firing_rule firing_rule_of(const job_spec& spec, job_id job);

} // namespace xxl::config
