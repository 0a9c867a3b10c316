#include "config/settings_values.hpp"

#include "config/duration.hpp"
#include "config/nearest_name.hpp"
#include "protocol/validate.hpp"
#include "schedule/timetable.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace xxl::config {
namespace {

std::string in_quotes(std::string_view text) { return "\"" + std::string{text.substr(0, 128)} + "\""; }

constexpr std::array<std::pair<std::string_view, node_role>, 3> roles{
    {{"standalone", node_role::standalone}, {"admin", node_role::admin}, {"executor", node_role::executor}}};
constexpr std::array<std::pair<std::string_view, log_level>, 5> levels{{{"trace", log_level::trace},
                                                                        {"debug", log_level::debug},
                                                                        {"info", log_level::info},
                                                                        {"warn", log_level::warn},
                                                                        {"error", log_level::error}}};

template <class Table, class Enum> std::string read_name(const Table& table, std::string_view text, Enum& into) {
  std::vector<std::string_view> names;
  for (auto& [name, value] : table) {
    names.push_back(name);
    if (name != text) continue;
    into = value;
    return {};
  }
  return in_quotes(text) + " is unknown" + suggestion(text, names);
}

template <class Table, class Enum> std::string name_in(const Table& table, Enum wanted) {
  for (auto& [name, value] : table)
    if (value == wanted) return std::string{name};
  return {};
}

} // namespace

std::string to_string(node_role role) { return name_in(roles, role); }
std::string to_string(log_level level) { return name_in(levels, level); }

std::string read_role(std::string_view text, node_role& into) { return read_name(roles, text, into); }
std::string read_log_level(std::string_view text, log_level& into) { return read_name(levels, text, into); }

std::string read_bool(std::string_view text, bool& into) {
  if (text != "true" && text != "false") return in_quotes(text) + " is neither true nor false";
  into = text == "true";
  return {};
}

std::string read_whole(std::string_view text, whole_range range, std::uint32_t& into) {
  std::uint32_t value = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = failure == std::errc{} && end == text.data() + text.size();
  if (!whole || value < range.least || value > range.most)
    return in_quotes(text) + " is not a whole number from " + std::to_string(range.least) + " to " +
           std::to_string(range.most);
  into = value;
  return {};
}

std::string read_duration(std::string_view text, duration_range range, std::chrono::milliseconds& into) {
  auto parsed = parse_duration(text);
  if (auto* why = std::get_if<std::string>(&parsed)) return *why;
  auto value = std::get<std::chrono::milliseconds>(parsed);
  if (value < range.least || value > range.most)
    return format_duration(value) + " is out of range: " + format_duration(range.least) + " to " +
           format_duration(range.most);
  into = value;
  return {};
}

std::string read_node_name(std::string_view text, std::string& into) {
  if (!is_job_name(text))
    return in_quotes(text) +
           " is not a name: 1 to 128 of A-Z, a-z, 0-9, ., _ and -, beginning with a letter or a digit";
  into = text;
  return {};
}

std::string read_group(std::string_view text, std::string& into) {
  if (!is_group_name(text))
    return in_quotes(text) + " is not a group's name: 4 to 64 of a-z, 0-9 and -, beginning with a letter";
  into = text;
  return {};
}

std::string read_timezone_name(std::string_view text, std::string& into) {
  if (!schedule::is_zone(text))
    return in_quotes(text) + " is an unknown zone: write an IANA name such as Asia/Shanghai, or UTC";
  into = text;
  return {};
}

std::string read_database(std::string_view text, std::string& into) {
  for (std::string_view scheme : {"sqlite://", "postgresql://", "postgres://"}) {
    if (!text.starts_with(scheme)) continue;
    if (text.size() == scheme.size()) return "nothing follows " + std::string{scheme};
    into = text;
    return {};
  }
  return "not a database: write sqlite://PATH or postgresql://USER:PASSWORD@HOST/NAME";
}

} // namespace xxl::config
