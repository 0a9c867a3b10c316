#pragma once
// Every enumeration that is stored, sent or written by users, with its names. The numbers are in databases and on
// wires: never change one, only add.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xxl {

/// guarantees.md §1. 4 and up are final and never change.
enum class trigger_state : std::uint8_t {
  waiting = 0,
  claimed = 1,
  sent = 2,
  running = 3,
  succeeded = 4,
  failed = 5,
  timed_out = 6,
  killed = 7,
  discarded = 8,
  lost = 9,
  missed = 10,
};
constexpr bool is_final(trigger_state s) { return s >= trigger_state::succeeded; }

/// Why a trigger exists.
enum class trigger_cause : std::uint8_t {
  schedule = 1,
  misfire = 2,
  manual = 3,
  retry = 4,
  parent = 5,
  backfill = 6,
  rerun = 7
};

/// Why a trigger is in its state, or why a gap row was written. One numbering for both.
enum class state_reason : std::uint8_t {
  none = 0,
  no_executor = 1,          ///< no live executor in the job's group
  queue_full = 2,           ///< the runner's queue was at its limit
  not_started = 3,          ///< the executor gave it back before it started
  session_ended = 4,        ///< the executor's life ended while it held the trigger
  handler_error = 5,        ///< the handler said fail, or threw
  handler_unknown = 6,      ///< the executor has no handler of that name
  exit_code = 7,            ///< a script or command ended with a code other than 0
  launch_failed = 8,        ///< a script or command could not be started
  deadline = 9,             ///< the job's timeout ran out
  misfire = 10,             ///< later than the misfire threshold (gap rows, missed)
  paused = 11,              ///< the job was paused (gap rows)
  edited = 12,              ///< an edit came while the fire was overdue (gap rows)
  deleted = 13,             ///< the job was deleted
  still_running = 14,       ///< a C++ handler went on after its timeout
  shutdown = 15,            ///< the executor was stopping
  refused = 16,             ///< the executor refused the order (epoch, session or limits)
  interpreter_missing = 17, ///< the script's interpreter is not installed on the executor
  script_unavailable = 18,  ///< the script's source could not be fetched
  disabled = 19,            ///< the job was disabled (gap rows)
  journal_failed = 20,      ///< the executor could not write down that it starts, so it did not
};

enum class route_strategy : std::uint8_t { first = 1, last = 2, round = 3, random = 4 };
enum class block_strategy : std::uint8_t { serial = 1 };
enum class misfire_policy : std::uint8_t { skip = 1, fire_once = 2, fire_all = 3 };
enum class cron_dialect : std::uint8_t { quartz = 1, five_fields = 2 };
/// What happens to local times that a zone's clocks skip, and to those that come twice (schedule/timetable.hpp).
enum class gap_rule : std::uint8_t { skip = 1, next = 2, shift = 3 };
enum class overlap_rule : std::uint8_t { first = 1, last = 2, both = 3 };
/// What happens to fires that a calendar excludes: dropped, or moved to what it includes.
enum class excluded_rule : std::uint8_t { skip = 1, next = 2, previous = 3 };
enum class script_language : std::uint8_t { shell = 1, python = 2 };
/// How an executor group finds its executors.
enum class address_mode : std::uint8_t { automatic = 0, fixed = 1 };
/// Why an executor session ended.
enum class session_end : std::uint8_t { restarted = 1, lease_expired = 2, stopped = 3 };
/// How it came to a new leader.
enum class takeover_cause : std::uint8_t {
  first = 1,       ///< there was none before
  handed_over = 2, ///< the one before gave the lock back: it was stopped, or found its trust gone
  lost = 3,        ///< the one before fell silent: killed, frozen or cut off
};
enum class executor_kind : std::uint8_t { caf = 1, http = 2 };

/// The name users see, the same in YAML, messages, tables, API and logs; "unknown(N)" for a number without a name.
std::string to_string(trigger_state x);
std::string to_string(trigger_cause x);
std::string to_string(state_reason x);
std::string to_string(route_strategy x);
std::string to_string(block_strategy x);
std::string to_string(misfire_policy x);
std::string to_string(cron_dialect x);
std::string to_string(gap_rule x);
std::string to_string(overlap_rule x);
std::string to_string(excluded_rule x);
std::string to_string(script_language x);
std::string to_string(address_mode x);
std::string to_string(session_end x);
std::string to_string(executor_kind x);
std::string to_string(takeover_cause x);

/// The value of that name, exactly as to_string() writes it.
template <class Enum> std::optional<Enum> from_name(std::string_view name);
/// All names of an enumeration, "a, b, c", for error messages.
template <class Enum> std::string names_of();
/// True if the number is one of the enumeration's: enums arrive from outside unchecked (caf.md §6).
template <class Enum> bool known(Enum x);

} // namespace xxl
