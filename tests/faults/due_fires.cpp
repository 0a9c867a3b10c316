#include "tests/faults/due_fires.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace xxl::faults {
namespace {

using nlohmann::json;

/// The schedule of a version, and whether anything fires by it.
struct regime {
  std::int64_t every_ms = 0, start_ms = 0;
  bool held = false, enabled = true;
  friend bool operator==(const regime&, const regime&) = default;
};

regime regime_of(const json& spec, const e2e::job_version& v) {
  auto& schedule = spec.at("schedule");
  regime r;
  r.every_ms = schedule.at("every").get<std::int64_t>();
  r.start_ms = schedule.value("start", std::int64_t{0});
  r.held = v.paused;
  r.enabled = v.enabled;
  return r;
}

stretch begin(const regime& r, std::int64_t after_ms) {
  stretch s;
  s.every_ms = r.every_ms;
  s.start_ms = r.start_ms;
  s.held = r.held;
  s.after_ms = after_ms;
  return s;
}

} // namespace

std::optional<std::int64_t> stretch::first_from(std::int64_t ms) const {
  auto from = std::max({ms, after_ms + 1, start_ms});
  auto since = from - start_ms;
  auto at = start_ms + (since + every_ms - 1) / every_ms * every_ms;
  if (at > until_ms) return std::nullopt;
  return at;
}

std::int64_t stretch::count(std::int64_t from_ms, std::int64_t to_ms) const {
  auto first = first_from(from_ms);
  auto last = std::min(to_ms, until_ms);
  return first && *first <= last ? (last - *first) / every_ms + 1 : 0;
}

job_plan plan_of(std::span<const e2e::job_version> versions) {
  if (versions.empty() || versions.back().enabled)
    throw std::runtime_error{"a job was not disabled at the end of the run"};
  job_plan plan;
  plan.job = versions.front().job;
  plan.ended_ms = versions.back().from_ms;
  json spec;
  std::optional<regime> now;
  for (auto& v : versions) {
    if (!v.spec.empty()) spec = json::parse(v.spec);
    plan.retries = spec.value("retries", 0);
    if (spec.at("schedule").contains("after")) {
      plan.fixed_delay = true;
      continue;
    }
    auto next = regime_of(spec, v);
    if (now == next) continue; // an edit of something else
    auto base = std::max(v.from_ms, v.after_ms.value_or(v.from_ms));
    if (now && now->enabled) {
      auto& open = plan.stretches.back();
      open.until_ms = base;
      open.edited_ms = v.from_ms;
      open.last_version = v.version - 1;
    }
    if (next.enabled) plan.stretches.push_back(begin(next, base));
    now = next;
  }
  return plan;
}

} // namespace xxl::faults
