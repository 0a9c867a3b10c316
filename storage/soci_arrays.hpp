#pragma once
// Arrays in one text parameter: PostgreSQL's '{…}' for unnest, JSON for SQLite's json_each.

#include <span>
#include <string>

namespace xxl::storage {

/// "{1,2,3}"
std::string postgres_array(std::span<const long long> numbers);
/// {"a","b\"c"}: every element quoted, so that nothing reads as NULL.
std::string postgres_array(std::span<const std::string> texts);
/// "[1,2,3]"
std::string json_array(std::span<const long long> numbers);
/// "[[1,10],[2,20]]": the first of `a` with the first of `b`, and so on.
std::string json_pairs(std::span<const long long> a, std::span<const long long> b);

} // namespace xxl::storage
