#include "storage/postgres_batch.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace xxl::storage::postgres {

namespace {

/// One column: what `get` says of each row.
template <class T, class Row, class Get> param column(std::span<const Row> rows, Get get) {
  std::vector<T> xs;
  xs.reserve(rows.size());
  for (const auto& row : rows) xs.push_back(static_cast<T>(get(row)));
  return array(std::span<const T>{xs});
}

/// A column that is mostly unused; 0 means none.
template <class T, class Row, class Get> param rare_column(std::span<const Row> rows, Get get) {
  if (std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return static_cast<T>(get(row)) == T{}; }))
    return unused_column();
  return column<T>(rows, get);
}

std::int64_t ms_or_0(const std::optional<instant>& t) { return t ? to_ms(*t) : 0; }

template <class Row> std::int64_t trigger_of(const Row& row) { return row.trigger.value; }

template <class Row> std::int64_t session_of(const Row& row) { return row.session.value; }

param awaits_column(std::span<const advance> jobs) {
  std::vector<bool> xs;
  for (const auto& a : jobs) xs.push_back(a.awaits_end);
  return std::find(xs.begin(), xs.end(), true) == xs.end() ? unused_column() : array(xs);
}

param message_column(std::span<const completion> rows) {
  if (std::all_of(rows.begin(), rows.end(), [](const completion& c) { return c.message.empty(); }))
    return unused_column();
  std::vector<std::optional<std::string>> xs;
  for (const auto& c : rows) xs.push_back(c.message.empty() ? std::nullopt : std::optional{c.message});
  return array(std::span<const std::optional<std::string>>{xs});
}

template <class Row> params before_params(epoch_id epoch, std::span<const Row> rows) {
  return {scalar(epoch.value), column<std::int64_t>(rows, trigger_of<Row>),
          rare_column<std::int64_t>(rows, session_of<Row>)};
}

} // namespace

params claim_params(epoch_id epoch, std::span<const advance> jobs, std::span<const new_trigger> triggers, instant now) {
  using i64 = std::int64_t;
  using i16 = std::int16_t;
  return {
      scalar(epoch.value),
      column<i64>(jobs, [](const advance& a) { return a.job.value; }),
      column<i64>(jobs, [](const advance& a) { return to_ms(a.expect); }),
      column<i64>(jobs, [](const advance& a) { return ms_or_0(a.fire); }),
      column<i64>(jobs, [](const advance& a) { return ms_or_0(a.next); }),
      column<std::int32_t>(jobs, [](const advance& a) { return a.version; }),
      awaits_column(jobs),
      rare_column<i64>(jobs, [](const advance& a) { return a.gap ? to_ms(a.gap->from) : 0; }),
      rare_column<i64>(jobs, [](const advance& a) { return a.gap ? to_ms(a.gap->to) : 0; }),
      rare_column<i64>(jobs, [](const advance& a) { return a.gap ? a.gap->fires : 0; }),
      rare_column<i16>(jobs, [](const advance& a) { return a.gap ? static_cast<i16>(a.gap->reason) : 0; }),
      scalar(to_ms(now)),
      column<i64>(triggers, trigger_of<new_trigger>),
      column<i64>(triggers, [](const new_trigger& t) { return t.job.value; }),
      rare_column<i64>(triggers, session_of<new_trigger>),
      column<i16>(triggers, [](const new_trigger& t) { return t.shard; }),
      rare_column<i64>(triggers, [](const new_trigger& t) { return ms_or_0(t.planned); }),
      rare_column<i64>(triggers, [](const new_trigger& t) { return t.parent.value; }),
      rare_column<i16>(triggers, [](const new_trigger& t) { return t.shards; }),
      rare_column<i64>(triggers, [](const new_trigger& t) { return ms_or_0(t.due); }),
      rare_column<i16>(triggers, [](const new_trigger& t) { return static_cast<i16>(t.reason); }),
  };
}

params claimed_before_params(epoch_id epoch, std::span<const new_trigger> triggers) {
  return before_params(epoch, triggers);
}

params claimed_before_params(epoch_id epoch, std::span<const waiting_claim> rows) { return before_params(epoch, rows); }

params skipped_before_params(std::span<const advance> jobs) {
  return {
      column<std::int64_t>(jobs, [](const advance& a) { return a.job.value; }),
      column<std::int64_t>(jobs, [](const advance& a) { return a.gap ? to_ms(a.gap->from) : 0; }),
      column<std::int64_t>(jobs, [](const advance& a) { return a.gap ? to_ms(a.gap->to) : 0; }),
  };
}

params claim_waiting_params(epoch_id epoch, std::span<const waiting_claim> rows, instant now) {
  return {
      scalar(epoch.value),
      scalar(to_ms(now)),
      column<std::int64_t>(rows, trigger_of<waiting_claim>),
      column<std::int64_t>(rows, session_of<waiting_claim>),
      unused_column(), // shards of broadcasts: none are claimed here
      unused_column(),
      unused_column(),
      unused_column(),
      unused_column(),
      rare_column<std::int16_t>(rows, [](const waiting_claim& w) { return w.handed; }),
  };
}

params complete_params(std::optional<epoch_id> epoch, std::span<const completion> rows, instant now) {
  using i64 = std::int64_t;
  using i16 = std::int16_t;
  params all{
      epoch ? scalar(epoch->value) : null_param(),
      column<i64>(rows, trigger_of<completion>),
      rare_column<i64>(rows, session_of<completion>),
      column<i16>(rows, [](const completion& c) { return static_cast<i16>(c.state); }),
      rare_column<i64>(rows, [](const completion& c) { return to_ms(c.started); }),
      column<i64>(rows, [](const completion& c) { return to_ms(c.ended); }),
      rare_column<i16>(rows, [](const completion& c) { return static_cast<i16>(c.reason); }),
      message_column(rows),
      rare_column<i64>(rows, [](const completion& c) { return c.retry.value; }),
      rare_column<i64>(rows, [](const completion& c) { return to_ms(c.retry_due); }),
      rare_column<i64>(rows, [](const completion& c) { return ms_or_0(c.next); }),
  };
  constexpr int children_and_alarms = 10;
  for (int i = 0; i < children_and_alarms; ++i) all.push_back(unused_column());
  all.push_back(scalar(to_ms(now)));
  return all;
}

params hand_back_params(epoch_id epoch, std::span<const hand_back> rows) {
  return {
      scalar(epoch.value),
      column<std::int64_t>(rows, trigger_of<hand_back>),
      column<std::int64_t>(rows, session_of<hand_back>),
      column<std::int64_t>(rows, [](const hand_back& h) { return to_ms(h.due); }),
      column<std::int16_t>(rows, [](const hand_back& h) { return static_cast<std::int16_t>(h.reason); }),
      rare_column<std::int16_t>(rows, [](const hand_back& h) { return h.handed; }),
  };
}

params report_params(std::span<const progress_report> rows) {
  return {
      column<std::int64_t>(rows, trigger_of<progress_report>),
      column<std::int64_t>(rows, session_of<progress_report>),
      column<std::int16_t>(rows, [](const progress_report& r) { return static_cast<std::int16_t>(r.state); }),
      rare_column<std::int64_t>(rows, [](const progress_report& r) { return to_ms(r.sent); }),
      rare_column<std::int64_t>(rows, [](const progress_report& r) { return to_ms(r.started); }),
  };
}

std::vector<progress_report> merged(std::span<const progress_report> rows) {
  std::vector<progress_report> sorted{rows.begin(), rows.end()};
  std::ranges::stable_sort(sorted, {}, [](const progress_report& r) { return std::pair{r.trigger, r.session}; });
  std::vector<progress_report> one_each;
  for (const auto& r : sorted) {
    if (one_each.empty() || one_each.back().trigger != r.trigger || one_each.back().session != r.session) {
      one_each.push_back(r);
      continue;
    }
    auto& kept = one_each.back();
    kept.state = std::max(kept.state, r.state);
    kept.sent = std::max(kept.sent, r.sent);
    kept.started = std::max(kept.started, r.started);
  }
  return one_each;
}

} // namespace xxl::storage::postgres
