#pragma once
// Views for the tests of what xxlctl prints.

#include "protocol/messages.hpp"

namespace xxl::cli::test {

using namespace std::chrono_literals;

inline constexpr instant noon = std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} + 12h;

inline job_view cron_job() {
  job_view j;
  j.id.value = 7;
  j.version = 3;
  j.spec.group = "orders";
  j.spec.name = "close-stale";
  j.spec.schedule = cron_schedule{"0 */5 * * * ?", "Asia/Shanghai"};
  j.spec.work = handler_work{"closeStale"};
  j.spec.params = "--limit 500";
  j.spec.timeout = 30s;
  j.spec.owner = "team-orders";
  j.next = noon + 5min;
  j.last = noon;
  return j;
}

inline job_view delayed_script() {
  job_view j;
  j.id.value = 8;
  j.version = 1;
  j.spec.group = "orders";
  j.spec.name = "sweep";
  j.spec.schedule = after_schedule{90s};
  j.spec.work = script_work{script_language::python, "print(1)"};
  j.last = noon;
  j.awaits_end = true;
  return j;
}

inline job_view unusable_job() {
  job_view j;
  j.id.value = 9;
  j.version = 2;
  j.spec.group = "orders";
  j.spec.name = "of-tomorrow";
  j.next = noon;
  j.problem = "stored specification: route \"moon\" is unknown";
  return j;
}

inline trigger_view failed_trigger() {
  trigger_view t;
  t.id.value = 1'042;
  t.job.value = 7;
  t.group = "orders";
  t.job_name = "close-stale";
  t.fire = noon;
  t.planned = noon;
  t.attempt = 2;
  t.state = trigger_state::failed;
  t.cause = trigger_cause::retry;
  t.reason = state_reason::exit_code;
  t.session.value = 9'007'199'254'740'993;
  t.executor = "host-1";
  t.version = 3;
  t.claimed = noon - 100ms;
  t.started = noon + 3ms;
  t.ended = noon + 1'503ms;
  t.params = "--limit 500";
  t.message = "exit code 3\nsee the log";
  return t;
}

inline trigger_view waiting_trigger() {
  trigger_view t;
  t.id.value = 1'043;
  t.job.value = 8;
  t.group = "orders";
  t.job_name = "sweep";
  t.fire = noon + 5min;
  t.planned = t.fire;
  t.state = trigger_state::waiting;
  t.reason = state_reason::no_executor;
  t.version = 1;
  return t;
}

} // namespace xxl::cli::test
