// audit: the proof, and its exit code.

#include "audit/audit.hpp"
#include "cli/audit_source.hpp"
#include "cli/audit_text.hpp"
#include "cli/verbs.hpp"
#include "protocol/clock.hpp"
#include "schedule/timetable.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

namespace xxl::cli {
namespace {

audit::handler_record record_of(const std::string& file) {
  std::ifstream in{file};
  if (!in) throw failure{exit_code::bad_files, "cannot read " + file + ": " + std::strerror(errno)};
  try {
    auto record = audit::handler_record::read(in, file);
    if (in.bad()) throw failure{exit_code::bad_files, "cannot read " + file + " to its end"};
    return record;
  } catch (const audit::handler_record::bad_line& e) {
    throw failure{exit_code::bad_files, e.what()};
  }
}

job_id id_of(admin& a, const job_ref& ref) {
  auto job = resolve(a, ref);
  job_query q;
  q.group = job.group;
  q.name = job.name;
  auto found = a.ask<std::vector<job_view>>(jobs_atom_v, q); // none of that name is an error of its own
  if (found.empty()) throw failure{exit_code::not_found, "there is no job \"" + job.group + "/" + job.name + "\""};
  return found.front().id;
}

} // namespace

void audit(const audit_verb& v, admin& a, const printer& p) {
  std::optional<audit::handler_record> handlers;
  if (!v.handlers.empty()) handlers = record_of(v.handlers);
  std::optional<job_id> only;
  if (!v.job.name.empty()) only = id_of(a, v.job);
  audit_source records{a, v.from, v.to, only};
  audit::request asked{v.from, v.to, system_clock().now(), schedule::tzdb_version(), handlers ? &*handlers : nullptr,
                       !only};
  auto report = audit::run(records, asked);
  p.out << (p.as == format::json ? json(report, asked) : render(report, asked));
  if (report.found.error_count() > 0) throw failure{exit_code::failed, "the audit found " + error_count(report)};
}

} // namespace xxl::cli
