#include "cli/job_sources.hpp"

#include "config/job_files.hpp"
#include "config/nearest_name.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace xxl::cli {

std::vector<job_spec> jobs_of(const std::vector<std::string>& paths, const std::string& timezone, std::ostream& err) {
  auto set = config::load_jobs(paths, {timezone, true});
  if (set.problems.empty()) return std::move(set.jobs);
  err << config::report(set.problems) << "\n";
  auto n = set.problems.size();
  throw failure{exit_code::bad_files, std::to_string(n) + (n == 1 ? " problem" : " problems") + " in the job files"};
}

std::size_t place_of(const job_ref& ref, std::span<const job_spec> jobs) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].name != ref.name || (!ref.group.empty() && jobs[i].group != ref.group)) continue;
    if (found)
      throw failure{exit_code::usage, "\"" + ref.name + "\" is in several groups; name one of " + jobs[*found].group +
                                          "/" + ref.name + ", " + jobs[i].group + "/" + ref.name};
    found = i;
  }
  if (found) return *found;
  auto written = ref.group.empty() ? ref.name : ref.group + "/" + ref.name;
  std::vector<std::string> names;
  for (auto& j : jobs) names.push_back(ref.group.empty() ? j.name : j.group + "/" + j.name);
  auto near = config::nearest_name(written, std::vector<std::string_view>{names.begin(), names.end()});
  throw failure{exit_code::not_found, "the files have no job \"" + written + "\"" +
                                          (near.empty() ? "" : "; did you mean \"" + std::string{near} + "\"?")};
}

} // namespace xxl::cli
