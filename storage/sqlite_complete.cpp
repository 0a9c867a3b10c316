#include "storage/sqlite_complete.hpp"

#include "storage/sqlite_condition.hpp"
#include "storage/sqlite_order.hpp"

#include <algorithm>
#include <cmath>

namespace xxl::storage::sqlite {
namespace {

using soci::into;
using soci::use;

constexpr long long day_ms = 86'400'000;

/// A mark for killing wins over what was reported.
constexpr condition marked{guard::kill_mark, "kill_ms IS NOT NULL", "0"};

/// Moves what is of that session; without one, only what waits and parents whose shards have all ended.
constexpr auto* move_sql =
    "INSERT INTO trigger_history (trigger_id, job_id, fire_ms, planned_ms, run_id, after_id, parent_id, session_id, "
    "epoch,"
    " claimed_ms, sent_ms, started_ms, ended_ms, version, origin, shard, shards, attempt, state, cause, reason, target,"
    " params, message)"
    " SELECT trigger_id, job_id, fire_ms, planned_ms, run_id, after_id, parent_id, session_id, epoch, claimed_ms, "
    "sent_ms,"
    " coalesce(:started, started_ms), :ended, version, origin, shard, shards, attempt, iif(";
constexpr auto* move_rest_sql = ", 7, :state), cause, :reason, target, params, :message"
                                " FROM trigger_open WHERE trigger_id = :trigger AND session_id IS :session"
                                " AND (session_id IS NOT NULL OR due_ms IS NOT NULL OR open_shards <= 0)";

/// After the move, of what it moved.
constexpr auto* remove_sql = "DELETE FROM trigger_open WHERE trigger_id = :trigger"
                             " RETURNING job_id, fire_ms, coalesce(planned_ms, fire_ms), attempt, parent_id,"
                             " coalesce(:started, started_ms), origin, ";

constexpr auto* retry_sql =
    "INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, due_ms, run_id, after_id, parent_id, epoch, "
    "version,"
    " origin, shard, shards, attempt, state, cause, target, params)"
    " SELECT :retry, job_id, fire_ms, :due, :due, coalesce(run_id, trigger_id), trigger_id, parent_id, epoch, version,"
    " origin, shard, shards, attempt + 1, 0, 4, target, params FROM trigger_history WHERE trigger_id = :trigger"
    " ON CONFLICT (job_id, fire_ms, origin, shard, attempt) DO NOTHING";

constexpr auto* next_fire_sql = "UPDATE job_fire SET next_ms = max(:next, :fire + 1), awaits_end = 0"
                                " WHERE job_id = :job AND last_ms = :fire AND awaits_end";

constexpr auto* parent_sql = "UPDATE trigger_open SET open_shards = open_shards - :shards WHERE trigger_id = :trigger"
                             " RETURNING open_shards";

constexpr auto* counter_sql = "INSERT INTO counter_delta (day, job_id, state, late_bucket, dur_bucket, n, duration_ms)"
                              " VALUES (:day, :job, :state, :late, :duration_bucket, :n, :duration)";

/// Two buckets per octave of milliseconds; the same formula as in the statement for PostgreSQL.
long long bucket(long long ms) { return std::llrint(2.885 * std::log(static_cast<double>(std::max(ms, 1LL)))); }

/// Never negative: a clock that went back counts as no time at all.
long long span_ms(long long from, long long to) { return to > from ? to - from : 0; }

bool retried(const completion& row, bool killed) { return row.retry && !killed; }

} // namespace

completions::completions(soci::session& s)
    : move_{(s.prepare << move_sql << marked.text() << move_rest_sql, use(started_.value, started_.state, "started"),
             use(ended_, "ended"), use(state_, "state"), use(reason_, "reason"), use(message_, "message"),
             use(trigger_, "trigger"), use(session_.value, session_.state, "session"))},
      remove_{(s.prepare << remove_sql << marked.text(), use(trigger_, "trigger"),
               use(started_.value, started_.state, "started"), into(job_), into(fire_), into(planned_), into(attempt_),
               into(parent_.value, parent_.state), into(began_.value, began_.state), into(origin_), into(killed_))},
      retry_insert_{(s.prepare << retry_sql, use(retry_, "retry"), use(due_, "due"), use(trigger_, "trigger"))},
      next_fire_{(s.prepare << next_fire_sql, use(next_, "next"), use(fire_, "fire"), use(job_, "job"))},
      parent_update_{(s.prepare << parent_sql, use(shards_, "shards"), use(trigger_, "trigger"), into(left_))},
      counter_insert_{(s.prepare << counter_sql, use(day_, "day"), use(job_, "job"), use(state_, "state"),
                       use(late_bucket_, "late"), use(duration_bucket_, "duration_bucket"), use(count_, "n"),
                       use(duration_, "duration"))} {}

void completions::complete(std::span<const completion> rows, batch_units& units, complete_answer& answer) {
  closed_shards_.clear();
  counters_.clear();
  for (const auto* row : sorted(rows, [](const completion& c) { return c.trigger; })) {
    const auto followed = answer.followed.size();
    bool moved = false;
    const bool taken = units.run("trigger", row->trigger.value, [&] {
      moved = move(*row);
      if (moved && retried(*row, killed_ != 0))
        insert_retry(*row, answer);
      else if (moved)
        set_next_fire(*row);
    });
    if (!taken) {
      answer.followed.resize(followed);
      continue;
    }
    if (!moved) continue;
    answer.moved.push_back(row->trigger);
    count(*row);
    if (!parent_.null() && !retried(*row, killed_ != 0)) ++closed_shards_[parent_.value];
  }
  take_off_parents(answer);
  insert_counters();
  tidy(answer.moved);
}

bool completions::move(const completion& row) {
  trigger_ = row.trigger.value;
  session_.set_id(row.session.value);
  started_.set_id(to_ms(row.started));
  ended_ = to_ms(row.ended);
  state_ = static_cast<long long>(row.state);
  reason_ = static_cast<long long>(row.reason);
  message_ = checked_text(row.message, "the message");
  if (!changes(move_)) return false;
  each_row(remove_, [] {});
  return true;
}

void completions::insert_retry(const completion& row, complete_answer& answer) {
  retry_ = row.retry.value;
  due_ = to_ms(row.retry_due);
  if (changes(retry_insert_)) answer.followed.push_back(row.retry);
}

/// Fixed delay: the end sets the next fire.
void completions::set_next_fire(const completion& row) {
  if (!row.next || !origin_.empty()) return;
  next_ = to_ms(*row.next);
  next_fire_.execute(true);
}

void completions::count(const completion& row) {
  const long long began = began_.number();
  const auto state = killed_ != 0 ? trigger_state::killed : row.state;
  const auto late = attempt_ == 1 && began > 0 ? bucket(span_ms(planned_, began)) : -1;
  const auto duration = began > 0 ? bucket(span_ms(began, ended_)) : -1;
  auto& c = counters_[{fire_ / day_ms, job_, static_cast<long long>(state), late, duration}];
  ++c.count;
  if (!began_.null()) c.duration_ms += span_ms(began, ended_);
}

void completions::take_off_parents(complete_answer& answer) {
  for (const auto& [parent, shards] : closed_shards_) {
    trigger_ = parent;
    shards_ = shards;
    each_row(parent_update_, [&] {
      if (left_ == 0) answer.parents.push_back(trigger_id{trigger_});
    });
  }
}

void completions::insert_counters() {
  for (const auto& [key, c] : counters_) {
    std::tie(day_, job_, state_, late_bucket_, duration_bucket_) = key;
    count_ = c.count;
    duration_ = c.duration_ms;
    counter_insert_.execute(true);
  }
}

final_states::final_states(soci::session& s)
    : query_{(s.prepare << "SELECT fire_ms, state FROM trigger_history WHERE trigger_id = :trigger",
              use(trigger_, "trigger"), into(fire_), into(state_))} {}

std::vector<final_state> final_states::look(std::span<const trigger_id> ids, std::span<const instant> fires) {
  std::vector<instant> named{fires.begin(), fires.end()};
  tidy(named);
  std::vector<final_state> found;
  for (const auto id : ids) {
    trigger_ = id.value;
    each_row(query_, [&] {
      if (std::ranges::binary_search(named, from_ms(fire_))) found.push_back({id, static_cast<trigger_state>(state_)});
    });
  }
  return found;
}

} // namespace xxl::storage::sqlite
