#pragma once
// From calendars as engineers wrote them (protocol/) to what schedules observe (schedule/).

#include "protocol/job_spec.hpp"
#include "schedule/calendar.hpp"
#include "schedule/timetable.hpp"

#include <memory>
#include <variant>

namespace xxl::config {

/// The last layer, with all those it is built on. Jobs with equal calendars share one. An error names the calendar and
/// the entry; its column lies within the entry. Null without layers. Thread-safe.
std::variant<std::shared_ptr<const schedule::calendar>, schedule::parse_error> calendar_of(const calendar_spec& spec);

} // namespace xxl::config
