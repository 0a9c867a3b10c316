#pragma once
// Single values as people read them, the same in every verb.

#include "protocol/job_spec.hpp"
#include "protocol/messages.hpp"
#include "schedule/timetable.hpp"
#include "schedule/zone.hpp"

#include <optional>
#include <string>

namespace xxl::cli {

/// UTC with milliseconds: "2026-12-01T01:00:00.000Z"; nothing for nothing.
std::string time_text(instant t);
std::string time_text(const std::optional<instant>& t);

/// In the zone, with its offset: "2026-12-01T09:00:00.000+08:00".
std::string local_time_text(instant t, const schedule::zone& zone);
/// "+08:00", "-03:30"; with seconds where there are any.
std::string offset_text(std::chrono::seconds offset);

/// "cron 0 */5 * * * ? Asia/Shanghai", "every 30s", "after 30s", "at 2026-…", "none".
/// An error in an expression of the command line, with the expression and a caret below the place, as errors of files
/// have their line.
std::string located(const std::string& expression, const schedule::parse_error& error);
std::string schedule_text(const schedule_spec& s);
/// "fire_all, at most 100".
std::string misfire_text(const job_spec& spec);
/// "handler closeStale", "shell script", "python script".
std::string work_text(const work_spec& w);
/// "active", "paused", "disabled", "paused, disabled".
std::string job_state_text(const job_view& j);
/// When it fires next, or "after the run" while a fixed delay is in progress.
std::string next_text(const job_view& j);
/// The state, with its reason where there is one: "failed (handler_error)".
std::string state_text(const trigger_view& t);
/// Start minus planned time; end minus start. Empty where one is not known.
std::string lateness_text(const trigger_view& t);
std::string duration_text(const trigger_view& t);

/// "2 on failed, timed_out"; "none".
std::string retries_text(const retry_rule& r);
/// "12 ms", "-3 ms".
std::string millis_text(std::chrono::milliseconds d);
/// "1.2 s ago"; "now" within 100 ms and for what is to come.
std::string ago_text(instant now, instant then);

std::string yes_no(bool x);

} // namespace xxl::cli
