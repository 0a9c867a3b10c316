#include "config/yaml_reader.hpp"

#include "config/duration.hpp"
#include "config/instant.hpp"
#include "protocol/enums.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <vector>

namespace xxl::config {
namespace {

std::string in_quotes(std::string_view text) { return "\"" + std::string{text.substr(0, 64)} + "\""; }

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string unknown_key(std::string_view key, const key_set& keys) {
  if (key == "<<") return "merge keys (<<) are not supported: write the keys out, or use an alias for the whole value";
  if (contains(keys.later, key)) return in_quotes(key) + " in " + std::string{keys.of} + " is not supported yet";
  for (auto& [name, place] : keys.elsewhere)
    if (name == key)
      return in_quotes(key) + " does not stand in " + std::string{keys.of} + " itself: write " + std::string{place};
  return "unknown key " + in_quotes(key) + " in " + std::string{keys.of} + suggestion(key, keys.known);
}

/// "a, b, c" as a list.
std::vector<std::string_view> split_names(std::string_view names) {
  std::vector<std::string_view> out;
  while (!names.empty()) {
    auto comma = names.find(", ");
    out.push_back(names.substr(0, comma));
    names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 2);
  }
  return out;
}

} // namespace

void yaml_reader::fail(position where, std::string message) {
  ++failures_;
  problems_.add(source_, where, std::move(message));
}

bool yaml_reader::mapping(const yaml_node& node, const key_set& keys) {
  if (node.what != yaml_node::kind::mapping) {
    fail(node, "expected " + std::string{keys.of} + " (a mapping, \"key: value\"), found " + describe(node));
    return false;
  }
  std::unordered_map<std::string_view, position> seen;
  for (auto& [key, value] : node.entries) {
    if (!key->is_scalar()) {
      fail(*key, "a key must be text, found " + describe(*key));
    } else if (auto [first, fresh] = seen.emplace(key->text, key->where); !fresh) {
      fail(*key, "key " + in_quotes(key->text) + " is there twice in " + std::string{keys.of} + "; first at " +
                     source_.locate(first->second));
    } else if (!contains(keys.known, key->text)) {
      fail(*key, unknown_key(key->text, keys));
    }
  }
  return true;
}

const yaml_node* yaml_reader::required(const yaml_node& mapping, std::string_view key, std::string_view owner) {
  auto* node = mapping.find(key);
  if (!node) fail(mapping, std::string{owner} + " has no " + std::string{key});
  return node;
}

bool yaml_reader::list(const yaml_node& node, std::string_view key) {
  if (node.what == yaml_node::kind::sequence) return true;
  fail(node, std::string{key} + ": expected a list, found " + describe(node));
  return false;
}

std::optional<std::string> yaml_reader::scalar(const yaml_node& node, std::string_view key, std::string_view expected) {
  if (node.is_scalar()) return node.text;
  fail(node, std::string{key} + ": expected " + std::string{expected} + ", found " + describe(node));
  return std::nullopt;
}

std::optional<std::string> yaml_reader::text(const yaml_node& node, std::string_view key, std::size_t most_bytes) {
  auto found = scalar(node, key, "text");
  if (!found) return std::nullopt;
  if (found->size() > most_bytes) {
    fail(node, std::string{key} + ": " + std::to_string(found->size()) + " bytes are too long: at most " +
                   std::to_string(most_bytes));
    return std::nullopt;
  }
  if (found->find('\0') != std::string::npos) { // "\0" in double quotes
    fail(node, std::string{key} + ": a NUL byte is not text");
    return std::nullopt;
  }
  return found;
}

std::optional<std::string> yaml_reader::label(const yaml_node& node, std::string_view key, std::size_t most_bytes) {
  auto found = text(node, key, most_bytes);
  if (!found) return std::nullopt;
  if (found->empty()) {
    fail(node, std::string{key} + ": empty");
    return std::nullopt;
  }
  if (std::any_of(found->begin(), found->end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    fail(node, std::string{key} + ": must be one line without control characters");
    return std::nullopt;
  }
  return found;
}

std::optional<bool> yaml_reader::boolean(const yaml_node& node, std::string_view key) {
  if (node.is_scalar() && node.plain) {
    if (node.text == "true") return true;
    if (node.text == "false") return false;
  }
  fail(node, std::string{key} + ": expected true or false, found " + describe(node));
  return std::nullopt;
}

std::optional<std::int64_t> yaml_reader::number(const yaml_node& node, std::string_view key, std::int64_t least,
                                                std::int64_t most) {
  auto range = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  auto found = scalar(node, key, range);
  if (!found) return std::nullopt;
  std::int64_t value = 0;
  auto end = found->data() + found->size();
  auto [stopped, why] = std::from_chars(found->data(), end, value);
  if (node.plain && why == std::errc{} && stopped == end && value >= least && value <= most) return value;
  fail(node, std::string{key} + ": expected " + range + ", found " + describe(node));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> yaml_reader::duration(const yaml_node& node, std::string_view key,
                                                               std::chrono::milliseconds least) {
  auto found = scalar(node, key, "a duration such as 30s");
  if (!found) return std::nullopt;
  auto parsed = parse_duration(*found);
  if (auto* why = std::get_if<std::string>(&parsed)) {
    fail(node, std::string{key} + ": " + *why);
    return std::nullopt;
  }
  auto value = std::get<std::chrono::milliseconds>(parsed);
  if (value < least) {
    fail(node, std::string{key} + ": " + format_duration(value) + " is too short: at least " + format_duration(least));
    return std::nullopt;
  }
  return value;
}

std::optional<instant> yaml_reader::moment(const yaml_node& node, std::string_view key) {
  auto found = scalar(node, key, "an instant such as 2026-12-01T09:00:00+08:00");
  if (!found) return std::nullopt;
  auto parsed = parse_instant(*found);
  if (auto* why = std::get_if<std::string>(&parsed)) {
    fail(node, std::string{key} + ": " + *why);
    return std::nullopt;
  }
  auto value = std::get<instant>(parsed);
  if (to_ms(value) < 0 || value >= std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}) {
    fail(node, std::string{key} + ": " + *found + " is out of range: from 1970 to 9999, in UTC");
    return std::nullopt;
  }
  return value;
}

template <class Enum>
std::optional<Enum> yaml_reader::name(const yaml_node& node, std::string_view key,
                                      std::span<const std::string_view> later) {
  auto all = names_of<Enum>();
  auto found = scalar(node, key, "one of " + all);
  if (!found) return std::nullopt;
  if (auto value = from_name<Enum>(*found)) return value;
  if (contains(later, *found)) {
    fail(node, std::string{key} + " " + in_quotes(*found) + " is not supported yet; now: " + all);
  } else {
    fail(node, "unknown " + std::string{key} + " " + in_quotes(*found) + suggestion(*found, split_names(all)));
  }
  return std::nullopt;
}

template std::optional<route_strategy> yaml_reader::name(const yaml_node&, std::string_view,
                                                         std::span<const std::string_view>);
template std::optional<block_strategy> yaml_reader::name(const yaml_node&, std::string_view,
                                                         std::span<const std::string_view>);
template std::optional<gap_rule> yaml_reader::name(const yaml_node&, std::string_view,
                                                   std::span<const std::string_view>);
template std::optional<overlap_rule> yaml_reader::name(const yaml_node&, std::string_view,
                                                       std::span<const std::string_view>);
template std::optional<cron_dialect> yaml_reader::name(const yaml_node&, std::string_view,
                                                       std::span<const std::string_view>);
template std::optional<excluded_rule> yaml_reader::name(const yaml_node&, std::string_view,
                                                        std::span<const std::string_view>);
template std::optional<misfire_policy> yaml_reader::name(const yaml_node&, std::string_view,
                                                         std::span<const std::string_view>);
template std::optional<script_language> yaml_reader::name(const yaml_node&, std::string_view,
                                                          std::span<const std::string_view>);

position yaml_reader::inside(const yaml_node& scalar, std::size_t nth_byte) const {
  auto rest = std::string_view{source_.text()}.substr(scalar.byte);
  for (std::size_t quote : {0u, 1u}) // plain, quoted
    if (rest.size() >= quote && rest.substr(quote).starts_with(scalar.text))
      return source_.at(scalar.byte + quote + nth_byte);
  return scalar.where;
}

} // namespace xxl::config
