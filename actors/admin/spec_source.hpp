#pragma once
// Answers questions for specifications: from the node's cache, else from the database. Detached; on every admin.

#include "actors/admin/armed_cache.hpp"
#include "actors/admin/scheduler_actors.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace xxl::admin {

struct spec_source_config {
  std::shared_ptr<storage::plan_reader> db;
  armed_cache_ptr cache;
};

spec_source_actor spawn_spec_source(caf::actor_system& sys, spec_source_config cfg, bool detached = true);

} // namespace xxl::admin
