#include "protocol/enums.hpp"

#include <array>
#include <utility>

namespace xxl {
namespace {

template <class Enum> struct names;
#define XXL_NAMES(Enum, ...)                                                                                           \
  template <> struct names<Enum> {                                                                                     \
    using enum Enum;                                                                                                   \
    static constexpr auto table = std::to_array<std::pair<Enum, std::string_view>>({__VA_ARGS__});                     \
  };
// clang-format off
XXL_NAMES(trigger_state, {waiting, "waiting"}, {claimed, "claimed"}, {sent, "sent"}, {running, "running"}, {succeeded, "succeeded"},
  {failed, "failed"}, {timed_out, "timed_out"}, {killed, "killed"}, {discarded, "discarded"}, {lost, "lost"}, {missed, "missed"})
XXL_NAMES(trigger_cause, {schedule, "schedule"}, {misfire, "misfire"}, {manual, "manual"}, {retry, "retry"}, {parent, "parent"},
  {backfill, "backfill"}, {rerun, "rerun"})
XXL_NAMES(state_reason, {none, "none"}, {no_executor, "no_executor"}, {queue_full, "queue_full"}, {not_started, "not_started"},
  {session_ended, "session_ended"}, {handler_error, "handler_error"}, {handler_unknown, "handler_unknown"}, {exit_code, "exit_code"},
  {launch_failed, "launch_failed"}, {deadline, "deadline"}, {misfire, "misfire"}, {paused, "paused"}, {edited, "edited"},
  {deleted, "deleted"}, {still_running, "still_running"}, {shutdown, "shutdown"}, {refused, "refused"},
  {interpreter_missing, "interpreter_missing"}, {script_unavailable, "script_unavailable"}, {disabled, "disabled"},
  {journal_failed, "journal_failed"})
XXL_NAMES(route_strategy, {first, "first"}, {last, "last"}, {round, "round"}, {random, "random"})
XXL_NAMES(block_strategy, {serial, "serial"})
XXL_NAMES(misfire_policy, {skip, "skip"}, {fire_once, "fire_once"}, {fire_all, "fire_all"})
XXL_NAMES(cron_dialect, {quartz, "quartz"}, {five_fields, "unix"})
XXL_NAMES(gap_rule, {skip, "skip"}, {next, "next"}, {shift, "shift"})
XXL_NAMES(overlap_rule, {first, "first"}, {last, "last"}, {both, "both"})
XXL_NAMES(excluded_rule, {skip, "skip"}, {next, "next"}, {previous, "previous"})
XXL_NAMES(script_language, {shell, "shell"}, {python, "python"})
XXL_NAMES(address_mode, {automatic, "auto"}, {fixed, "fixed"})
XXL_NAMES(session_end, {restarted, "restarted"}, {lease_expired, "lease_expired"}, {stopped, "stopped"})
XXL_NAMES(executor_kind, {caf, "caf"}, {http, "http"})
XXL_NAMES(takeover_cause, {first, "first"}, {handed_over, "handed over"}, {lost, "lost"})
// clang-format on
#undef XXL_NAMES

template <class Enum> std::string name(Enum x) {
  for (auto& [value, text] : names<Enum>::table)
    if (value == x) return std::string{text};
  return "unknown(" + std::to_string(static_cast<int>(x)) + ")";
}

} // namespace

template <class Enum> std::optional<Enum> from_name(std::string_view wanted) {
  for (auto& [value, text] : names<Enum>::table)
    if (text == wanted) return value;
  return std::nullopt;
}

template <class Enum> std::string names_of() {
  std::string all;
  for (auto& [value, text] : names<Enum>::table) {
    if (!all.empty()) all += ", ";
    all += text;
  }
  return all;
}

template <class Enum> bool known(Enum x) {
  for (auto& [value, text] : names<Enum>::table)
    if (value == x) return true;
  return false;
}

#define XXL_ENUM(Enum)                                                                                                 \
  std::string to_string(Enum x) { return name(x); }                                                                    \
  template std::optional<Enum> from_name<Enum>(std::string_view);                                                      \
  template std::string names_of<Enum>();                                                                               \
  template bool known<Enum>(Enum);
XXL_ENUM(trigger_state)
XXL_ENUM(trigger_cause)
XXL_ENUM(state_reason)
XXL_ENUM(route_strategy)
XXL_ENUM(block_strategy)
XXL_ENUM(misfire_policy)
XXL_ENUM(cron_dialect)
XXL_ENUM(gap_rule)
XXL_ENUM(overlap_rule)
XXL_ENUM(excluded_rule)
XXL_ENUM(script_language)
XXL_ENUM(address_mode)
XXL_ENUM(session_end)
XXL_ENUM(executor_kind)
XXL_ENUM(takeover_cause)
#undef XXL_ENUM

} // namespace xxl
