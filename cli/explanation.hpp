#pragma once
// What xxlctl explain schedule tells of a schedule: its meaning, its next fires, and what the next changes of its
// zone's clocks do to it.

#include "forecast/transitions.hpp"
#include "protocol/job_spec.hpp"
#include "schedule/timetable.hpp"
#include "schedule/zone.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xxl::cli {

struct explanation {
  std::string job; ///< its full name; empty: an expression without a job
  schedule_spec spec;
  std::string meaning;                        ///< a sentence
  std::shared_ptr<const schedule::zone> zone; ///< of a cron schedule; else null, and all below but `next` is of no use
  std::optional<forecast::cron_parts> cron;
  std::vector<instant> next;                   ///< the next five fires
  std::vector<forecast::clock_change> changes; ///< the next two
};

/// `when` is the timetable of `spec`.
explanation explain(std::string job, const schedule_spec& spec, const schedule::timetable& when, instant now);

std::string render(const explanation& e);
/// An array; keys are in docs/xxlctl.md.
std::string json(const std::vector<explanation>& all);

} // namespace xxl::cli
