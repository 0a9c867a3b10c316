#pragma once
// One job's starts in the handlers' record against its rows in the ledger, both in the order of their keys.

#include "audit/finding.hpp"
#include "audit/handler_record.hpp"
#include "protocol/audit_messages.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace xxl::audit {

class handler_match {
public:
  using sink = std::function<void(finding)>; ///< of findings that lack the job's name

  /// Starts outside of [from, to) are passed over, and those of the schedule from `border` on: their rows are not
  /// proved yet.
  handler_match(std::span<const handler_start> sorted, instant from, instant to, instant border, sink out);

  /// The next row, of a key that was not told before. Parents of broadcasts are not told: they start nowhere.
  void row(const audit_trigger& t);
  /// No row follows.
  void end();

  std::uint64_t starts() const { return starts_; }     ///< lines that count
  std::uint64_t rows_that_ran() const { return ran_; } ///< rows that say that a handler ran them

private:
  bool passed_over(const handler_start& s) const;
  void skip_passed_over();
  handler_start take();
  void without_row(const handler_start& s);

  std::span<const handler_start> left_;
  instant from_, to_, border_;
  sink out_;
  bool silent_;
  std::uint64_t starts_ = 0, ran_ = 0;
};

} // namespace xxl::audit
