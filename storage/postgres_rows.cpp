#include "storage/postgres_rows.hpp"

#include <string>

namespace xxl::storage::postgres {

std::optional<instant> instant_or_none(const result& r, int row, int column) {
  const auto ms = r.number_or_none(row, column);
  return ms ? std::optional{from_ms(*ms)} : std::nullopt;
}

namespace {

attempt_row read_attempt(const result& r, int row) {
  attempt_row a;
  a.trigger = {r.number(row, 0)};
  a.job = {r.number(row, 1)};
  a.fire = from_ms(r.number(row, 2));
  a.planned = instant_or_none(r, row, 3);
  a.origin = r.text(row, 4);
  a.shard = static_cast<std::int16_t>(r.number(row, 5));
  a.shards = static_cast<std::int16_t>(r.number(row, 6));
  a.attempt = static_cast<std::int16_t>(r.number(row, 7));
  a.handed = static_cast<std::int16_t>(r.number(row, 8));
  a.version = static_cast<spec_version>(r.number(row, 9));
  a.cause = static_cast<trigger_cause>(r.number(row, 10));
  if (!r.null(row, 11)) a.params = std::string{r.text(row, 11)};
  a.kill = r.yes(row, 12);
  return a;
}

} // namespace

open_row read_open_row(const result& r, int row) {
  return {
      read_attempt(r, row), static_cast<trigger_state>(r.number(row, 13)), {r.number(row, 14)}, {r.number(row, 15)}};
}

waiting_row read_waiting_row(const result& r, int row) {
  return {read_attempt(r, row), from_ms(r.number(row, 13)), static_cast<state_reason>(r.number(row, 14)),
          r.yes(row, 15)};
}

} // namespace xxl::storage::postgres
