#pragma once
// The ledger: claims and completions, in batches (storage.md §4). One object owns one connection and belongs to one
// detached actor; every call may block. All calls throw storage::error. No array of ids need be sorted by the caller:
// implementations sort.

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"
#include "storage/attempt_row.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::storage {

/// Whether a call is made for the first time or repeats one whose outcome is unknown. A repetition names the same ids:
/// the implementation ends the lost connection's backend and sees it gone, runs the same statement, then looks up what
/// it did not take.
enum class run : std::uint8_t { first, settle };

enum class fence : std::uint8_t {
  deposed, ///< another epoch is in force: stop now, send nothing
  ours,
  paused, ///< ours, but the whole cluster is paused: nothing was claimed
};

/// Fires passed over: one gap row.
struct gap {
  instant from{}, to{};
  std::int64_t fires = 0;
  state_reason reason = state_reason::misfire;
};

/// One job's advance in a claim: compare-and-set of its next fire. A job occurs once per batch.
struct advance {
  job_id job;
  instant expect{}; ///< the stored next fire
  spec_version version = 0;
  std::optional<instant> fire; ///< what runs now; none: only the gap is written
  std::optional<instant> next;
  bool awaits_end = false;
  std::optional<storage::gap> gap;
};

/// One new trigger of a job that is advanced in the same batch.
struct new_trigger {
  trigger_id trigger;
  job_id job;
  session_id session;             ///< none: no candidate, the row is `waiting` with `due` and a reason
  std::optional<instant> planned; ///< absent: the fire time
  std::int16_t shard = -1, shards = 0;
  trigger_id parent; ///< a shard's broadcast parent
  std::optional<instant> due;
  state_reason reason = state_reason::none;
};

struct claim_batch {
  std::vector<advance> jobs;
  std::vector<new_trigger> triggers;
};

/// A waiting row to be claimed.
struct waiting_claim {
  trigger_id trigger;
  session_id session;
  std::int16_t handed = 0; ///< the count read with the row
};

struct claim_answer {
  storage::fence fence = storage::fence::deposed;
  std::vector<trigger_id> claimed; ///< send these, and only these; sorted
  std::vector<job_id> skipped;     ///< jobs advanced without a trigger (gap only); sorted
};

/// One end: open row → history with all that follows, idempotent.
struct completion {
  trigger_id trigger;
  session_id session;                             ///< the life that held it; none: a waiting row or a parent at zero
  trigger_state state = trigger_state::succeeded; ///< a final one
  instant started{};                              ///< the epoch: never started
  instant ended{};
  state_reason reason = state_reason::none;
  std::string message;
  trigger_id retry; ///< a retry follows, under this id
  instant retry_due{};
  std::optional<instant> next; ///< fixed delay: the next fire, should the end count
};

struct complete_answer {
  bool fenced = true;               ///< false: an epoch was named and is not in force; nothing moved
  std::vector<trigger_id> moved;    ///< sorted
  std::vector<trigger_id> followed; ///< waiting rows made: retries, children
  std::vector<trigger_id> parents;  ///< broadcast parents brought to zero open shards
};

struct final_state {
  trigger_id trigger;
  trigger_state state;
};

/// A row read for reconciliation: open and of a session.
struct open_row : attempt_row {
  trigger_state state = trigger_state::claimed;
  session_id session;
  epoch_id epoch;
};

struct hand_back {
  trigger_id trigger;
  session_id session;
  instant due{};
  state_reason reason = state_reason::not_started;
  std::int16_t handed = 0;
};

struct progress_report {
  trigger_id trigger;
  session_id session;
  trigger_state state = trigger_state::running;
  instant sent{}, started{}; ///< the epoch: not known
};

/// Opens a session. Only its own earlier lives, which nobody else knows, end by it; another live session of that name
/// keeps it until its lease ends.
struct session_open {
  session_id session;
  std::vector<session_id> lives; ///< earlier ones under the same spool on the same boot, settled or not
  group_id group;
  std::string name, address, version;
  executor_kind kind = executor_kind::caf;
  std::string labels = "{}"; ///< JSON object
  instant now{}, lease_until{};
};
struct session_opened {
  bool fenced = false;
  std::vector<session_id> ended; ///< earlier lives, ended by this
  bool opened = false;           ///< false: it was open already, or had ended for good (see `gone`)
  bool gone = false;             ///< this session id has ended: it must take a new one
  session_id holder;             ///< another live session has the name: nothing was opened
};
struct dead_session {
  session_id session;
  session_end how = session_end::lease_expired;
  friend bool operator==(const dead_session&, const dead_session&) = default;
};
struct sessions_answer {
  bool fenced = false;
  std::vector<session_id> sessions;
};

class ledger {
public:
  virtual ~ledger() = default;

  /// Connects if it is not connected; also the way back after error_kind::unavailable.
  virtual void connect() = 0;

  /// The first id of a block of 1,000 that is now ours.
  virtual trigger_id take_ids() = 0;

  virtual claim_answer claim(epoch_id epoch, const claim_batch& batch, instant now, run how) = 0;
  virtual claim_answer claim_waiting(epoch_id epoch, std::span<const waiting_claim> rows, instant now, run how) = 0;

  /// Of `jobs`, those whose fire rows nobody has locked: after error_kind::retry with SQLSTATE 55P03.
  virtual std::vector<job_id> unlocked(std::span<const job_id> jobs) = 0;

  /// With an epoch: the leader's own verdict, fenced. Without: callbacks, by any admin.
  virtual complete_answer complete(std::optional<epoch_id> epoch, std::span<const completion> rows, instant now,
                                   run how) = 0;
  /// Of ids that did not move: those that are final already. Call after complete(), in a statement of its own.
  virtual std::vector<final_state> finals(std::span<const trigger_id> ids, std::span<const instant> fires) = 0;

  /// Rows that moved back to waiting.
  virtual std::vector<trigger_id> hand_back_rows(epoch_id epoch, std::span<const hand_back> rows) = 0;
  virtual void report(std::span<const progress_report> rows) = 0;

  virtual session_opened open_session(epoch_id epoch, const session_open& s) = 0;
  virtual sessions_answer renew_sessions(epoch_id epoch, std::span<const session_id> sessions, instant lease_until) = 0;
  /// Ends these, whatever their lease says: a goodbye.
  virtual sessions_answer end_sessions(epoch_id epoch, std::span<const session_id> sessions, instant now,
                                       session_end reason) = 0;
  /// Ends every session whose lease ended before `now`, reason lease_expired.
  virtual sessions_answer end_expired(epoch_id epoch, instant now) = 0;
  /// A full lease for every live session: a new leader's first act. Answers the live sessions.
  virtual sessions_answer lease_takeover(epoch_id epoch, instant lease_until) = 0;
  /// Open rows of these sessions, kept or ended; at most `most`, by trigger id above `after`.
  virtual std::vector<open_row> open_rows(std::span<const session_id> sessions, trigger_id after, std::size_t most) = 0;
  /// Sessions that ended but still have open rows.
  virtual std::vector<dead_session> ended_with_open_rows() = 0;

  /// Fixed delays whose end was missed: fire rows that await an end though no trigger of their last fire is open. The
  /// reconciler's, each second.
  struct awaiting {
    job_id job;
    spec_version version = 0;
    instant last{};
  };
  virtual std::vector<awaiting> overdue_ends() = 0;
  /// None: the schedule has ended. True if the row still awaited that end.
  virtual bool set_next(const awaiting& row, std::optional<instant> next) = 0;

  /// The database's clock.
  virtual instant database_now() = 0;
};

} // namespace xxl::storage
