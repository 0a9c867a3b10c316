#pragma once
// The jobs that fire while faults are planted: more than 200 a second, half of them with retries 0.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace xxl::faults {

inline constexpr auto group = "faults";

struct harness_job {
  std::string name;
  bool fixed_delay = false;  ///< half a second after the end of its last run; else every second
  std::int64_t phase_ms = 0; ///< within its second: 0 to 999
  int retries = 0;           ///< its handler fails now and then where there are any
  std::string owner;         ///< changes nothing that fires
  bool enabled = true;

  std::string full_name() const { return std::string{group} + "/" + name; }
};

/// Jobs that nobody touches while faults are planted, spread over the second.
std::vector<harness_job> untouched_jobs();
/// Jobs that operators edit and pause all the time.
std::vector<harness_job> edited_jobs();

/// A job file with the group and these jobs, whose handlers append to `record`.
std::string job_file(const std::vector<harness_job>& jobs, const std::filesystem::path& record);

} // namespace xxl::faults
