#pragma once
// What xxlctl simulate found, as people and programs read it.

#include "forecast/job.hpp"
#include "forecast/load.hpp"

#include <string>
#include <vector>

namespace xxl::cli {

struct simulation {
  std::vector<forecast::job> jobs;
  forecast::load load; ///< of these jobs
};

/// Totals, the busiest seconds, counts condensed to some dozens of rows, jobs that overlap themselves, and those that
/// nothing can be said of.
std::string render(const simulation& s);
/// One object with every minute; its keys are in docs/xxlctl.md.
std::string json(const simulation& s);

} // namespace xxl::cli
