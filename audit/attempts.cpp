#include "audit/attempts.hpp"

#include "audit/trigger_rules.hpp"
#include "audit/words.hpp"

#include <string>
#include <tuple>

namespace xxl::audit {
namespace {

auto fire_of(const audit_trigger& t) { return std::tie(t.fire, t.origin); }
auto chain_of(const audit_trigger& t) { return std::tie(t.fire, t.origin, t.shard); }
auto key_of(const audit_trigger& t) { return std::tie(t.fire, t.origin, t.shard, t.attempt); }

bool is_run(const audit_trigger& t) { return t.origin.empty() && t.shard < 0; }

std::string attempt_words(const audit_trigger& t) { return "attempt " + std::to_string(t.attempt); }

} // namespace

bool attempts::row(const audit_trigger& t) {
  if (before_ && key_of(*before_) == key_of(t)) {
    auto what = is_run(t) && t.attempt == 1 ? kind::doubled_fire : kind::attempt_doubled;
    out_(about(what, t, "stands twice: trigger " + to_string(before_->id) + " has the same key"));
    return false;
  }
  if (before_ && chain_of(*before_) == chain_of(t)) {
    follow(t);
  } else {
    end_chain();
    if (before_ && fire_of(*before_) != fire_of(t)) end_fire();
    if (t.attempt != 1) out_(about(kind::attempt_missing, t, "has no attempt 1 before it"));
    if (is_parent(t) && t.claimed) parent_ = t; // what waits has not asked for its shards yet
    if (t.shard >= 0) begin_shard(t);
    if (is_run(t)) begin_run(t);
  }
  before_ = t;
  return true;
}

void attempts::end() {
  end_chain();
  end_fire();
}

/// Another attempt of the same run.
void attempts::follow(const audit_trigger& t) {
  auto& b = *before_;
  if (t.attempt != b.attempt + 1)
    return out_(about(kind::attempt_missing, t, "has no attempt " + std::to_string(t.attempt - 1) + " before it"));
  auto* rule = rule_of(b);
  if (!is_final(b.state))
    out_(about(kind::retry_not_asked, t, "follows " + attempt_words(b) + ", which is still " + to_string(b.state)));
  else if (rule && !rule->again(b.state, b.attempt))
    out_(about(kind::retry_not_asked, t,
               "follows " + attempt_words(b) + ", which is " + to_string(b.state) + ": nothing may follow it"));
}

/// The first attempt that is seen of a shard.
void attempts::begin_shard(const audit_trigger& t) {
  if (!parent_ || t.shard >= parent_->shards)
    return out_(about(kind::shard_unasked, t, "is a shard that no parent asked for"));
  if (t.shard > next_shard_) lacks_shards(next_shard_, static_cast<std::int16_t>(t.shard - 1));
  next_shard_ = static_cast<std::int16_t>(t.shard + 1);
}

/// The schedule's next fire.
void attempts::begin_run(const audit_trigger& t) {
  if (run_ && !is_final(run_->state) && one_delay(run_->version, t.version))
    out_(about(kind::delay_not_awaited, t,
               "began although trigger " + to_string(run_->id) + " before it is still " + to_string(run_->state)));
}

void attempts::end_chain() {
  if (!before_) return;
  auto& b = *before_;
  if (is_run(b)) run_ = b;
  auto* rule = rule_of(b);
  if (rule && is_final(b.state) && !is_parent(b) && rule->again(b.state, b.attempt))
    out_(about(kind::retry_missing, b,
               "is " + to_string(b.state) + ", and attempt " + std::to_string(b.attempt + 1) + " never followed"));
}

void attempts::end_fire() {
  if (parent_ && next_shard_ < parent_->shards)
    lacks_shards(next_shard_, static_cast<std::int16_t>(parent_->shards - 1));
  parent_.reset();
  next_shard_ = 0;
}

void attempts::lacks_shards(std::int16_t first, std::int16_t last) {
  out_(about(kind::shard_missing, *parent_,
             "lacks shards " + std::to_string(first) + " to " + std::to_string(last) + " of its " +
                 std::to_string(parent_->shards)));
}

/// Null where the specification is not known.
const retry_rule* attempts::rule_of(const audit_trigger& t) const {
  auto* v = plan_.find(t.version);
  return v && v->problem.empty() ? &v->retry : nullptr;
}

/// Whether the job was a fixed delay all the time between these versions: another schedule in between does not await.
bool attempts::one_delay(spec_version first, spec_version last) const {
  for (auto n = first; n <= last; ++n) {
    auto* v = plan_.find(n);
    if (!v || !v->problem.empty() || v->times.what() != schedule::timetable::kind::after) return false;
  }
  return true;
}

} // namespace xxl::audit
