#pragma once
// The first law for one job: due fires = first attempts + gap rows. Fed with gap rows and first attempts in the order
// of time, it tells what is missing, what stands twice and what was never due.

#include "audit/finding.hpp"
#include "audit/plan.hpp"
#include "protocol/audit_messages.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace xxl::audit {

class fire_accounts {
public:
  using sink = std::function<void(finding)>; ///< of findings that lack the job's name

  /// Of fire times in [from, to), and before the plan's border. `p` outlives this.
  fire_accounts(const plan& p, instant from, instant to, sink out);

  /// By their first fires. Those that begin at the border or later are still being written and left alone.
  void gap(const audit_gap& g);
  /// A trigger of the schedule, no shard, attempt 1, before the border, of a known version.
  void first_attempt(const audit_trigger& t);
  /// Neither follows.
  void end();

  std::uint64_t due() const { return due_; }
  std::uint64_t first_attempts() const { return first_attempts_; }
  std::uint64_t gap_rows() const { return gap_rows_; }
  std::uint64_t gap_fires() const { return gap_fires_; }
  std::uint64_t missing() const { return missing_; }

private:
  void nothing_missing_before(instant t);
  void check_count(const audit_gap& g, const planned_version& v);
  void count_fires(const audit_gap& g, const planned_version* v);

  const plan& plan_;
  instant from_, until_; ///< until: the first instant that does not count
  sink out_;
  instant accounted_;                ///< everything up to here has been dealt with
  std::optional<instant> gap_until_; ///< the last fire of all gap rows so far
  std::uint64_t due_ = 0, first_attempts_ = 0, gap_rows_ = 0, gap_fires_ = 0, missing_ = 0;
};

} // namespace xxl::audit
