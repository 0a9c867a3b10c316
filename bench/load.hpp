#pragma once
// Puts the bench's jobs into the admin, as an operator does: over CAF, in batches.

#include "cli/admin.hpp"
#include "protocol/job_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xxl::bench {

/// Job number i: "job-<i>" of the bench's group, run by the bench's handler.
job_spec bench_job(std::size_t i, schedule_spec schedule);
std::string full_name(const job_spec& job);

/// An operator's connection to the admin of the bench, once it answers.
cli::admin connect_when_up(caf::actor_system& sys, std::uint16_t port);
void apply_group(cli::admin& admin);
void wait_for_executors(cli::admin& admin, unsigned n);
/// Throws std::runtime_error with the admin's words if one of them is not created.
void apply(cli::admin& admin, std::vector<job_spec> jobs);

} // namespace xxl::bench
