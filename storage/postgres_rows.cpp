#include "storage/postgres_rows.hpp"

#include <string>

namespace xxl::storage::postgres {

std::optional<instant> instant_or_none(const result& r, int row, int column) {
  const auto ms = r.number_or_none(row, column);
  return ms ? std::optional{from_ms(*ms)} : std::nullopt;
}

open_row read_open_row(const result& r, int row) {
  open_row o;
  o.trigger = {r.number(row, 0)};
  o.job = {r.number(row, 1)};
  o.fire = from_ms(r.number(row, 2));
  o.planned = instant_or_none(r, row, 3);
  o.origin = r.text(row, 4);
  o.shard = static_cast<std::int16_t>(r.number(row, 5));
  o.shards = static_cast<std::int16_t>(r.number(row, 6));
  o.attempt = static_cast<std::int16_t>(r.number(row, 7));
  o.handed = static_cast<std::int16_t>(r.number(row, 8));
  o.version = static_cast<spec_version>(r.number(row, 9));
  o.state = static_cast<trigger_state>(r.number(row, 10));
  o.cause = static_cast<trigger_cause>(r.number(row, 11));
  o.session = {r.number(row, 12)};
  o.epoch = {r.number(row, 13)};
  if (!r.null(row, 14)) o.params = std::string{r.text(row, 14)};
  o.kill = r.yes(row, 15);
  return o;
}

waiting_row read_waiting_row(const result& r, int row) {
  waiting_row w;
  w.trigger = {r.number(row, 0)};
  w.due = from_ms(r.number(row, 1));
  w.job = {r.number(row, 2)};
  w.fire = from_ms(r.number(row, 3));
  w.planned = instant_or_none(r, row, 4);
  w.origin = r.text(row, 5);
  w.shard = static_cast<std::int16_t>(r.number(row, 6));
  w.shards = static_cast<std::int16_t>(r.number(row, 7));
  w.attempt = static_cast<std::int16_t>(r.number(row, 8));
  w.handed = static_cast<std::int16_t>(r.number(row, 9));
  w.version = static_cast<spec_version>(r.number(row, 10));
  w.cause = static_cast<trigger_cause>(r.number(row, 11));
  w.reason = static_cast<state_reason>(r.number(row, 12));
  if (!r.null(row, 13)) w.params = std::string{r.text(row, 13)};
  w.kill = r.yes(row, 14);
  w.deleted = r.yes(row, 15);
  return w;
}

} // namespace xxl::storage::postgres
