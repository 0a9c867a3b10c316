#include "storage/postgres_param.hpp"

#include "storage/error.hpp"

#include <bit>
#include <charconv>
#include <type_traits>
#include <utility>

namespace xxl::storage::postgres {

namespace {

/// pg_type's oids: fixed for ever.
template <class T> constexpr std::uint32_t element_oid = 0;
template <> constexpr std::uint32_t element_oid<bool> = 16;
template <> constexpr std::uint32_t element_oid<std::int64_t> = 20;
template <> constexpr std::uint32_t element_oid<std::int16_t> = 21;
template <> constexpr std::uint32_t element_oid<std::int32_t> = 23;

template <class T> void put_big_endian(std::string& out, T x) {
  const auto bits = static_cast<std::uint64_t>(x);
  for (std::size_t byte = sizeof(T); byte-- > 0;) out.push_back(static_cast<char>(bits >> (8 * byte) & 0xff));
}

/// Dimensions, nulls, element type, size, lower bound; then length and value of each element.
template <class T, class Range> param binary_array(const Range& xs) {
  if (xs.empty()) return unused_column(); // a binary empty array has no dimension at all; as text it is plain
  std::string out;
  out.reserve(20 + (4 + sizeof(T)) * xs.size());
  put_big_endian<std::uint32_t>(out, 1);
  put_big_endian<std::uint32_t>(out, 0);
  put_big_endian<std::uint32_t>(out, element_oid<T>);
  put_big_endian<std::uint32_t>(out, static_cast<std::uint32_t>(xs.size()));
  put_big_endian<std::uint32_t>(out, 1);
  for (const T x : xs) {
    put_big_endian<std::uint32_t>(out, sizeof(T));
    put_big_endian<T>(out, x);
  }
  return {std::move(out), true, false};
}

} // namespace

param null_param() { return {{}, false, true}; }

param scalar(std::int64_t x) { return {std::to_string(x), false, false}; }

param scalar(std::string text) { return {std::move(text), false, false}; }

param array(std::span<const std::int16_t> xs) { return binary_array<std::int16_t>(xs); }

param array(std::span<const std::int32_t> xs) { return binary_array<std::int32_t>(xs); }

param array(std::span<const std::int64_t> xs) { return binary_array<std::int64_t>(xs); }

param array(const std::vector<bool>& xs) { return binary_array<bool>(xs); }

param array(std::span<const std::optional<std::string>> xs) {
  std::string out = "{";
  for (const auto& x : xs) {
    if (out.size() > 1) out += ',';
    if (!x) {
      out += "NULL";
      continue;
    }
    out += '"'; // quoted, the word NULL is text as well
    for (const char c : *x) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return {out + '}', false, false};
}

param unused_column() { return {"{}", false, false}; }

std::int64_t parse_int8(std::string_view text) {
  std::int64_t x = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (failure != std::errc{} || end != text.data() + text.size())
    throw error{
        error_kind::fatal, {}, "the database answered \"" + std::string{text} + "\" where a whole number was due"};
  return x;
}

std::vector<std::int64_t> parse_int8_array(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}')
    throw error{error_kind::fatal, {}, "the database answered \"" + std::string{text} + "\" where an array was due"};
  text = text.substr(1, text.size() - 2);
  std::vector<std::int64_t> xs;
  while (!text.empty()) {
    const auto comma = text.find(',');
    xs.push_back(parse_int8(text.substr(0, comma)));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return xs;
}

} // namespace xxl::storage::postgres
