// validate and apply: what begins with job files.

#include "cli/batches.hpp"
#include "cli/json.hpp"
#include "cli/render.hpp"
#include "cli/verbs.hpp"
#include "cli/version.hpp"
#include "config/job_files.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"

#include <utility>

namespace xxl::cli {
namespace {

std::string counted(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string problem_count(const config::job_set& set) {
  return counted(set.problems.size(), "problem") + " in the job files; nothing was applied";
}

/// The files as they were named, for people; paths may hold any bytes.
std::string source_of(const std::vector<std::string>& paths) {
  std::string all;
  for (auto& p : paths) all += (all.empty() ? "" : " ") + p;
  return clean_text(all, limits::source_bytes);
}

} // namespace

void validate(const validate_verb& v, const printer& p) {
  auto set = config::load_jobs(v.paths, {v.timezone, false});
  if (p.as == format::json) p.out << json(set);
  if (!set.problems.empty()) {
    if (p.as == format::table) p.err << config::report(set.problems) << "\n";
    throw failure{exit_code::bad_files, counted(set.problems.size(), "problem") + " in the job files"};
  }
  if (p.as == format::table)
    p.out << counted(set.files.size(), "file") << ", " << counted(set.groups.size(), "group") << ", "
          << counted(set.jobs.size(), "job") << ": valid\n";
}

void apply(const apply_verb& v, const std::function<admin()>& connected, const std::string& who, const printer& p) {
  auto set = config::load_jobs(v.paths, {v.timezone, true}); // a group may be known to the admin already
  if (!set.problems.empty()) {
    p.err << config::report(set.problems) << "\n";
    throw failure{exit_code::bad_files, problem_count(set)};
  }
  auto a = connected();
  change_counts counts;
  std::vector<apply_change> all;
  auto done = [&] {
    if (p.as == format::json)
      p.out << json(all, counts);
    else
      p.out << to_string(counts) << "\n";
  };
  try {
    for (auto& batch : batches_of(std::move(set.groups), std::move(set.jobs), who, source_of(v.paths))) {
      auto changes = a.ask<std::vector<apply_change>>(apply_atom_v, std::move(batch));
      for (auto& c : changes) counts.add(c);
      if (p.as == format::table)
        p.out << render_changes(changes) << std::flush;
      else
        all.insert(all.end(), changes.begin(), changes.end());
    }
  } catch (const failure&) {
    done(); // what came before it is applied
    throw;
  }
  done();
  if (counts.failed > 0) throw failure{exit_code::failed, counted(counts.failed, "item") + " could not be applied"};
}

void print_version(const printer& p) {
  if (p.as == format::json)
    p.out << json_version();
  else
    p.out << "xxlctl " << version() << " (protocol " << protocol_newest << ")\n";
}

} // namespace xxl::cli
