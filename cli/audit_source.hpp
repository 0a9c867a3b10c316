#pragma once
// The records of an audit, read from an admin in pages. Jobs are read a page at a time and before their records, so
// that what a fire row says is never older than what is then found in the record.

#include "audit/audit.hpp"
#include "cli/admin.hpp"
#include "protocol/audit_messages.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace xxl::cli {

/// One list of the records, page by page, as long as there are any.
template <class Row, class List> class audit_pages {
public:
  explicit audit_pages(admin& a) : admin_{&a} {}

  void begin(audit_query q);
  /// The next row; null: there is none.
  const Row* peek();
  Row take();

private:
  void fetch();

  admin* admin_;
  audit_query query_;
  std::vector<Row> page_;
  std::size_t at_ = 0;
  bool more_ = false;
};

class audit_source : public audit::source {
public:
  /// Fire times in [from, to). `only`: this job alone; else all.
  audit_source(admin& a, instant from, instant to, std::optional<job_id> only);

  std::optional<audit::subject> next() override;
  audit::subject again() override;
  std::optional<audit_gap> next_gap() override;
  std::optional<audit_trigger> next_trigger() override;

private:
  /// The lists of records of a range of jobs.
  struct records {
    explicit records(admin& a) : versions{a}, gaps{a}, triggers{a} {}
    void begin(const audit_query& q);

    audit_pages<audit_version, versions_atom> versions;
    audit_pages<audit_gap, gaps_atom> gaps;
    audit_pages<audit_trigger, triggers_atom> triggers;
  };

  bool next_page_of_jobs();
  std::optional<job_id> stray_before(job_id known);
  audit::subject open(std::optional<audit_job> job, job_id id, records& from);
  audit_query range(job_id first, job_id last) const;

  admin& admin_;
  instant from_, to_;
  job_id last_; ///< of all that are audited
  std::vector<audit_job> jobs_;
  std::size_t at_ = 0;   ///< the next one of jobs_
  job_id done_;          ///< the last id whose records have been begun
  bool ended_ = false;   ///< there are no more jobs
  job_id current_;       ///< next_gap() and next_trigger() are of this one
  records all_, second_; ///< the first reading, job after job; the second one, of the current job alone
  records* reading_ = &all_;
};

} // namespace xxl::cli
