#include "tests/faults/workload.hpp"

namespace xxl::faults {
namespace {

constexpr int untouched = 260, edited = 40, delayed = 10;

/// Half of them without retries.
std::vector<harness_job> spread(const std::string& name, int n) {
  std::vector<harness_job> jobs;
  for (int i = 0; i < n; ++i) {
    harness_job job;
    job.name = name + "-" + std::to_string(i);
    job.phase_ms = i * 1'000 / n;
    job.retries = i % 2 == 0 ? 0 : 2;
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::string schedule_of(const harness_job& job) {
  if (job.fixed_delay) return "{after: 500ms}";
  auto ms = std::to_string(1'000 + job.phase_ms).substr(1);
  return "{every: 1s, start: 2026-01-01T00:00:00." + ms + "Z}";
}

} // namespace

std::vector<harness_job> untouched_jobs() {
  auto jobs = spread("steady", untouched);
  for (auto& job : spread("delayed", delayed)) {
    jobs.push_back(job);
    jobs.back().fixed_delay = true;
  }
  return jobs;
}

std::vector<harness_job> edited_jobs() { return spread("edited", edited); }

std::string job_file(const std::vector<harness_job>& jobs, const std::filesystem::path& record) {
  auto text = std::string{"version: 1\ngroups:\n  - name: "} + group + "\n    title: Records its runs\n";
  if (!jobs.empty()) text += "jobs:\n";
  for (auto& job : jobs) {
    text += "  - name: " + job.name + "\n    group: " + group + "\n    schedule: " + schedule_of(job) +
            "\n    handler: " + (job.retries > 0 ? "stumble" : "record") + "\n    params: \"" + record.string() +
            "\"\n    retries: " + std::to_string(job.retries) + "\n";
    if (!job.owner.empty()) text += "    owner: " + job.owner + "\n";
    if (!job.enabled) text += "    enabled: false\n";
  }
  return text;
}

} // namespace xxl::faults
