#pragma once
// Job files: any number of files and directories → validated groups and jobs, or all that is wrong with them
// (docs/jobs.md).

#include "config/problem.hpp"
#include "config/source_text.hpp"
#include "protocol/job_spec.hpp"

#include <string>
#include <vector>

namespace xxl::config {

struct load_options {
  std::string timezone = "UTC";        ///< for cron schedules that name none: the node's default zone
  bool groups_known_elsewhere = false; ///< a job's group need not be in the files: the server may have it
};

/// Groups and jobs in the order of the files and within them. Everything in it passes protocol/validate.hpp. Use them
/// only if there are no problems: with problems they are those that were read whole.
struct job_set {
  std::vector<std::string> files; ///< those read, in order, as errors name them
  std::vector<group_spec> groups;
  std::vector<job_spec> jobs;
  problem_list problems;
};

/// Files as they are named; directories with everything below them that ends in .yaml or .yml, sorted by path, hidden
/// names (and so what editors and Kubernetes leave beside the files) passed over. A file named twice is read once.
/// Reads also the scripts that jobs name. A path that is not there, or a file of more than 16 MiB, is a problem; an
/// empty directory is none. Blocks on the disk.
job_set load_jobs(const std::vector<std::string>& paths, const load_options& options = {});

/// The same for texts at hand; their names are what errors call them.
job_set read_jobs(const std::vector<source_text>& sources, const load_options& options = {});

} // namespace xxl::config
