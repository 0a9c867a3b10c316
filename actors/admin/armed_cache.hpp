#pragma once
// Compiled specifications by (job, version), shared by the actors of a node that read them: the read-ahead fills it,
// completions and links look up. Bounded; thread-safe.

#include "actors/admin/armed_job.hpp"
#include "actors/metrics.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace xxl::admin {

class armed_cache {
public:
  /// `most`: jobs kept. At the limit the cache is emptied and fills again: a miss costs one read of a batch.
  explicit armed_cache(metrics& m, std::size_t most = 250'000);

  /// What is known of `keys`, reading the rest through `reader` in one statement. A specification that cannot be
  /// compiled is left out, logged with its job's id and counted (`plan.bad_specs`). Throws storage::error.
  std::vector<armed_job_ptr> get(std::span<const storage::spec_key> keys, storage::plan_reader& reader);

  /// What is asked for from now on is compiled anew: the zone data is another.
  void clear();

private:
  const armed_job_ptr* find(const storage::spec_key& key) const;
  void keep(const storage::spec_key& key, armed_job_ptr job);
  armed_job_ptr compile(const storage::stored_spec& stored);

  mutable std::mutex mutex_;
  std::unordered_map<job_id, std::unordered_map<spec_version, armed_job_ptr>> jobs_; ///< null: cannot be compiled
  std::size_t most_;
  metrics::value& bad_specs_;
};

using armed_cache_ptr = std::shared_ptr<armed_cache>;

} // namespace xxl::admin
