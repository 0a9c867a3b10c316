#pragma once
// The command line of xxlctl, read and checked. Knows nothing of admins.

#include "cli/cron_query.hpp"
#include "cli/exit_code.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/messages.hpp"
#include "schedule/timetable.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace xxl::cli {

enum class format : std::uint8_t { table, json };

struct validate_verb {
  std::vector<std::string> paths;
  std::string timezone = "UTC"; ///< of cron schedules that name none
};
struct apply_verb {
  std::vector<std::string> paths;
  std::string timezone = "UTC";
};
struct get_groups_verb {};
/// A job whose group is empty is meant by its name alone, which must be unique; empty altogether: all.
struct get_jobs_verb {
  job_ref job;
  std::size_t limit = 100;
};
struct get_executors_verb {
  std::string group; ///< empty: all
};
struct get_triggers_verb {
  job_ref job;
  std::optional<trigger_state> state;
  std::optional<instant> from, to;
  std::size_t limit = 50;
};
struct describe_job_verb {
  job_ref job;
};
struct describe_trigger_verb {
  trigger_id trigger;
};
struct trigger_verb {
  job_ref job;
  std::optional<std::string> params;
  std::string request; ///< empty: a new one
};
struct pause_verb {
  job_ref job;
  bool pause = true;
};
struct kill_verb {
  std::optional<trigger_id> trigger;
  job_ref job; ///< if no trigger is named
};
struct cluster_verb {};
struct logs_verb {
  trigger_id trigger;
  bool follow = false;
  std::uint64_t from_line = 1;
};
struct next_verb {
  job_ref job; ///< of an admin, if there are no files
  std::uint32_t count = 5;
  std::vector<std::string> paths; ///< job files: of all their jobs
  std::string timezone = "UTC";
};
struct simulate_verb {
  std::vector<std::string> paths;
  std::string timezone = "UTC"; ///< of cron schedules that name none, and of the picture
  std::optional<instant> from, to;
  std::vector<std::pair<job_ref, std::chrono::milliseconds>> durations;
  std::optional<std::chrono::milliseconds> other_duration; ///< of all jobs that have none else
  bool measured = false;                                   ///< durations as an admin has them on record
  std::size_t busiest = 10;
  bool fires = false; ///< the fire table instead
  std::string svg;    ///< file for the picture, "-" for the output; empty: none
};
/// Where to find a job: in a file, or, if that is empty, at an admin.
struct explained_job {
  std::string file;
  job_ref job;
};
struct explain_schedule_verb {
  std::vector<explained_job> jobs;
  cron_words cron; ///< an expression instead, if there is one; its zone is also that of files
};
struct audit_verb {
  instant from{}, to{};
  job_ref job;          ///< empty: all
  std::string handlers; ///< file of the handlers' own record; empty: none
};
struct cron_verb {
  cron_words words;
  std::optional<instant> after; ///< none: now
  std::int64_t count = 5;
};
/// The questions stand in the input (cron_lines.hpp).
struct cron_lines_verb {};
struct stats_verb {};
struct version_verb {};

using verb = std::variant<validate_verb, apply_verb, get_groups_verb, get_jobs_verb, get_executors_verb,
                          get_triggers_verb, describe_job_verb, describe_trigger_verb, trigger_verb, pause_verb,
                          kill_verb, cluster_verb, logs_verb, next_verb, cron_verb, cron_lines_verb, simulate_verb,
                          explain_schedule_verb, audit_verb, stats_verb, version_verb>;

struct options {
  std::vector<endpoint> admins; ///< at least one; tried in order
  format output = format::table;
  verb what;
};

/// The program ends here: help was asked for, or the command line is wrong.
struct early_exit {
  exit_code code = exit_code::ok;
  std::string text; ///< for the output stream if the code is ok, else for the error stream; ends with a line end
};

/// `args` without the program's name; `environment_admin` is the value of XXL_ADMIN, empty if it is not set.
std::variant<options, early_exit> parse(std::vector<std::string> args, const std::string& environment_admin);

} // namespace xxl::cli
