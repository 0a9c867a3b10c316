#pragma once
// One job file: from its YAML tree to groups and jobs. What needs other files (duplicates, references) is
// job_files.hpp's.

#include "config/calendar_reader.hpp"
#include "config/problem.hpp"
#include "config/source_text.hpp"
#include "protocol/job_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xxl::config {

/// A group or job and where it is defined. `whole` is false where something in it was reported: its name still counts,
/// so that one error does not bring others with it.
struct declared_group {
  group_spec spec;
  position name_at;
  bool whole = false;
};
struct declared_job {
  job_spec spec; ///< without the calendar that its schedule observes
  position name_at, group_at;
  std::optional<calendar_reference> calendar;
  bool whole = false;
};

struct job_file {
  std::vector<declared_calendar> calendars; ///< those with a name
  std::vector<declared_group> groups;       ///< those with a name
  std::vector<declared_job> jobs;           ///< those with a name and a group
};

/// Reads a file. Scripts that it names (`file:`) are read from disk, relative to the folder of source.name().
/// `default_timezone` is for cron schedules that name none.
job_file read_job_file(const source_text& source, const std::string& default_timezone, problem_list& problems);

} // namespace xxl::config
