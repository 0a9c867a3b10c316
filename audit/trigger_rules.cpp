#include "audit/trigger_rules.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace xxl::audit {
namespace {

using namespace std::chrono_literals;
using state = trigger_state;

constexpr auto clocks_apart = 1s;

/// Attempt 1: what its origin says of why it exists.
bool cause_fits_origin(const audit_trigger& t) {
  switch (t.origin.empty() ? '\0' : t.origin[0]) {
  case '\0': return t.cause == trigger_cause::schedule || t.cause == trigger_cause::misfire;
  case 'm': return t.cause == trigger_cause::manual;
  case 'r': return t.cause == trigger_cause::rerun;
  case 'b': return t.cause == trigger_cause::backfill;
  case 'p':
  case 'j': return t.cause == trigger_cause::parent;
  default: return false;
  }
}

std::string illegal_key(const audit_trigger& t) {
  if (!known(t.state)) return "its state is " + to_string(t.state);
  if (!known(t.cause)) return "its cause is " + to_string(t.cause);
  if (t.attempt < 1) return "its attempt is " + std::to_string(t.attempt);
  if (t.shard < -1 || t.shards < 0)
    return "its shard is " + std::to_string(t.shard) + " of " + std::to_string(t.shards);
  if ((t.attempt > 1) != (t.cause == trigger_cause::retry))
    return "attempt " + std::to_string(t.attempt) + " has the cause " + to_string(t.cause);
  if (t.attempt == 1 && !cause_fits_origin(t))
    return "the cause " + to_string(t.cause) + " does not go with the origin \"" + t.origin + "\"";
  return {};
}

/// Held by a session, or by its shards.
std::string illegal_holder(const audit_trigger& t) {
  auto claimed = t.claimed && t.epoch.value > 0;
  if (t.state == state::waiting && t.session) return "it waits and has a session";
  if (!is_final(t.state) && t.state != state::waiting) {
    if (!t.session && !is_parent(t)) return "it is " + to_string(t.state) + " and has no session";
    if (!claimed) return "it is " + to_string(t.state) + " and was never claimed";
  }
  if (is_final(t.state) && t.session && !claimed) return "a session had it, but it was never claimed";
  if (t.state == state::lost && !t.session) return "it is lost, but no session had it";
  return {};
}

std::string illegal_start(const audit_trigger& t) {
  if (t.started && t.state == state::waiting) return "it waits although its handler had started";
  if (t.started && !t.session) return "its handler started, but no session had it";
  if (t.started && (t.state == state::discarded || t.state == state::missed))
    return "it is " + to_string(t.state) + " although its handler had started";
  if (!t.started && !is_parent(t) && (t.state == state::succeeded || t.state == state::timed_out))
    return "it is " + to_string(t.state) + ", but its handler never started";
  return {};
}

} // namespace

bool is_parent(const audit_trigger& t) { return t.shard < 0 && t.shards > 0; }

std::string illegal(const audit_trigger& t) {
  for (auto* rule : {illegal_key, illegal_holder, illegal_start})
    if (auto why = rule(t); !why.empty()) return why;
  if (t.ended && !is_final(t.state)) return "it has ended, but is " + to_string(t.state);
  return {};
}

std::string out_of_order(const audit_trigger& t) {
  const std::array<std::pair<const char*, std::optional<instant>>, 4> steps{
      {{"claimed", t.claimed}, {"sent", t.sent}, {"started", t.started}, {"ended", t.ended}}};
  std::pair<const char*, std::optional<instant>> before;
  for (auto& step : steps) {
    if (!step.second) continue;
    if (before.second && *step.second + clocks_apart < *before.second)
      return std::string{step.first} + " " + std::to_string((*before.second - *step.second).count()) +
             " ms before it was " + before.first;
    before = step;
  }
  return {};
}

} // namespace xxl::audit
