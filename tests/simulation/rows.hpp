#pragma once
// The ledger's rows, change by change: triggers in the simulated database tell each as it is written, whoever writes
// it and by which statement.

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>

namespace xxl::sim {

/// What makes a trigger unique for ever (guarantees.md §1); nothing here has shards yet.
struct trigger_key {
  job_id job;
  instant fire{};
  std::string origin;
  std::int16_t attempt = 1;
  friend auto operator<=>(const trigger_key&, const trigger_key&) = default;
};
std::string to_string(const trigger_key& k);

struct open_trigger {
  trigger_id id;
  trigger_key key;
  trigger_state state = trigger_state::waiting;
  trigger_cause cause = trigger_cause::schedule;
  session_id session;
  epoch_id epoch;
  std::int16_t handed = 0;
  std::optional<instant> due, kill; ///< kill: marked for killing then
};
struct ended_trigger {
  trigger_id id;
  trigger_key key;
  trigger_state state = trigger_state::succeeded;
  state_reason reason = state_reason::none;
  session_id session;
  spec_version version = 0;
};
struct fire_plan {
  job_id job;
  std::optional<instant> next, last;
  spec_version version = 0;
  bool awaits_end = false;
};
struct session_row {
  session_id id;
  std::string name;
  std::optional<instant> ended;
  session_end how = session_end::lease_expired;
};

struct gap_row {
  job_id job;
  instant from{}, to{};
  std::int64_t fires = 0;
  state_reason reason = state_reason::none;
};
struct version_row {
  job_id job;
  spec_version version = 0;
  instant from{};
  std::optional<instant> after; ///< the last claimed fire then
  std::string spec;             ///< JSON; empty: as before
  bool enabled = true, paused = false;
};

/// Told within the writing transaction; in these runs none of them rolls back.
struct row_listener {
  virtual ~row_listener() = default;
  virtual void inserted(const open_trigger&) {}
  virtual void updated(const open_trigger& /*before*/, const open_trigger& /*after*/) {}
  virtual void removed(const open_trigger&) {}
  virtual void inserted(const ended_trigger&) {}
  /// Of the history: it never happens.
  virtual void rewritten(const ended_trigger&) {}
  virtual void inserted(const fire_plan&) {}
  virtual void updated(const fire_plan& /*before*/, const fire_plan& /*after*/) {}
  virtual void updated(const session_row& /*before*/, const session_row& /*after*/) {}
  virtual void inserted(const gap_row&) {}
  virtual void inserted(const version_row&) {}
  virtual void raised(epoch_id /*before*/, epoch_id /*after*/) {}
};

/// Tells that listener while it lives; one at a time.
class row_watch {
public:
  explicit row_watch(row_listener& to);
  ~row_watch();
  row_watch(const row_watch&) = delete;
  row_watch& operator=(const row_watch&) = delete;

  /// Adds the triggers to a migrated database.
  static void prepare(const std::filesystem::path& database);
};

} // namespace xxl::sim
