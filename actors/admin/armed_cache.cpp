#include "actors/admin/armed_cache.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <variant>

namespace xxl::admin {

armed_cache::armed_cache(metrics& m, std::size_t most) : most_{most}, bad_specs_{m.at("plan.bad_specs")} {}

armed_job_ptr armed_cache::find(const storage::spec_key& key) const {
  auto job = jobs_.find(key.job);
  if (job == jobs_.end())
    return nullptr;
  auto version = job->second.find(key.version);
  return version == job->second.end() ? nullptr : version->second;
}

std::vector<armed_job_ptr> armed_cache::get(std::span<const storage::spec_key> keys, storage::plan_reader& reader) {
  std::vector<armed_job_ptr> found;
  std::vector<storage::spec_key> missing;
  {
    std::lock_guard guard{mutex_};
    for (auto& key : keys) {
      if (auto job = find(key))
        found.push_back(std::move(job));
      else
        missing.push_back(key);
    }
  }
  if (missing.empty())
    return found;

  std::vector<armed_job_ptr> read;
  for (auto& stored : reader.specs(missing)) {
    auto armed = arm(stored);
    if (auto* problem = std::get_if<std::string>(&armed)) {
      ++bad_specs_;
      spdlog::error("{}; it cannot fire until it is applied anew", *problem);
    } else {
      read.push_back(std::get<armed_job_ptr>(std::move(armed)));
    }
  }
  std::lock_guard guard{mutex_};
  if (jobs_.size() + read.size() > most_)
    jobs_.clear();
  for (auto& job : read) {
    auto& versions = jobs_[job->id];
    // Older versions are still needed by triggers that were inserted with them; two suffice for all but the rarest.
    if (versions.size() > 2)
      versions.clear();
    versions[job->version] = job;
    found.push_back(job);
  }
  return found;
}

} // namespace xxl::admin
