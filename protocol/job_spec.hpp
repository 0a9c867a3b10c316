#pragma once
// What an engineer wrote in YAML, validated: groups and jobs as they travel and as they are stored (as JSON,
// config/spec_json.hpp).

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"
#include "protocol/inspect_std.hpp"

#include <caf/meta/type_name.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace xxl {

/// No schedule: runs only when triggered by hand.
struct no_schedule {
  friend bool operator==(const no_schedule&, const no_schedule&) = default;
};
struct cron_schedule {
  std::string expression; ///< in its dialect: quartz 6 or 7 fields, unix 5 fields or a macro
  std::string timezone;   ///< IANA name; never empty (the default is filled in when the file is read)
  cron_dialect dialect = cron_dialect::quartz;
  gap_rule gap = gap_rule::skip;
  overlap_rule overlap = overlap_rule::last;
  bool vixie = false; ///< overrides both rules, by what kind of expression it is
  friend bool operator==(const cron_schedule&, const cron_schedule&) = default;
};
/// Fixed rate: start + k × every.
struct every_schedule {
  std::chrono::milliseconds every{0}; ///< at least 100 ms
  std::optional<instant> start;       ///< the anchor; the Unix epoch where absent
  friend bool operator==(const every_schedule&, const every_schedule&) = default;
};
/// Fixed delay: counts from the end of the run, whatever its outcome.
struct after_schedule {
  std::chrono::milliseconds delay{0}; ///< at least 100 ms
  friend bool operator==(const after_schedule&, const after_schedule&) = default;
};
struct at_schedule {
  instant at{};
  friend bool operator==(const at_schedule&, const at_schedule&) = default;
};
using schedule_kind = std::variant<no_schedule, cron_schedule, every_schedule, after_schedule, at_schedule>;

/// One calendar of those that a schedule observes, in the words of the file (schedule/calendar.hpp reads them).
struct calendar_layer {
  std::string name;
  std::vector<std::string> exclude, include; ///< "2026-10-01", "12-25", ranges "2026-10-01..2026-10-07"
  std::uint8_t exclude_weekdays = 0;         ///< bits 0-6, 0 = Sunday
  std::vector<std::string> hours;            ///< "08:00-18:00"; none: the whole day
  std::vector<std::uint16_t> bases;          ///< calendars it is built on: places of earlier layers
  friend bool operator==(const calendar_layer&, const calendar_layer&) = default;
};
/// A calendar as it was when the job was applied, behind those it is built on. No layers: every instant is included.
struct calendar_spec {
  static constexpr std::size_t most_layers = 8;
  static constexpr std::size_t most_entries = 1'000; ///< of each list of a layer
  std::vector<calendar_layer> layers;
  friend bool operator==(const calendar_spec&, const calendar_spec&) = default;
};

/// When a job fires: a kind, and what narrows it.
struct schedule_spec {
  schedule_kind kind;
  std::optional<instant> from, until;  ///< fires lie in [from, until]
  std::int64_t max_runs = 0;           ///< after so many the schedule has ended; 0: any number
  std::chrono::milliseconds jitter{0}; ///< a fire starts up to this much later, by its job and fire time
  calendar_spec calendar;
  std::string calendar_zone; ///< whose days the calendar's are; empty without a calendar
  excluded_rule on_excluded = excluded_rule::skip;

  schedule_spec() = default;
  template <class Kind>
  requires std::constructible_from<schedule_kind, Kind> schedule_spec(Kind k)
      : kind{std::move(k)} {} // a kind alone is a schedule
  friend bool operator==(const schedule_spec&, const schedule_spec&) = default;
};

/// A handler that executors of the group registered by this name.
struct handler_work {
  std::string name;
  friend bool operator==(const handler_work&, const handler_work&) = default;
};
/// A script whose source is part of the job. In orders the source is empty: it travels once per (job, version).
struct script_work {
  script_language language = script_language::shell;
  std::string source;
  friend bool operator==(const script_work&, const script_work&) = default;
};
using work_spec = std::variant<handler_work, script_work>;

/// When another attempt follows the end of one.
struct retry_rule {
  static constexpr int most = 100;
  std::int16_t retries = 0; ///< attempts after the first; 0 to `most`
  bool on_failed = true, on_timed_out = true;
  bool on_lost = false; ///< a lost run may have happened: repeated only where the job says so
  friend bool operator==(const retry_rule&, const retry_rule&) = default;

  /// True if an attempt that ended like this (counted from 1) is followed by another.
  bool again(trigger_state end, std::int16_t attempt) const {
    if (attempt > retries) return false;
    return (end == trigger_state::failed && on_failed) || (end == trigger_state::timed_out && on_timed_out) ||
           (end == trigger_state::lost && on_lost);
  }
};

struct job_spec {
  static constexpr std::int32_t default_misfire_cap = 1'000, most_misfire_cap = 1'000'000;
  std::string group; ///< the executor group's name
  std::string name;  ///< unique in its group
  schedule_spec schedule;
  work_spec work;
  std::string params; ///< at most limits::params_bytes
  route_strategy route = route_strategy::round;
  block_strategy block = block_strategy::serial;
  misfire_policy misfire = misfire_policy::skip;
  std::int32_t misfire_cap = default_misfire_cap; ///< fire_all: so many of the missed fires run, the last ones
  std::chrono::milliseconds misfire_deadline{0};  ///< what is later than this never starts; 0: none
  std::chrono::milliseconds timeout{0};           ///< 0: none
  retry_rule retry;
  std::string owner;
  bool enabled = true;
  friend bool operator==(const job_spec&, const job_spec&) = default;
};

struct group_spec {
  std::string name; ///< the executors' appname: [a-z][a-z0-9-]{3,63}
  std::string title;
  address_mode mode = address_mode::automatic;
  std::vector<std::string> addresses; ///< fixed mode: names of the executors allowed
  friend bool operator==(const group_spec&, const group_spec&) = default;
};

template <class I> typename I::result_type inspect(I& f, no_schedule&) { return f(caf::meta::type_name("none")); }
template <class I> typename I::result_type inspect(I& f, cron_schedule& x) {
  return f(caf::meta::type_name("cron"), x.expression, x.timezone, x.dialect, x.gap, x.overlap, x.vixie);
}
template <class I> typename I::result_type inspect(I& f, every_schedule& x) {
  return f(caf::meta::type_name("every"), x.every, x.start);
}
template <class I> typename I::result_type inspect(I& f, after_schedule& x) {
  return f(caf::meta::type_name("after"), x.delay);
}
template <class I> typename I::result_type inspect(I& f, at_schedule& x) { return f(caf::meta::type_name("at"), x.at); }
template <class I> typename I::result_type inspect(I& f, calendar_layer& x) {
  return f(caf::meta::type_name("calendar_layer"), x.name, x.exclude, x.include, x.exclude_weekdays, x.hours, x.bases);
}
template <class I> typename I::result_type inspect(I& f, calendar_spec& x) {
  return f(caf::meta::type_name("calendar"), x.layers);
}
template <class I> typename I::result_type inspect(I& f, schedule_spec& x) {
  return f(caf::meta::type_name("schedule"), x.kind, x.from, x.until, x.max_runs, x.jitter, x.calendar, x.calendar_zone,
           x.on_excluded);
}
template <class I> typename I::result_type inspect(I& f, handler_work& x) {
  return f(caf::meta::type_name("handler"), x.name);
}
template <class I> typename I::result_type inspect(I& f, script_work& x) {
  return f(caf::meta::type_name("script"), x.language, x.source);
}
template <class I> typename I::result_type inspect(I& f, retry_rule& x) {
  return f(caf::meta::type_name("retry_rule"), x.retries, x.on_failed, x.on_timed_out, x.on_lost);
}
template <class I> typename I::result_type inspect(I& f, job_spec& x) {
  return f(caf::meta::type_name("job_spec"), x.group, x.name, x.schedule, x.work, x.params, x.route, x.block, x.misfire,
           x.misfire_cap, x.misfire_deadline, x.timeout, x.retry, x.owner, x.enabled);
}
template <class I> typename I::result_type inspect(I& f, group_spec& x) {
  return f(caf::meta::type_name("group_spec"), x.name, x.title, x.mode, x.addresses);
}

} // namespace xxl
