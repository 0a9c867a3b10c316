#include "tests/tidy/rules.hpp"

#include "tests/tidy/source_text.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string_view>

namespace xxl::tidy {
namespace {

constexpr std::size_t most_lines = 600;

bool is_cpp(const file& f) { return f.path.ends_with(".cpp") || f.path.ends_with(".hpp"); }

std::string finding(const file& f, std::size_t line, const std::string& text) {
  return f.path + ":" + std::to_string(line) + ": " + text;
}

/// The folder that design.md §2 knows: the first part of the path.
std::string folder_of(std::string_view path) {
  auto slash = path.find('/');
  return std::string{slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash)};
}

/// Which lines of the code contain the pattern.
findings code_with(const file& f, const char* pattern, const std::string& text) {
  if (!is_cpp(f)) return {};
  std::regex wanted{pattern};
  findings found;
  for (auto& [line, code] : take_apart(f.content).code)
    if (std::regex_search(code, wanted)) found.push_back(finding(f, line, text));
  return found;
}

/// What each folder may include besides itself. Absent: everything.
const std::map<std::string, std::set<std::string>>& allowed_includes() {
  static const std::map<std::string, std::set<std::string>> table{
      {"protocol", {}},
      {"schedule", {}},
      {"config", {"protocol", "schedule"}},
      {"storage", {"protocol"}},
      {"transport", {"protocol"}},
      {"notify", {"protocol"}},
      {"actors", {"protocol", "schedule", "config", "storage", "transport", "notify", "xxl"}},
      {"http", {"protocol", "schedule", "config", "storage", "transport", "notify", "actors"}},
      {"include", {"xxl"}},
      {"cli", {"protocol", "schedule", "config", "transport"}},
      {"examples", {"xxl"}},
  };
  return table;
}

} // namespace

findings wall_clock(const file& f) {
  if (f.path == "protocol/clock.cpp") return {};
  return code_with(f, R"((system_clock::now|\bgettimeofday|\bstd::time|\bCLOCK_REALTIME)\b)",
                   "reads the wall clock: ask the xxl::clock that was handed in");
}

findings sleeping(const file& f) {
  return code_with(f, R"(\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep|sleep)\s*\()",
                   "sleeps: wait for the event itself, with a deadline");
}

findings sql_outside_storage(const file& f) {
  auto folder = folder_of(f.path);
  if (!is_cpp(f) || folder == "storage" || folder == "tests" || folder == "bench") return {};
  static const std::regex sql{
      R"(\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|ALTER TABLE|BEGIN IMMEDIATE|PRAGMA)\b)"};
  findings found;
  for (auto& [line, literal] : take_apart(f.content).literals)
    if (std::regex_search(literal, sql))
      found.push_back(finding(f, line, "SQL outside storage/: add a call to a repository there"));
  return found;
}

findings arrows(const file& f) {
  auto own = folder_of(f.path);
  auto rule = allowed_includes().find(own);
  if (!is_cpp(f) || rule == allowed_includes().end()) return {};
  findings found;
  for (auto& [line, path] : take_apart(f.content).includes) {
    auto other = folder_of(path);
    if (other == own || rule->second.contains(other)) continue;
    found.push_back(
        finding(f, line, own + "/ may not include \"" + path + "\": arrows point one way (docs/architecture.md)"));
  }
  return found;
}

findings length(const file& f) {
  auto lines = static_cast<std::size_t>(std::count(f.content.begin(), f.content.end(), '\n'));
  if (!is_cpp(f) || lines <= most_lines) return {};
  return {
      finding(f, lines,
              "has " + std::to_string(lines) + " lines, at most " + std::to_string(most_lines) + ": split it by duty")};
}

findings leftovers(const file& f) {
  // Put together here, or this file would find itself.
  static const std::regex note{std::string{R"(\b(TO)"} + "DO|FIX" + "ME|HA" + R"(CK)\b)"};
  static const std::regex place{std::string{"/(ho"} + "me|ro" + "ot|wo" + "rk|Us" + "ers)/"};
  findings found;
  for (auto& [line, text] : lines_of(f.content)) {
    if (std::regex_search(text, note))
      found.push_back(finding(f, line, "a note about work left over: do it, or open an issue"));
    if (std::regex_search(text, place)) found.push_back(finding(f, line, "a path of one machine"));
  }
  return found;
}

findings header_guard(const file& f) {
  if (!f.path.ends_with(".hpp") || f.content.starts_with("#pragma once\n")) return {};
  return {finding(f, 1, "a header begins with #pragma once")};
}

findings dead_files(const std::vector<file>& tree) {
  std::map<std::string, std::string> lists; // folder → its CMakeLists.txt
  for (auto& f : tree)
    if (f.path.ends_with("CMakeLists.txt")) lists[f.path.substr(0, f.path.rfind('/') + 1)] = f.content;
  findings found;
  for (auto& f : tree) {
    if (!f.path.ends_with(".cpp")) continue;
    // In the list of its folder, or of the next one above that has any.
    auto folder = f.path.substr(0, f.path.rfind('/') + 1);
    while (!folder.empty() && !lists.contains(folder))
      folder = folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
    auto list = lists.find(folder);
    auto name = f.path.substr(folder.size());
    if (list == lists.end() || list->second.find(name) == std::string::npos)
      found.push_back(finding(f, 1, "is in no CMakeLists.txt: list it, or delete it"));
  }
  return found;
}

findings check(const std::vector<file>& tree) {
  findings all = dead_files(tree);
  for (auto& f : tree)
    for (auto* rule : {wall_clock, sleeping, sql_outside_storage, arrows, length, leftovers, header_guard})
      for (auto& x : rule(f)) all.push_back(std::move(x));
  return all;
}

} // namespace xxl::tidy
