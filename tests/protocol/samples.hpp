#pragma once
// One valid example of every message, with a value other than the default in every field, and field-by-field equality.
// The structured bindings name each field: adding one to a message does not compile until it stands here too.

#include "protocol/actors.hpp"
#include "protocol/messages.hpp"

#include <tuple>
#include <vector>

namespace xxl {

using namespace std::chrono_literals;

/// All fields of a message, as a tuple of references.
#define XXL_FIELDS(Type, ...)                                                                                          \
  inline auto fields(const Type& x) {                                                                                  \
    auto& [__VA_ARGS__] = x;                                                                                           \
    return std::tie(__VA_ARGS__);                                                                                      \
  }                                                                                                                    \
  inline bool operator==(const Type& x, const Type& y) { return fields(x) == fields(y); }

// clang-format off
XXL_FIELDS(executor_hello, a, b, c, d, e, f, g, h, i)
XXL_FIELDS(executor_welcome, a, b, c)
XXL_FIELDS(beat_answer, a, b, c)
XXL_FIELDS(order, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)
XXL_FIELDS(order_batch, a, b, c)
XXL_FIELDS(outcome, a, b, c, d, e, f, g, h, i, j, k)
XXL_FIELDS(callback_batch, a, b, c)
XXL_FIELDS(returned_order, a, b, c)
XXL_FIELDS(return_batch, a, b, c)
XXL_FIELDS(progress, a, b, c)
XXL_FIELDS(progress_batch, a, b)
XXL_FIELDS(inventory_piece, a, b, c, d)
XXL_FIELDS(life_report, a, b, c, d, e)
XXL_FIELDS(killed_order, a, b, c, d, e)
XXL_FIELDS(kill_batch, a, b)
XXL_FIELDS(script_source, a, b, c, d)
XXL_FIELDS(log_query, a, b, c, d)
XXL_FIELDS(log_chunk, a, b, c, d)
XXL_FIELDS(job_ref, a, b)
XXL_FIELDS(apply_request, a, b, c, d)
XXL_FIELDS(apply_change, a, b, c, d, e)
XXL_FIELDS(group_view, a, b, c, d, e)
XXL_FIELDS(job_view, a, b, c, d, e, f, g, h)
XXL_FIELDS(job_query, a, b, c, d)
XXL_FIELDS(executor_view, a, b, c, d, e, f, g, h, i)
XXL_FIELDS(trigger_view, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v)
XXL_FIELDS(trigger_position, a, b)
XXL_FIELDS(trigger_query, a, b, c, d, e, f, g, h, i)
XXL_FIELDS(gap_view, a, b, c, d, e)
XXL_FIELDS(job_detail, a, b, c, d, e)
XXL_FIELDS(trigger_request, a, b, c, d)
XXL_FIELDS(trigger_receipt, a, b, c)
XXL_FIELDS(pause_request, a, b, c)
XXL_FIELDS(pause_answer, a, b)
XXL_FIELDS(kill_request, a, b, c)
XXL_FIELDS(kill_answer, a, b, c, d)
XXL_FIELDS(node_view, a, b, c, d, e, f, g)
XXL_FIELDS(takeover_view, a, b, c, d, e, f)
XXL_FIELDS(cluster_view, a, b, c, d, e, f, g)
XXL_FIELDS(node_stats, a, b, c, d)
XXL_FIELDS(audit_place, a, b, c, d, e, f, g)
XXL_FIELDS(audit_query, a, b, c, d, e, f)
XXL_FIELDS(audit_job, a, b, c, d, e, f, g, h, i, j)
XXL_FIELDS(audit_version, a, b, c, d, e, f, g, h, i, j, k, l, m)
XXL_FIELDS(audit_gap, a, b, c, d, e, f, g)
XXL_FIELDS(audit_trigger, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r)
// clang-format on
#undef XXL_FIELDS

} // namespace xxl

namespace xxl::test {

inline const instant noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h;

/// A valid message of that type.
template <class T> T sample();

template <> inline job_ref sample() { return {"orders", "close-stale"}; }
template <> inline group_spec sample() {
  return {"orders", "Order service", address_mode::fixed, {"orders-1", "orders-2"}};
}
template <> inline job_spec sample() {
  job_spec x;
  x.group = "orders";
  x.name = "close-stale";
  x.schedule =
      cron_schedule{"0 */5 * * * ?", "Asia/Shanghai", cron_dialect::quartz, gap_rule::next, overlap_rule::both, true};
  x.schedule.from = noon;
  x.schedule.until = noon + 24h;
  x.schedule.max_runs = 7;
  x.schedule.jitter = 3s;
  x.schedule.calendar.layers = {{"weekends", {}, {"2026-02-14"}, 0b1000001, {}, {}},
                                {"workdays", {"10-01..10-07"}, {}, 0, {"08:00-18:00"}, {0}}};
  x.schedule.calendar_zone = "Asia/Shanghai";
  x.schedule.on_excluded = excluded_rule::next;
  x.work = script_work{script_language::python, "print(1)"};
  x.params = "--limit 500";
  x.route = route_strategy::random;
  x.misfire = misfire_policy::fire_all;
  x.misfire_cap = 30;
  x.misfire_deadline = 10min;
  x.timeout = 30s;
  x.retry = {3, true, false, true};
  x.owner = "team-orders";
  x.enabled = false;
  return x;
}
template <> inline executor_hello sample() {
  return {{11}, "orders", "orders-1", "host:4711", "0.1.0", {{"zone", "a"}, {"disk", "ssd"}}, "b00t", {{9}, {10}}, {3}};
}
template <> inline executor_welcome sample() { return {"admin1", 1s, 10s}; }
template <> inline beat_answer sample() { return {7, true, {3}}; }
template <> inline order sample() {
  order x;
  x.trigger = {1'001};
  x.job = {12};
  x.version = 4;
  x.job_name = "orders/close-stale";
  x.fire = noon;
  x.planned = noon + 20ms;
  x.origin = "m1001";
  x.shard = 2;
  x.shards = 5;
  x.attempt = 3;
  x.handed = 1;
  x.cause = trigger_cause::manual;
  x.work = handler_work{"closeStale"};
  x.params = "--limit 500";
  x.timeout = 30s;
  x.block = block_strategy::serial;
  x.follows = true;
  return x;
}
template <> inline order_batch sample() { return {{3}, {11}, {sample<order>(), sample<order>()}}; }
template <> inline outcome sample() {
  return {{1'001},       {12}, 4, noon, 3, noon + 1ms, noon + 2s, trigger_state::failed, state_reason::exit_code,
          "exit code 3", true};
}
template <> inline callback_batch sample() { return {{11}, 9, {sample<outcome>()}}; }
template <> inline returned_order sample() { return {{1'001}, 2, state_reason::queue_full}; }
template <> inline return_batch sample() { return {{11}, {3}, {sample<returned_order>()}}; }
template <> inline progress sample() { return {{1'001}, trigger_state::sent, noon}; }
template <> inline progress_batch sample() { return {{11}, {sample<progress>()}}; }
template <> inline inventory_piece sample() { return {{11}, {3}, {{1'001}, {1'002}}, true}; }
template <> inline life_report sample() { return {{11}, {3}, {10}, {{1'001}, {1'002}}, true}; }
template <> inline script_source sample() { return {{12}, 4, script_language::python, "print(1)"}; }
template <> inline log_query sample() { return {{1'001}, noon, 17, 500}; }
template <> inline log_chunk sample() { return {17, {"first", "", "third"}, true, false}; }
template <> inline apply_request sample() {
  return {{sample<group_spec>()}, {sample<job_spec>()}, "ada", "jobs/orders.yaml"};
}
template <> inline apply_change sample() { return {"job", "orders", "close-stale", "changed", "schedule, timeout"}; }
template <> inline group_view sample() { return {sample<group_spec>(), true, 2, 40, {5}}; }
template <> inline job_view sample() {
  return {{12}, sample<job_spec>(), 4, true, noon, noon - 5min, true, "unknown route"};
}
template <> inline job_query sample() { return {"orders", "close-stale", {12}, 50}; }
template <> inline executor_view sample() {
  return {{11}, "orders", "orders-1", "host:4711", "0.1.0", "live", noon, noon + 10s, true};
}
template <> inline trigger_view sample() {
  return {{1'001},
          {12},
          "orders",
          "close-stale",
          noon,
          noon + 20ms,
          "m1001",
          2,
          5,
          3,
          trigger_state::timed_out,
          trigger_cause::retry,
          state_reason::deadline,
          {11},
          "orders-1",
          4,
          noon - 100ms,
          noon,
          noon + 1ms,
          noon + 30s,
          "--limit 500",
          "cut off after 30s"};
}
template <> inline trigger_position sample() { return {noon, {2'000}}; }
template <> inline trigger_query sample() {
  return {trigger_id{1'001},
          "orders",
          "close-stale",
          trigger_state::lost,
          noon - 1h,
          noon + 1h,
          noon - 2h,
          trigger_position{noon, {2'000}},
          10};
}
template <> inline gap_view sample() { return {noon - 1h, noon, 12, noon + 1s, state_reason::paused}; }
template <> inline job_detail sample() {
  return {sample<job_view>(), true, {noon, noon + 5min}, {sample<trigger_view>()}, {sample<gap_view>()}};
}
template <> inline trigger_request sample() { return {sample<job_ref>(), "--limit 1", "6f1d", "ada"}; }
template <> inline trigger_receipt sample() { return {{1'001}, noon, true}; }
template <> inline pause_request sample() { return {sample<job_ref>(), false, "ada"}; }
template <> inline pause_answer sample() { return {true, noon}; }
template <> inline killed_order sample() { return {{1'001}, {12}, 4, noon, 2}; }
template <> inline kill_batch sample() { return {{11}, {sample<killed_order>(), {{1'002}, {13}, 1, noon, 1}}}; }
template <> inline kill_request sample() { return {trigger_id{1'001}, sample<job_ref>(), "ada"}; }
template <> inline kill_answer sample() { return {3, 2, 1, trigger_state::lost}; }
template <> inline node_view sample() { return {"admin1", "host:4711", "0.1.0", noon - 1h, noon, 12ms, true}; }
template <> inline takeover_view sample() {
  return {{3}, "admin1", noon - 1h, takeover_cause::lost, "admin2", 1'700ms};
}
template <> inline cluster_view sample() {
  return {{3}, "admin1", noon, true, 7ms, {sample<node_view>()}, {sample<takeover_view>()}};
}
template <> inline node_stats sample() { return {"admin1", true, {3}, {{"ring.entries", 40}, {"claim.last_ms", 3}}}; }

template <> inline audit_place sample() { return {{12}, 4, noon, "m1001", 2, 3, 2}; }
template <> inline audit_query sample() { return {{12}, {40}, noon - 1h, noon, sample<audit_place>(), 500}; }
template <> inline audit_job sample() {
  return {{12}, "orders", "close-stale", 4, true, true, noon + 5min, noon, true, 41};
}
template <> inline audit_version sample() {
  return {{12},
          4,
          noon,
          noon - 5min,
          noon + 5min,
          false,
          true,
          sample<job_spec>().schedule,
          sample<job_spec>().retry,
          "2025b",
          "unknown route",
          41,
          noon - 1h};
}
template <> inline audit_gap sample() { return {{12}, noon - 1h, noon, 12, noon + 1s, 4, state_reason::paused}; }
template <> inline audit_trigger sample() {
  return {{1'001},
          {12},
          noon,
          "m1001",
          2,
          5,
          3,
          1,
          trigger_state::timed_out,
          trigger_cause::retry,
          state_reason::deadline,
          {11},
          {3},
          4,
          noon - 100ms,
          noon,
          noon + 1ms,
          noon + 30s};
}

} // namespace xxl::test
