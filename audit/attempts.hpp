#pragma once
// Triggers that belong together: the attempts of a retry, the shards of a broadcast, and the runs of a fixed delay,
// each of which waits for the end of the one before (guarantees.md §1, §2 "Fixed delay", "Shards").

#include "audit/finding.hpp"
#include "audit/plan.hpp"
#include "protocol/audit_messages.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace xxl::audit {

class attempts {
public:
  using sink = std::function<void(finding)>; ///< of findings that lack the job's name

  /// `p` outlives this.
  attempts(const plan& p, sink out) : plan_{p}, out_{std::move(out)} {}

  /// The job's triggers in the order of their keys. False: one of this very key was there already.
  bool row(const audit_trigger& t);
  /// None follows.
  void end();

private:
  void follow(const audit_trigger& t);
  void begin_shard(const audit_trigger& t);
  void begin_run(const audit_trigger& t);
  void end_chain();
  void end_fire();
  void lacks_shards(std::int16_t first, std::int16_t last);
  const retry_rule* rule_of(const audit_trigger& t) const;
  bool one_delay(spec_version first, spec_version last) const;

  const plan& plan_;
  sink out_;
  std::optional<audit_trigger> before_; ///< the row before
  std::optional<audit_trigger> run_;    ///< the last attempt of the schedule's last fire
  std::optional<audit_trigger> parent_; ///< of the shards of this fire
  std::int16_t next_shard_ = 0;
};

} // namespace xxl::audit
