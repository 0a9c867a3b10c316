#pragma once
// The verbs of xxlctl, each a function of what was asked, an admin (where it needs one) and where to print.

#include "cli/admin.hpp"
#include "cli/options.hpp"

#include <functional>
#include <ostream>
#include <string>

namespace xxl::cli {

/// Where a verb prints, and as what.
struct printer {
  std::ostream& out; ///< answers
  std::ostream& err; ///< remarks; failures are thrown
  format as = format::table;
};

/// A job by its full name; a bare name is looked up. Throws failure: not found, or in several groups.
job_ref resolve(admin& a, const job_ref& ref);

void validate(const validate_verb& v, const printer& p);
/// Throws failure (bad_files) if the expression or a word beside it is wrong.
void cron(const cron_verb& v, const printer& p);
void print_version(const printer& p);

/// `connected` is called once the files are read and found valid.
void apply(const apply_verb& v, const std::function<admin()>& connected, const std::string& who, const printer& p);
void get_groups(admin& a, const printer& p);
void get_jobs(const get_jobs_verb& v, admin& a, const printer& p);
void get_executors(const get_executors_verb& v, admin& a, const printer& p);
void get_triggers(const get_triggers_verb& v, admin& a, const printer& p);
void describe_job(const describe_job_verb& v, admin& a, const printer& p);
void describe_trigger(const describe_trigger_verb& v, admin& a, const printer& p);
void trigger(const trigger_verb& v, admin& a, const std::string& who, const printer& p);
void pause(const pause_verb& v, admin& a, const std::string& who, const printer& p);
void kill(const kill_verb& v, admin& a, const std::string& who, const printer& p);
void cluster(admin& a, const printer& p);
void logs(const logs_verb& v, admin& a, const printer& p);
void next(const next_verb& v, admin& a, const printer& p);
void next_of_files(const next_verb& v, instant now, const printer& p);
/// `connected` is called only where durations are to be measured.
void simulate(const simulate_verb& v, const std::function<admin()>& connected, instant now, const printer& p);
/// `connected` is called only where a job is to be asked for.
void explain_schedule(const explain_schedule_verb& v, const std::function<admin()>& connected, instant now,
                      const printer& p);
/// Throws failure (failed) after the report if there are errors.
void audit(const audit_verb& v, admin& a, const printer& p);
void stats(admin& a, const printer& p);

} // namespace xxl::cli
