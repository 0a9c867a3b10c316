#pragma once
// The value of `schedule:` in a job.

#include "config/yaml_reader.hpp"
#include "protocol/job_spec.hpp"

#include <optional>
#include <string>

namespace xxl::config {

/// none, or a mapping with exactly one of cron, every, after, at. Nothing after it has reported why.
std::optional<schedule_spec> read_schedule(yaml_reader& in, const yaml_node& node, const std::string& default_timezone);

} // namespace xxl::config
