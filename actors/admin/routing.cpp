#include "actors/admin/routing.hpp"

namespace xxl::admin {
namespace {

/// XXL-JOB starts a job's counter somewhere in [0, 100) and starts anew above 1,000,000, so that jobs do not march in
/// step.
constexpr std::uint32_t start_below = 100;
constexpr std::uint32_t restart_above = 1'000'000;

std::optional<std::size_t> with_room(std::span<const route_candidate> candidates, std::size_t begin) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    auto at = (begin + i) % candidates.size();
    if (candidates[at].room > 0) return at;
  }
  return std::nullopt;
}

std::optional<std::size_t> if_room(std::span<const route_candidate> candidates, std::size_t at) {
  if (candidates[at].room > 0) return at;
  return std::nullopt;
}

} // namespace

std::optional<std::size_t> routing::choose(route_strategy how, job_id job,
                                           std::span<const route_candidate> candidates) {
  if (candidates.empty()) return std::nullopt;
  switch (how) {
  case route_strategy::first: return if_room(candidates, 0);
  case route_strategy::last: return if_room(candidates, candidates.size() - 1);
  case route_strategy::random:
    return with_room(candidates, std::uniform_int_distribution<std::size_t>{0, candidates.size() - 1}(random_));
  case route_strategy::round: break;
  }
  auto [it, added] = counters_.try_emplace(job, 0);
  if (added || it->second > restart_above)
    it->second = std::uniform_int_distribution<std::uint32_t>{0, start_below - 1}(random_);
  else
    ++it->second;
  return with_room(candidates, it->second % candidates.size());
}

} // namespace xxl::admin
