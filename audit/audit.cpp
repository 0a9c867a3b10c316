#include "audit/audit.hpp"

#include "audit/job_audit.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace xxl::audit {

void totals::add(const totals& o) {
  jobs += o.jobs;
  due += o.due;
  first_attempts += o.first_attempts;
  gap_rows += o.gap_rows;
  gap_fires += o.gap_fires;
  missing += o.missing;
  triggers += o.triggers;
  pending += o.pending;
  held += o.held;
  starts += o.starts;
}

report audit_job_once(const subject& s, source& records, const request& r) {
  job_audit job{s, r};
  auto gap = records.next_gap();
  auto trigger = records.next_trigger();
  while (gap || trigger) {
    if (gap && (!trigger || gap->from <= trigger->fire)) {
      job.gap(*gap);
      gap = records.next_gap();
    } else {
      job.trigger(*trigger);
      trigger = records.next_trigger();
    }
  }
  return job.end();
}

report run(source& records, const request& r) {
  report all;
  std::set<std::string> unvisited;
  if (r.handlers && r.all_jobs)
    for (auto& job : r.handlers->jobs()) unvisited.insert(job);
  while (auto s = records.next()) {
    auto once = audit_job_once(*s, records, r);
    if (once.found.error_count() > 0) {
      *s = records.again();
      auto twice = audit_job_once(*s, records, r);
      twice.found.keep_errors_also_in(once.found);
      once = std::move(twice);
    }
    all.seen.add(once.seen);
    all.found.add(once.found);
    unvisited.erase(s->job.group + "/" + s->job.name);
  }
  for (auto& job : unvisited) {
    auto starts = r.handlers->starts_of(job);
    auto in_period =
        std::find_if(starts.begin(), starts.end(), [&](auto& s) { return s.fire >= r.from && s.fire < r.to; });
    if (in_period == starts.end()) continue;
    auto& first = *in_period;
    all.found.add({kind::handler_without_row,
                   job,
                   first.fire,
                   first.fire,
                   0,
                   first.origin,
                   first.shard,
                   first.attempt,
                   {},
                   job + ": the handlers' record names it, but there is no such job"});
  }
  return all;
}

} // namespace xxl::audit
