#pragma once
// The value of `schedule:` in a job.

#include "config/calendar_reader.hpp"
#include "config/yaml_reader.hpp"
#include "protocol/job_spec.hpp"

#include <optional>
#include <string>

namespace xxl::config {

/// A schedule, and the calendar that it names: that one may stand in another file.
struct declared_schedule {
  schedule_spec spec; ///< without its calendar, with the calendar's zone
  std::optional<calendar_reference> calendar;
};

/// none, or a mapping with exactly one of cron, every, after, at. Nothing after it has reported why.
std::optional<declared_schedule> read_schedule(yaml_reader& in, const yaml_node& node,
                                               const std::string& default_timezone);

} // namespace xxl::config
