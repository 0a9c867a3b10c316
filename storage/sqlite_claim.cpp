#include "storage/sqlite_claim.hpp"

#include "storage/sqlite_condition.hpp"
#include "storage/sqlite_order.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace xxl::storage::sqlite {
namespace {

using soci::use;

/// The last fire only rises.
constexpr auto* advance_sql =
    "UPDATE job_fire SET next_ms = :next, last_ms = max(coalesce(:last, last_ms), coalesce(last_ms, :last)),"
    " fires = fires + :fires, awaits_end = :awaits WHERE job_id = :job AND ";
constexpr condition as_read_ahead{guard::claim_comparison, "next_ms = :expect AND version = :version",
                                  "coalesce(:expect, :version) IS NOT NULL"};

constexpr auto* gap_sql = "INSERT INTO gap (job_id, from_ms, to_ms, n, at_ms, version, reason)"
                          " VALUES (:job, :from, :to, :n, :now, :version, :reason)";

constexpr auto* trigger_sql = "INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, run_id, parent_id, "
                              "session_id, epoch, claimed_ms,"
                              " due_ms, version, open_shards, shard, shards, state, cause, reason)"
                              " VALUES (:trigger, :job, :fire, :planned, :parent, :parent, :session, :epoch, :claimed,"
                              " :due, :version, :open_shards, :shard, :shards, :state, :cause, :reason)"
                              " ON CONFLICT (job_id, fire_ms, origin, shard, attempt) DO NOTHING";

/// This fire, open with our epoch, under the session and the due time that the claim named: the lost claim had
/// committed.
constexpr auto* standing_sql = "SELECT 1 FROM trigger_open WHERE trigger_id = :trigger AND epoch = :epoch"
                               " AND job_id = :job AND fire_ms = :fire AND session_id IS :session AND due_ms IS :due";

constexpr auto* waiting_sql =
    "UPDATE trigger_open SET state = 1, due_ms = NULL, session_id = :session, epoch = :epoch, claimed_ms = :now, "
    "reason = 0"
    " WHERE trigger_id = :trigger AND state = 0 AND kill_ms IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM job j JOIN executor_group g USING (group_id) WHERE j.job_id = trigger_open.job_id"
    " AND (j.paused OR g.paused OR j.deleted_ms IS NOT NULL)) AND ";
constexpr condition as_often_handed{guard::waiting_comparison, "handed = :handed", ":handed IS NOT NULL"};

constexpr auto* waiting_standing_sql = "SELECT 1 FROM trigger_open WHERE trigger_id = :trigger AND epoch = :epoch"
                                       " AND session_id = :session AND due_ms IS NULL";

bool has_gap(const advance& a) { return a.gap && a.gap->fires > 0; }

/// A broadcast's parent: no session of its own, it counts its shards.
bool is_parent(const new_trigger& t) { return t.shard < 0 && t.shards > 0; }

bool waits(const new_trigger& t) { return t.due && to_ms(*t.due) > 0; }

} // namespace

leader_row::leader_row(soci::session& s)
    : query_{(s.prepare << "SELECT paused FROM leader WHERE one = 1 AND epoch = :epoch", use(epoch_, "epoch"),
              soci::into(paused_))} {}

fence leader_row::look(epoch_id epoch) {
  epoch_ = epoch.value;
  auto seen = fence::deposed;
  each_row(query_, [&] { seen = paused_ != 0 ? fence::paused : fence::ours; });
  return seen;
}

claims::claims(soci::session& s)
    : advance_{(s.prepare << advance_sql << as_read_ahead.text(), use(next_.value, next_.state, "next"),
                use(last_.value, last_.state, "last"), use(fires_, "fires"), use(awaits_, "awaits"), use(job_, "job"),
                use(expect_, "expect"), use(version_, "version"))},
      gap_{(s.prepare << gap_sql, use(job_, "job"), use(gap_from_, "from"), use(gap_to_, "to"), use(gap_fires_, "n"),
            use(now_, "now"), use(version_, "version"), use(gap_reason_, "reason"))},
      trigger_insert_{(s.prepare << trigger_sql, use(trigger_, "trigger"), use(job_, "job"), use(fire_, "fire"),
                       use(planned_.value, planned_.state, "planned"), use(parent_.value, parent_.state, "parent"),
                       use(session_.value, session_.state, "session"), use(epoch_, "epoch"),
                       use(claimed_.value, claimed_.state, "claimed"), use(due_.value, due_.state, "due"),
                       use(version_, "version"), use(open_shards_.value, open_shards_.state, "open_shards"),
                       use(shard_, "shard"), use(shards_, "shards"), use(state_, "state"), use(cause_, "cause"),
                       use(reason_, "reason"))},
      standing_{(s.prepare << standing_sql, use(trigger_, "trigger"), use(epoch_, "epoch"), use(job_, "job"),
                 use(fire_, "fire"), use(session_.value, session_.state, "session"), use(due_.value, due_.state, "due"),
                 soci::into(found_))} {}

bool claims::advance_fire(const advance& a) {
  job_ = a.job.value;
  expect_ = to_ms(a.expect);
  version_ = a.version;
  next_.set(a.next);
  last_.set(a.fire);
  if (a.gap && (last_.null() || to_ms(a.gap->to) > last_.value)) last_.set(a.gap->to);
  fires_ = a.fire ? 1 : 0;
  awaits_ = a.awaits_end ? 1 : 0;
  return changes(advance_);
}

void claims::insert_gap(const advance& a, instant now) {
  gap_from_ = to_ms(a.gap->from);
  gap_to_ = to_ms(a.gap->to);
  gap_fires_ = a.gap->fires;
  gap_reason_ = static_cast<long long>(a.gap->reason);
  now_ = to_ms(now);
  gap_.execute(true);
}

bool claims::insert_trigger(epoch_id epoch, const advance& a, const new_trigger& t, instant now) {
  trigger_ = t.trigger.value;
  fire_ = to_ms(*a.fire);
  planned_.set(t.planned);
  parent_.set_id(t.parent.value);
  session_.set_id(t.session.value);
  epoch_ = epoch.value;
  claimed_.set(waits(t) ? std::nullopt : std::optional{now});
  due_.set(waits(t) ? t.due : std::nullopt);
  open_shards_.set_id(is_parent(t) ? t.shards : 0);
  shard_ = t.shard;
  shards_ = t.shards;
  state_ = static_cast<long long>(waits(t)       ? trigger_state::waiting
                                  : is_parent(t) ? trigger_state::running
                                                 : trigger_state::claimed);
  cause_ = static_cast<long long>(has_gap(a) ? trigger_cause::misfire : trigger_cause::schedule);
  reason_ = static_cast<long long>(t.reason);
  return changes(trigger_insert_);
}

void claims::claim(epoch_id epoch, const claim_batch& batch, instant now, batch_units& units, claim_answer& answer) {
  const auto jobs = sorted(std::span{batch.jobs}, [](const advance& a) { return a.job; });
  const auto triggers = sorted(std::span{batch.triggers}, [](const new_trigger& t) {
    return std::pair{t.job, t.trigger};
  });
  auto mine = triggers.begin();
  for (const auto* a : jobs) {
    mine = std::find_if(mine, triggers.end(), [&](const new_trigger* t) { return t->job >= a->job; });
    const auto end = std::find_if(mine, triggers.end(), [&](const new_trigger* t) { return t->job > a->job; });
    const auto before = answer.claimed.size();
    if (!units.run("job", a->job.value, [&] { claim_job(epoch, *a, {mine, end}, now, answer); }))
      answer.claimed.resize(before);
  }
  tidy(answer.claimed);
}

void claims::claim_job(epoch_id epoch, const advance& a, std::span<const new_trigger* const> triggers, instant now,
                       claim_answer& answer) {
  if (!advance_fire(a)) return;
  if (has_gap(a)) insert_gap(a, now);
  if (!a.fire) {
    answer.skipped.push_back(a.job);
    return;
  }
  for (const auto* t : triggers)
    if (insert_trigger(epoch, a, *t, now)) answer.claimed.push_back(t->trigger);
}

void claims::settle(epoch_id epoch, const claim_batch& batch, claim_answer& answer) {
  std::unordered_map<job_id, instant> fires;
  for (const auto& a : batch.jobs)
    if (a.fire) fires.emplace(a.job, *a.fire);
  for (const auto& t : batch.triggers) {
    const auto fire = fires.find(t.job);
    if (fire == fires.end()) continue;
    trigger_ = t.trigger.value;
    epoch_ = epoch.value;
    job_ = t.job.value;
    fire_ = to_ms(fire->second);
    session_.set_id(t.session.value);
    due_.set(waits(t) ? t.due : std::nullopt);
    each_row(standing_, [&] { answer.claimed.push_back(t.trigger); });
  }
  tidy(answer.claimed);
}

waiting_claims::waiting_claims(soci::session& s)
    : claim_{(s.prepare << waiting_sql << as_often_handed.text(), use(session_.value, session_.state, "session"),
              use(epoch_, "epoch"), use(now_, "now"), use(trigger_, "trigger"), use(handed_, "handed"))},
      standing_{(s.prepare << waiting_standing_sql, use(trigger_, "trigger"), use(epoch_, "epoch"),
                 use(session_.value, session_.state, "session"), soci::into(found_))} {}

void waiting_claims::bind(epoch_id epoch, const waiting_claim& row) {
  trigger_ = row.trigger.value;
  epoch_ = epoch.value;
  session_.set_id(row.session.value);
  handed_ = row.handed;
}

void waiting_claims::claim(epoch_id epoch, std::span<const waiting_claim> rows, instant now, batch_units& units,
                           claim_answer& answer) {
  now_ = to_ms(now);
  for (const auto& row : rows)
    units.run("trigger", row.trigger.value, [&] {
      bind(epoch, row);
      if (changes(claim_)) answer.claimed.push_back(row.trigger);
    });
  tidy(answer.claimed);
}

void waiting_claims::settle(epoch_id epoch, std::span<const waiting_claim> rows, claim_answer& answer) {
  for (const auto& row : rows) {
    bind(epoch, row);
    each_row(standing_, [&] { answer.claimed.push_back(row.trigger); });
  }
  tidy(answer.claimed);
}

} // namespace xxl::storage::sqlite
