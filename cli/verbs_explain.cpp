// explain schedule: of jobs that an admin has, of jobs in files, of an expression.

#include "cli/cron_query.hpp"
#include "cli/explanation.hpp"
#include "cli/job_sources.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"
#include "config/schedule_of.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace xxl::cli {
namespace {

using made = std::variant<schedule::timetable, schedule::parse_error>;

explanation explained(const job_spec& spec, instant now) {
  auto name = spec.group + "/" + spec.name;
  auto when = config::timetable_of(spec.schedule);
  if (auto* error = std::get_if<schedule::parse_error>(&when))
    throw failure{exit_code::failed, name + ": " + error->message};
  return explain(name, spec.schedule, std::get<schedule::timetable>(when), now);
}

job_spec spec_in_file(const explained_job& j, const std::string& timezone, std::ostream& err) {
  auto specs = jobs_of({j.file}, timezone, err);
  return specs[place_of(j.job, specs)];
}

job_spec spec_of(admin& a, const job_ref& ref) {
  auto found = a.ask<job_detail>(describe_atom_v, resolve(a, ref)).job;
  if (!found.problem.empty())
    throw failure{exit_code::failed, found.spec.group + "/" + found.spec.name + ": " + found.problem};
  return found.spec;
}

explanation explained(const cron_words& words, instant now) {
  auto schedule = schedule_of(words);
  auto when = config::timetable_of(schedule);
  if (auto* error = std::get_if<schedule::parse_error>(&when))
    throw failure{exit_code::bad_files, located(words.expression, *error)};
  return explain({}, schedule, std::get<schedule::timetable>(when), now);
}

} // namespace

void explain_schedule(const explain_schedule_verb& v, const std::function<admin()>& connected, instant now,
                      const printer& p) {
  std::vector<explanation> all;
  if (!v.cron.expression.empty()) all.push_back(explained(v.cron, now));
  std::optional<admin> a;
  for (auto& j : v.jobs) {
    if (j.file.empty() && !a) a.emplace(connected());
    all.push_back(explained(j.file.empty() ? spec_of(*a, j.job) : spec_in_file(j, v.cron.timezone, p.err), now));
  }
  if (p.as == format::json) {
    p.out << json(all);
    return;
  }
  for (std::size_t i = 0; i < all.size(); ++i) p.out << (i == 0 ? "" : "\n") << render(all[i]);
}

} // namespace xxl::cli
