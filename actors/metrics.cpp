#include "actors/metrics.hpp"

namespace xxl {

metrics::value& metrics::at(const std::string& name) {
  std::lock_guard guard{mutex_};
  auto& slot = values_[name];
  if (!slot) slot = std::make_unique<value>(0);
  return *slot;
}

std::map<std::string, std::int64_t> metrics::snapshot() const {
  std::lock_guard guard{mutex_};
  std::map<std::string, std::int64_t> all;
  for (auto& [name, v] : values_) all.emplace(name, v->load(std::memory_order_relaxed));
  return all;
}

} // namespace xxl
