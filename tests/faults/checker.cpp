#include "tests/faults/checker.hpp"

#include "protocol/enums.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace xxl::faults {
namespace {

using e2e::gap_row;
using e2e::ledger_row;
using e2e::run_key;

/// Between the harness's reading of a clock and an admin's, both cut to milliseconds.
constexpr std::int64_t rounding_ms = 2;
/// How long after a cut the rows of the session that it ended may still be settled.
constexpr std::int64_t settling_ms = 30'000;
/// How much earlier than its instant a run may start: so far may an admin's clock be from the executors' before it says
/// so.
constexpr std::int64_t early_ms = 100;

trigger_state state_of(const ledger_row& row) { return static_cast<trigger_state>(row.state); }
state_reason reason_of(const ledger_row& row) { return static_cast<state_reason>(row.reason); }

/// What is known of one job.
struct job_record {
  std::vector<const ledger_row*> rows; ///< by key
  std::vector<const gap_row*> gaps;
  std::vector<const operator_act*> acts;
};

class judge {
public:
  explicit judge(const evidence& e) : e_{e} {}

  verdict run() {
    sort_out();
    look_at_starts();
    for (auto& row : e_.ledger.rows) look_at_end(row);
    for (auto& plan : e_.jobs) {
      look_at_attempts(plan);
      plan.fixed_delay ? look_at_delays(plan) : look_at_fires(plan);
      for (auto* gap : of(plan.job).gaps) look_at_gap(plan, *gap);
    }
    for (auto& v : e_.versions) look_at_edit(v);
    look_at_triggers();
    v_.gaps = static_cast<std::int64_t>(e_.ledger.gaps.size());
    return std::move(v_);
  }

private:
  void wrong(std::string rule, const std::string& job, std::int64_t fire_ms, std::string what) {
    v_.violations.push_back({std::move(rule), job, fire_ms, std::move(what)});
  }
  void lost(std::string rule, const std::string& job, std::int64_t fire_ms, std::string what, std::int64_t fires = 1) {
    v_.lost += fires;
    wrong(std::move(rule), job, fire_ms, std::move(what));
  }

  void sort_out() {
    for (auto& row : e_.ledger.rows) records_[row.key.job].rows.push_back(&row);
    for (auto& gap : e_.ledger.gaps) records_[gap.job].gaps.push_back(&gap);
    for (auto& act : e_.acts) records_[act.job].acts.push_back(&act);
    for (auto& [job, r] : records_)
      std::sort(r.rows.begin(), r.rows.end(), [](auto* a, auto* b) { return a->key < b->key; });
    for (auto& line : e_.starts) started_.push_back(line.key);
    std::sort(started_.begin(), started_.end());
  }

  job_record& of(const std::string& job) { return records_[job]; }
  bool started(const run_key& key) const { return std::binary_search(started_.begin(), started_.end(), key); }
  const ledger_row* row_of(const run_key& key) {
    auto& rows = of(key.job).rows;
    auto at = std::lower_bound(rows.begin(), rows.end(), key, [](auto* row, auto& k) { return row->key < k; });
    return at != rows.end() && (*at)->key == key ? *at : nullptr;
  }

  // ---- starts

  void look_at_starts() {
    for (auto at = started_.begin(); at != started_.end();) {
      auto next = std::upper_bound(at, started_.end(), *at);
      if (auto times = next - at; times > 1) {
        v_.doubled += times - 1;
        auto* row = row_of(*at);
        wrong("doubled", at->job, at->fire_ms,
              "started " + std::to_string(times) + " times: " + (row ? text_of(*row) : "no row"));
      }
      if (!row_of(*at)) wrong("started, and not in the ledger", at->job, at->fire_ms, to_string(*at));
      at = next;
    }
  }

  // ---- ends

  void look_at_end(const ledger_row& row) {
    auto state = state_of(row);
    if (state == trigger_state::lost) ++v_.lost_rows;
    if (reason_of(row) == state_reason::no_executor && state == trigger_state::failed) ++v_.no_executor;
    if (row.started_ms > 0 && row.started_ms + early_ms < row.key.fire_ms)
      wrong("started before its time", row.key.job, row.key.fire_ms, text_of(row));
    if (e_.killed.contains(row.trigger) && state != trigger_state::killed)
      wrong("killed, and ended otherwise", row.key.job, row.key.fire_ms, text_of(row));
    if (!is_final(state)) return lost("never ended", row.key.job, row.key.fire_ms, text_of(row));
    if (!started(row.key) && !excused(row)) lost("ended without a start", row.key.job, row.key.fire_ms, text_of(row));
  }

  /// An end that needs no start line.
  bool excused(const ledger_row& row) const {
    if (state_of(row) == trigger_state::killed) return e_.to_be_killed.contains(row.trigger);
    if (state_of(row) != trigger_state::lost) return false;
    auto executor = e_.executors.find(row.session);
    return executor != e_.executors.end() && std::any_of(e_.cuts.begin(), e_.cuts.end(), [&](auto& cut) {
             return cut.executor == executor->second && row.claimed_ms <= cut.to_ms && row.ended_ms >= cut.from_ms &&
                    row.ended_ms <= cut.to_ms + settling_ms;
           });
  }

  // ---- attempts

  static bool repeated(const ledger_row& row, const job_plan& plan) {
    auto state = state_of(row);
    return row.key.attempt <= plan.retries && (state == trigger_state::failed || state == trigger_state::timed_out);
  }

  void look_at_attempts(const job_plan& plan) {
    for (auto* row : of(plan.job).rows) {
      auto next = row->key, before = row->key;
      ++next.attempt;
      --before.attempt;
      if (is_final(state_of(*row)) && repeated(*row, plan) && !row_of(next))
        lost("no retry followed", plan.job, row->key.fire_ms, text_of(*row));
      if (before.attempt == 0) continue;
      if (auto* failed = row_of(before); !failed || !repeated(*failed, plan))
        wrong("a retry that nothing called for", plan.job, row->key.fire_ms, text_of(*row));
    }
  }

  // ---- fires and gaps

  bool in_gap(const std::string& job, std::int64_t fire_ms) {
    auto& gaps = of(job).gaps;
    return std::any_of(gaps.begin(), gaps.end(),
                       [&](auto* gap) { return gap->from_ms <= fire_ms && fire_ms <= gap->to_ms; });
  }

  void look_at_fires(const job_plan& plan) {
    std::set<std::int64_t> undue; // first attempts of the schedule that no stretch has called for yet
    for (auto* row : of(plan.job).rows)
      if (row->key.origin.empty() && row->key.attempt == 1) undue.insert(row->key.fire_ms);
    for (auto& s : plan.stretches)
      for (auto at = s.first_from(s.after_ms); at; at = s.first_from(*at + 1)) {
        ++v_.fires;
        bool row = undue.erase(*at) > 0, gap = in_gap(plan.job, *at);
        if (row && gap) wrong("in the ledger and in a gap row", plan.job, *at, "");
        if (row && s.held) wrong("fired while the job was paused", plan.job, *at, "");
        if (!row && !gap && !started({plan.job, *at, "", -1, 1}))
          lost("due, and nowhere", plan.job, *at, neighbours(plan.job, *at));
      }
    for (auto fire_ms : undue) wrong("fired and was not due", plan.job, fire_ms, neighbours(plan.job, fire_ms));
  }

  /// A fixed delay has no instants of its own; it must have gone on to the end.
  void look_at_delays(const job_plan& plan) {
    std::int64_t last = 0;
    for (auto* row : of(plan.job).rows) {
      if (!row->key.origin.empty() || row->key.attempt > 1) continue;
      ++v_.fires;
      if (row->key.fire_ms <= plan.ended_ms) last = std::max(last, row->key.fire_ms);
    }
    if (last + calm_ms < plan.ended_ms)
      lost("a fixed delay stopped", plan.job, last, "it was disabled at " + std::to_string(plan.ended_ms));
  }

  /// The rows before and after an instant that has none.
  std::string neighbours(const std::string& job, std::int64_t fire_ms) {
    std::string text;
    const ledger_row *before = nullptr, *after = nullptr;
    for (auto* row : of(job).rows) {
      if (row->key.fire_ms < fire_ms) before = row;
      if (row->key.fire_ms > fire_ms && !after) after = row;
    }
    if (before) text += "the row before: " + std::to_string(before->key.fire_ms) + ", " + text_of(*before);
    if (after) text += "; the row after: " + std::to_string(after->key.fire_ms) + ", " + text_of(*after);
    return text;
  }

  void look_at_gap(const job_plan& plan, const gap_row& gap) {
    auto why = problem_of(plan, gap);
    if (!why.empty()) lost("a gap row that " + why, plan.job, gap.from_ms, text_of(gap), gap.fires);
  }

  /// Empty if the gap is an edit's or a pause's own.
  std::string problem_of(const job_plan& plan, const gap_row& gap) {
    auto reason = static_cast<state_reason>(gap.reason);
    if (reason != state_reason::edited && reason != state_reason::paused && reason != state_reason::disabled)
      return "no edit or pause wrote";
    if (plan.fixed_delay) return "no edit or pause asked for";
    auto s = std::find_if(plan.stretches.begin(), plan.stretches.end(), [&](auto& x) {
      return x.after_ms < gap.from_ms && gap.to_ms <= x.until_ms && x.edited_ms == gap.at_ms;
    });
    if (s == plan.stretches.end()) return "lies outside of what its edit ended";
    if (gap.to_ms > gap.at_ms) return "reaches into the future";
    if (s->last_version != gap.version) return "names another version than was in force";
    if (s->held && reason != state_reason::paused) return "has the wrong reason";
    if (s->count(gap.from_ms, gap.to_ms) != gap.fires) return "counts wrongly";
    return {};
  }

  // ---- what operators did

  void look_at_edit(const e2e::job_version& v) {
    auto& acts = of(v.job).acts;
    if (std::none_of(acts.begin(), acts.end(), [&](auto* act) {
          return act->asked_ms - rounding_ms <= v.from_ms && v.from_ms <= act->answered_ms + rounding_ms;
        }))
      wrong("an edit that nobody asked for then", v.job, v.from_ms, "version " + std::to_string(v.version));
  }

  void look_at_triggers() {
    v_.fires += static_cast<std::int64_t>(e_.triggered.size());
    auto missing = e_.triggered;
    for (auto& row : e_.ledger.rows) missing.erase(row.trigger);
    for (auto id : missing) lost("started by hand, and nowhere", "", 0, "trigger " + std::to_string(id));
  }

  const evidence& e_;
  verdict v_;
  std::map<std::string, job_record> records_;
  std::vector<run_key> started_; ///< sorted
};

} // namespace

std::string text_of(const ledger_row& row) {
  return "trigger " + std::to_string(row.trigger) + ", origin \"" + row.key.origin + "\", attempt " +
         std::to_string(row.key.attempt) + ", " + to_string(state_of(row)) + " (" + to_string(reason_of(row)) +
         "), session " + std::to_string(row.session) + ", epoch " + std::to_string(row.epoch) + ", claimed " +
         std::to_string(row.claimed_ms) + ", started " + std::to_string(row.started_ms) + ", ended " +
         std::to_string(row.ended_ms) +
         (row.ended_ms == 0 ? ", handed back " + std::to_string(row.handed) : ""); // no final row keeps it
}

std::string text_of(const gap_row& gap) {
  return std::to_string(gap.fires) + " fires from " + std::to_string(gap.from_ms) + " to " + std::to_string(gap.to_ms) +
         ", " + to_string(static_cast<state_reason>(gap.reason)) + ", written at " + std::to_string(gap.at_ms) +
         " over version " + std::to_string(gap.version);
}

verdict check(const evidence& e) { return judge{e}.run(); }

} // namespace xxl::faults
