#pragma once
// The audit of a period (guarantees.md: "due fires = first attempts + gap rows", and every trigger a legal path). It
// knows neither a network nor a database: whoever has the records feeds them through `source`. Memory: the versions of
// one job, a few rows, and the findings that are kept; time: one step of the schedule per row.
//
// What is proved of a job ends at its fire row as it was when the job was read: a fire due before the stored next fire
// must be in the record, one due from there on is still planned, whatever the period says. Rows by hand and the like
// are looked at in the whole period.

#include "audit/finding.hpp"
#include "audit/handler_record.hpp"
#include "protocol/audit_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xxl::audit {

/// One job, read at one moment and before its records.
struct subject {
  audit_job job;                       ///< of records whose job does not exist, the id alone
  std::vector<audit_version> versions; ///< from the first on
  bool known = true;                   ///< false: there is no such job, but there are records of it
};

/// Where an audit reads from. Calls may throw: the audit ends with that exception.
class source {
public:
  virtual ~source() = default;
  /// The next job, by id; deleted ones too.
  virtual std::optional<subject> next() = 0;
  /// The job that next() answered last, read anew; its records begin anew as well.
  virtual subject again() = 0;
  /// That job's gap rows that reach into the period, by their first fire; none: no more.
  virtual std::optional<audit_gap> next_gap() = 0;
  /// Its triggers of the period, open and ended, by fire time, origin, shard and attempt.
  virtual std::optional<audit_trigger> next_trigger() = 0;
};

struct request {
  instant from{}, to{}; ///< fire times in [from, to)
  instant now{};        ///< tells what has been due for some time
  std::string tzdb;     ///< version of this machine's zone data
  const handler_record* handlers = nullptr;
  bool all_jobs = true; ///< false: the source has only some; the others that `handlers` names are left alone
};

/// What was looked at.
struct totals {
  std::uint64_t jobs = 0;
  std::uint64_t due = 0;            ///< fires that had to be recorded
  std::uint64_t first_attempts = 0; ///< of them
  std::uint64_t gap_rows = 0, gap_fires = 0;
  std::uint64_t missing = 0;  ///< due, but in neither
  std::uint64_t triggers = 0; ///< all rows: retries, shards and triggers by hand too
  std::uint64_t pending = 0;  ///< due and not claimed yet
  std::uint64_t held = 0;     ///< due and held by a pause that goes on
  std::uint64_t starts = 0;   ///< in the handlers' record

  void add(const totals& other);
};

struct report {
  totals seen;
  findings found;
};

/// One job, once. `next_gap` and `next_trigger` of the source are read to their ends.
report audit_job_once(const subject& s, source& records, const request& r);

/// All jobs. A job with errors is read a second time, and only what both times show is an error: a ledger that is being
/// written is read in pages, and two pages may contradict each other.
report run(source& records, const request& r);

} // namespace xxl::audit
