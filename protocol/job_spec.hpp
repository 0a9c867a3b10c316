#pragma once
// What an engineer wrote in YAML, validated: groups and jobs as they travel and as they are stored (as JSON,
// config/spec_json.hpp).

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"
#include "protocol/inspect_std.hpp"

#include <caf/meta/type_name.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace xxl {

/// No schedule: runs only when triggered by hand.
struct no_schedule {
  friend bool operator==(const no_schedule&, const no_schedule&) = default;
};
struct cron_schedule {
  std::string expression; ///< Quartz dialect, 6 or 7 fields
  std::string timezone;   ///< IANA name; never empty (the default is filled in when the file is read)
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
using schedule_spec = std::variant<no_schedule, cron_schedule, every_schedule, after_schedule, at_schedule>;

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
  std::string group; ///< the executor group's name
  std::string name;  ///< unique in its group
  schedule_spec schedule;
  work_spec work;
  std::string params; ///< at most limits::params_bytes
  route_strategy route = route_strategy::round;
  block_strategy block = block_strategy::serial;
  misfire_policy misfire = misfire_policy::skip;
  std::chrono::milliseconds timeout{0}; ///< 0: none
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
  return f(caf::meta::type_name("cron"), x.expression, x.timezone);
}
template <class I> typename I::result_type inspect(I& f, every_schedule& x) {
  return f(caf::meta::type_name("every"), x.every, x.start);
}
template <class I> typename I::result_type inspect(I& f, after_schedule& x) {
  return f(caf::meta::type_name("after"), x.delay);
}
template <class I> typename I::result_type inspect(I& f, at_schedule& x) { return f(caf::meta::type_name("at"), x.at); }
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
           x.timeout, x.retry, x.owner, x.enabled);
}
template <class I> typename I::result_type inspect(I& f, group_spec& x) {
  return f(caf::meta::type_name("group_spec"), x.name, x.title, x.mode, x.addresses);
}

} // namespace xxl
