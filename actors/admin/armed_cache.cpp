#include "actors/admin/armed_cache.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <variant>

namespace xxl::admin {

armed_cache::armed_cache(metrics& m, std::size_t most) : most_{most}, bad_specs_{m.at("plan.bad_specs")} {}

const armed_job_ptr* armed_cache::find(const storage::spec_key& key) const {
  auto job = jobs_.find(key.job);
  if (job == jobs_.end()) return nullptr;
  auto version = job->second.find(key.version);
  return version == job->second.end() ? nullptr : &version->second;
}

void armed_cache::keep(const storage::spec_key& key, armed_job_ptr job) {
  auto& versions = jobs_[key.job];
  // Older versions are still needed by triggers that were inserted with them; two suffice for all but the rarest.
  if (versions.size() > 2) versions.clear();
  versions[key.version] = std::move(job);
}

void armed_cache::clear() {
  std::lock_guard guard{mutex_};
  jobs_.clear();
}

armed_job_ptr armed_cache::compile(const storage::stored_spec& stored) {
  auto armed = arm(stored);
  if (auto* job = std::get_if<armed_job_ptr>(&armed)) return *job;
  ++bad_specs_;
  spdlog::error("{}; it cannot fire until it is applied anew", std::get<std::string>(armed));
  return nullptr;
}

std::vector<armed_job_ptr> armed_cache::get(std::span<const storage::spec_key> keys, storage::plan_reader& reader) {
  std::vector<armed_job_ptr> found;
  std::vector<storage::spec_key> missing;
  {
    std::lock_guard guard{mutex_};
    for (auto& key : keys) {
      if (auto* job = find(key)) {
        if (*job) found.push_back(*job);
      } else {
        missing.push_back(key);
      }
    }
  }
  if (missing.empty()) return found;

  // Compiled outside the lock: other actors go on looking up.
  std::vector<std::pair<storage::spec_key, armed_job_ptr>> read;
  for (auto& stored : reader.specs(missing))
    read.emplace_back(storage::spec_key{stored.job, stored.version}, compile(stored));
  std::lock_guard guard{mutex_};
  if (jobs_.size() + read.size() > most_) jobs_.clear();
  for (auto& [key, job] : read) {
    if (job) found.push_back(job);
    keep(key, std::move(job));
  }
  return found;
}

} // namespace xxl::admin
