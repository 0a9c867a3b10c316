#pragma once
// The audit of one job, in one pass over its records.

#include "audit/attempts.hpp"
#include "audit/audit.hpp"
#include "audit/fire_accounts.hpp"
#include "audit/handler_match.hpp"
#include "audit/plan.hpp"

#include <string>

namespace xxl::audit {

class job_audit {
public:
  /// Both outlive this.
  job_audit(const subject& s, const request& r);
  job_audit(const job_audit&) = delete; // its parts tell what they find to this very object
  job_audit& operator=(const job_audit&) = delete;

  /// In the order of time: gap rows by their first fire, triggers by their keys, a gap row before triggers of its first
  /// fire.
  void gap(const audit_gap& g);
  void trigger(const audit_trigger& t);
  /// None follows.
  report end();

private:
  void tell(finding f);
  void tell_of_versions();
  void tell_of_plan();
  void tell_of_handlers();

  const subject& subject_;
  const request& request_;
  std::string name_;
  report report_;
  plan plan_;
  fire_accounts accounts_;
  attempts attempts_;
  handler_match handlers_;
  std::uint64_t unknown_triggers_ = 0, unknown_gaps_ = 0;
};

} // namespace xxl::audit
