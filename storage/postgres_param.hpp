#pragma once
// Parameters and answers of the hot statements (storage.md §3): arrays of numbers go out binary, everything else as
// text; answers come back as text.

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::storage::postgres {

struct param {
  std::string bytes;
  bool binary = false;
  bool null = false;
};

param null_param();
param scalar(std::int64_t x);
param scalar(std::string text);

/// int2[], int4[], int8[] and bool[] in PostgreSQL's binary form.
param array(std::span<const std::int16_t> xs);
param array(std::span<const std::int32_t> xs);
param array(std::span<const std::int64_t> xs);
param array(const std::vector<bool>& xs);
/// text[] as text: each element quoted, so that any UTF-8 without NUL passes; nothing becomes NULL.
param array(std::span<const std::optional<std::string>> xs);

/// What `unnest` pads with NULL: a column that no row of the batch uses.
param unused_column();

/// "{1,2,3}" as the server writes a bigint[].
std::vector<std::int64_t> parse_int8_array(std::string_view text);
/// A whole number as the server writes it; throws error_kind::fatal for anything else: the statement does not fit the
/// schema.
std::int64_t parse_int8(std::string_view text);

} // namespace xxl::storage::postgres
