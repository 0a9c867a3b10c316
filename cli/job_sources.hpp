#pragma once
// Jobs out of job files, for the verbs that look at files without applying them.

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "protocol/job_spec.hpp"

#include <ostream>
#include <span>
#include <string>
#include <vector>

namespace xxl::cli {

/// The jobs of the files, in order; a job's group need not be in them. With problems all of them go to `err`, and it
/// throws failure (bad_files). `timezone`: of cron schedules that name none.
std::vector<job_spec> jobs_of(const std::vector<std::string>& paths, const std::string& timezone, std::ostream& err);

/// Index of the job that is meant: by its full name, or by its name alone. Throws failure: not_found with the nearest
/// name, or usage where several groups have it.
std::size_t place_of(const job_ref& ref, std::span<const job_spec> jobs);

} // namespace xxl::cli
