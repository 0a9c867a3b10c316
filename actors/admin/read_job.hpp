#pragma once
// A job's row as people are shown it. A specification that cannot be used (damaged, written by a newer version, a zone
// that this machine does not know) is told with its job, and hides neither the job nor the others.

#include "protocol/messages.hpp"
#include "schedule/timetable.hpp"
#include "storage/catalog.hpp"

#include <cstdint>
#include <optional>

namespace xxl::admin {

struct read_job {
  job_view view;                            ///< with a problem, its `spec` has group, name and enabled alone
  std::optional<schedule::timetable> times; ///< absent where there is a problem
  std::optional<std::int64_t> runs_left;    ///< of the schedule; absent: any number
};

read_job read(const storage::job_row& row);

} // namespace xxl::admin
