#pragma once
// What an audit reads from an admin, in pages (audit/ replays it). Their fields, order and limits are as in
// protocol/messages.hpp: a struct is never changed in place.

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"
#include "protocol/inspect_std.hpp"
#include "protocol/job_spec.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace xxl {

/// A place in a list of an audit, each of which is sorted by as many of these as it has: jobs by id; versions by job
/// and version; gap rows by job and first fire; triggers by job, fire time, origin (byte by byte), shard and attempt.
struct audit_place {
  job_id job;
  spec_version version = 0;
  instant fire{};
  std::string origin;
  std::int16_t shard = 0, attempt = 0;
  std::uint32_t taken = 1; ///< triggers: how many of exactly this key were read; more than one only in a damaged ledger
};
template <class I> typename I::result_type inspect(I& f, audit_place& x) {
  return f(caf::meta::type_name("audit_place"), x.job, x.version, x.fire, x.origin, x.shard, x.attempt, x.taken);
}

/// A page of one list, of the jobs with first <= id <= last, deleted ones included.
struct audit_query {
  job_id first, last;
  instant from{}, to{}; ///< triggers: fire times in [from, to); gap rows: those that reach into it; the others: all
  std::optional<audit_place> after; ///< keyset: behind this one; absent: from the beginning
  std::uint32_t limit = 1'000;      ///< 1 to limits::page_items
};
template <class I> typename I::result_type inspect(I& f, audit_query& x) {
  return f(caf::meta::type_name("audit_query"), x.first, x.last, x.from, x.to, x.after, x.limit);
}

/// A job as it is now: how far its record must reach.
struct audit_job {
  job_id id;
  std::string group, name;
  spec_version version = 0; ///< the newest
  bool group_paused = false, deleted = false;
  std::optional<instant> next, last; ///< of the fire row
  bool awaits_end = false;
  std::int64_t fires = 0; ///< since the schedule began
};
template <class I> typename I::result_type inspect(I& f, audit_job& x) {
  return f(caf::meta::type_name("audit_job"), x.id, x.group, x.name, x.version, x.group_paused, x.deleted, x.next,
           x.last, x.awaits_end, x.fires);
}

/// What one edit of a job wrote.
struct audit_version {
  job_id job;
  spec_version version = 0;
  instant from{};                        ///< when it was written
  std::optional<instant> after;          ///< the fire row's last instant just after the edit
  std::optional<instant> first_fire;     ///< the next fire that the edit planned or left
  bool enabled = true, paused = false;   ///< enabled: neither disabled nor deleted
  std::optional<schedule_spec> schedule; ///< absent: this and `retry` are as before, or `problem` says why not known
  retry_rule retry;
  std::string tzdb;
  std::string problem;            ///< why the stored specification cannot be read; else empty
  std::int64_t fires = 0;         ///< since the schedule began
  std::optional<instant> ran_out; ///< the schedule before had had its max_runs: its last fire
};
template <class I> typename I::result_type inspect(I& f, audit_version& x) {
  return f(caf::meta::type_name("audit_version"), x.job, x.version, x.from, x.after, x.first_fire, x.enabled, x.paused,
           x.schedule, x.retry, x.tzdb, x.problem, x.fires, x.ran_out);
}

/// One gap row.
struct audit_gap {
  job_id job;
  instant from{}, to{}; ///< first and last fire passed over
  std::int64_t fires = 0;
  instant at{}; ///< when it was written
  spec_version version = 0;
  state_reason reason = state_reason::none;
};
template <class I> typename I::result_type inspect(I& f, audit_gap& x) {
  return f(caf::meta::type_name("audit_gap"), x.job, x.from, x.to, x.fires, x.at, x.version, x.reason);
}

/// One ledger row, open or in history.
struct audit_trigger {
  trigger_id id;
  job_id job;
  instant fire{};
  std::string origin;
  std::int16_t shard = -1, shards = 0, attempt = 1;
  std::int16_t handed = 0; ///< 0 of a row in history, which does not keep it
  trigger_state state = trigger_state::waiting;
  trigger_cause cause = trigger_cause::schedule;
  state_reason reason = state_reason::none;
  session_id session;
  epoch_id epoch;
  spec_version version = 0;
  std::optional<instant> claimed, sent, started, ended;
};
template <class I> typename I::result_type inspect(I& f, audit_trigger& x) {
  return f(caf::meta::type_name("audit_trigger"), x.id, x.job, x.fire, x.origin, x.shard, x.shards, x.attempt, x.handed,
           x.state, x.cause, x.reason, x.session, x.epoch, x.version, x.claimed, x.sent, x.started, x.ended);
}

} // namespace xxl
