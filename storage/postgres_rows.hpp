#pragma once
// Ids on their way to the database, and what its rows mean.

#include "storage/ledger.hpp"
#include "storage/plan.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/postgres_param.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace xxl::storage::postgres {

/// The ids' numbers, ascending.
template <class Id> std::vector<std::int64_t> values_of(std::span<const Id> ids) {
  std::vector<std::int64_t> values;
  values.reserve(ids.size());
  for (const auto id : ids) values.push_back(id.value);
  std::ranges::sort(values);
  return values;
}

template <class Id> param id_array(std::span<const Id> ids) {
  const auto values = values_of(ids);
  return array(std::span<const std::int64_t>{values});
}

template <class Id> void append(std::vector<Id>& to, const std::vector<std::int64_t>& values) {
  for (const auto value : values) to.push_back(Id{value});
}

/// One id a row.
template <class Id> void append_column(std::vector<Id>& to, const result& r, int column) {
  for (int row = 0; row < r.rows(); ++row) to.push_back(Id{r.number(row, column)});
}

std::optional<instant> instant_or_none(const result& r, int row, int column);
/// Of sql::open_rows.
open_row read_open_row(const result& r, int row);
/// Of sql::waiting_rows.
waiting_row read_waiting_row(const result& r, int row);

} // namespace xxl::storage::postgres
