#include "config/job_files.hpp"

#include "config/file_text.hpp"
#include "config/job_reader.hpp"
#include "config/nearest_name.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <unordered_map>

namespace xxl::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_file_bytes = 16 * 1024 * 1024;

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }
bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

/// The job files below a directory, sorted. Links to directories are not followed: they may lead in circles.
std::vector<std::string> files_below(const fs::path& directory, problem_list& problems) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it{directory, error}, end; !error && it != end; it.increment(error)) {
    std::error_code unknown; // a link that leads nowhere is neither file nor directory
    if (is_hidden(it->path()))
      it.disable_recursion_pending();
    else if (is_yaml(it->path()) && !it->is_directory(unknown))
      found.push_back(it->path().string());
  }
  if (error) problems.add(directory.string(), "cannot be listed: " + error.message());
  std::sort(found.begin(), found.end());
  return found;
}

/// The files that the paths stand for, each once.
std::vector<std::string> files_of(const std::vector<std::string>& paths, problem_list& problems) {
  std::vector<std::string> files;
  std::set<fs::path> seen;
  for (auto& path : paths) {
    std::error_code error;
    auto named = fs::is_directory(path, error) ? files_below(path, problems) : std::vector{path};
    for (auto& file : named) {
      auto real = fs::weakly_canonical(file, error);
      if (seen.insert(error ? fs::path{file} : real).second) files.push_back(file);
    }
  }
  return files;
}

/// Where a name was defined first.
struct definition {
  const source_text* source = nullptr;
  position where;
};
using definitions = std::unordered_map<std::string, definition>;

/// False, reported, if the name is taken.
bool define(definitions& taken, const std::string& key, const std::string& what, const definition& here,
            problem_list& problems) {
  auto [first, fresh] = taken.emplace(key, here);
  if (!fresh)
    problems.add(*here.source, here.where,
                 what + " is defined twice; first at " + first->second.source->locate(first->second.where));
  return fresh;
}

void check_reference(const definitions& groups, const source_text& source, const declared_job& job,
                     problem_list& problems) {
  if (groups.contains(job.spec.group)) return;
  std::vector<std::string_view> known;
  for (auto& [name, where] : groups) known.push_back(name);
  std::sort(known.begin(), known.end());
  auto near = nearest_name(job.spec.group, known);
  problems.add(source, job.group_at,
               "group \"" + job.spec.group + "\" is not defined in these files" +
                   (near.empty() ? ": add it under groups:, or name the file that defines it too"
                                 : "; did you mean \"" + std::string{near} + "\"?"));
}

calendar_specs calendars_of(const std::vector<source_text>& sources, const std::vector<job_file>& files,
                            problem_list& problems) {
  std::vector<calendar_in_file> all;
  for (std::size_t i = 0; i < sources.size(); ++i)
    for (auto& calendar : files[i].calendars) all.push_back({&sources[i], &calendar});
  return resolve_calendars(all, problems);
}

/// Puts the calendar that the job's schedule names into it; false if there is none that could be.
bool observe(declared_job& job, const source_text& source, const calendar_specs& calendars, problem_list& problems) {
  if (!job.calendar) return true;
  auto* found = find_calendar(calendars, source, *job.calendar, problems);
  if (!found || !*found) return false;
  job.spec.schedule.calendar = **found;
  return true;
}

} // namespace

job_set read_jobs(const std::vector<source_text>& sources, const load_options& options) {
  job_set out;
  std::vector<job_file> files;
  for (auto& source : sources) {
    out.files.push_back(source.name());
    files.push_back(read_job_file(source, options.timezone, out.problems));
  }
  const auto calendars = calendars_of(sources, files, out.problems);
  definitions groups, jobs;
  for (std::size_t i = 0; i < sources.size(); ++i)
    for (auto& group : files[i].groups)
      if (define(groups, group.spec.name, "group \"" + group.spec.name + "\"", {&sources[i], group.name_at},
                 out.problems) &&
          group.whole)
        out.groups.push_back(std::move(group.spec));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    for (auto& job : files[i].jobs) {
      auto key = job.spec.group + "/" + job.spec.name;
      bool fresh = define(jobs, key, "job \"" + key + "\"", {&sources[i], job.name_at}, out.problems);
      if (!options.groups_known_elsewhere) check_reference(groups, sources[i], job, out.problems);
      bool observes = observe(job, sources[i], calendars, out.problems);
      if (fresh && job.whole && observes) out.jobs.push_back(std::move(job.spec));
    }
  }
  out.problems.sort();
  return out;
}

job_set load_jobs(const std::vector<std::string>& paths, const load_options& options) {
  problem_list unreadable;
  std::vector<source_text> sources;
  for (auto& file : files_of(paths, unreadable)) {
    auto found = read_file(file, most_file_bytes);
    if (found.error.empty())
      sources.emplace_back(file, std::move(found.text));
    else
      unreadable.add(file, found.error);
  }
  auto out = read_jobs(sources, options);
  unreadable.append(std::move(out.problems));
  out.problems = std::move(unreadable);
  return out;
}

} // namespace xxl::config
