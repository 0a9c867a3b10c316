#pragma once
// Durations in job files, node settings and xxlctl are written as in schedules.

#include "schedule/duration.hpp"

namespace xxl::config {

using schedule::format_duration;
using schedule::parse_duration;

} // namespace xxl::config
