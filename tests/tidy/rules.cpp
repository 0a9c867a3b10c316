#include "tests/tidy/rules.hpp"

#include "tests/tidy/source_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <map>
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

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Where `word` stands in the text by itself, from `at` on. (std::regex took minutes on a busy machine.)
std::size_t find_word(std::string_view text, std::string_view word, std::size_t at = 0) {
  for (; (at = text.find(word, at)) != std::string_view::npos; ++at) {
    auto end = at + word.size();
    if ((at == 0 || !in_word(text[at - 1])) && (end == text.size() || !in_word(text[end]))) return at;
  }
  return std::string_view::npos;
}

template <class Words> bool has_one_of(std::string_view text, const Words& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return find_word(text, word) != std::string_view::npos; });
}

/// Whether a function of that name is called.
bool calls(std::string_view code, std::string_view name) {
  auto at = find_word(code, name);
  if (at == std::string_view::npos) return false;
  auto next = code.find_first_not_of(" \t", at + name.size());
  return (next != std::string_view::npos && code[next] == '(') || calls(code.substr(at + name.size()), name);
}

/// The lines of the code for which `is_wrong` holds.
template <class Wrong> findings code_where(const file& f, const std::string& text, Wrong is_wrong) {
  findings found;
  if (!is_cpp(f)) return found;
  for (auto& [line, code] : take_apart(f.content).code)
    if (is_wrong(code)) found.push_back(finding(f, line, text));
  return found;
}

/// Whether a path in the text begins with `folder`, and is not a part of a longer one.
bool is_path_below(std::string_view text, std::string_view folder) {
  auto at = text.find(folder);
  return at != std::string_view::npos && (at == 0 || !in_word(text[at - 1]));
}

/// What each folder may include besides itself. Absent: everything.
const std::map<std::string, std::set<std::string>>& allowed_includes() {
  static const std::map<std::string, std::set<std::string>> table{
      {"protocol", {}},
      {"schedule", {}},
      {"forecast", {"schedule"}},
      {"config", {"protocol", "schedule"}},
      {"audit", {"protocol", "schedule", "config"}},
      {"storage", {"protocol"}},
      {"transport", {"protocol"}},
      {"notify", {"protocol"}},
      {"actors", {"protocol", "schedule", "config", "storage", "transport", "notify", "xxl"}},
      {"http", {"protocol", "schedule", "config", "storage", "transport", "notify", "actors"}},
      {"include", {"xxl"}},
      {"cli", {"protocol", "schedule", "forecast", "config", "audit", "transport"}},
      {"examples", {"xxl"}},
  };
  return table;
}

} // namespace

findings wall_clock(const file& f) {
  // The bench notes what the handlers saw, on a clock of its own and in microseconds; the shim of the fault tests is
  // what steps the clock.
  for (auto* reader : {"protocol/clock.cpp", "bench/bench_executor.cpp", "tests/faults/shim.cpp"})
    if (f.path == reader) return {};
  static constexpr std::string_view clocks[] = {"system_clock::now", "gettimeofday", "std::time", "CLOCK_REALTIME"};
  return code_where(f, "reads the wall clock: ask the xxl::clock that was handed in",
                    [](auto& code) { return has_one_of(code, clocks); });
}

findings sleeping(const file& f) {
  static constexpr std::string_view sleeps[] = {"sleep_for", "sleep_until",     "usleep",
                                                "nanosleep", "clock_nanosleep", "sleep"};
  return code_where(f, "sleeps: wait for the event itself, with a deadline", [](auto& code) {
    return std::any_of(std::begin(sleeps), std::end(sleeps), [&](auto name) { return calls(code, name); });
  });
}

findings sql_outside_storage(const file& f) {
  auto folder = folder_of(f.path);
  if (!is_cpp(f) || folder == "storage" || folder == "tests" || folder == "bench") return {};
  static constexpr std::string_view phrases[] = {"SELECT",       "INSERT INTO", "DELETE FROM",     "CREATE TABLE",
                                                 "CREATE INDEX", "ALTER TABLE", "BEGIN IMMEDIATE", "PRAGMA"};
  findings found;
  for (auto& [line, literal] : take_apart(f.content).literals) {
    bool updates = has_one_of(literal, std::array{"UPDATE"}) && has_one_of(literal, std::array{"SET"});
    if (updates || has_one_of(literal, phrases))
      found.push_back(finding(f, line, "SQL outside storage/: add a call to a repository there"));
  }
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
  static const std::string notes[] = {std::string{"TO"} + "DO", std::string{"FIX"} + "ME", std::string{"HA"} + "CK"};
  static const std::string places[] = {std::string{"/ho"} + "me/", std::string{"/ro"} + "ot/",
                                       std::string{"/wo"} + "rk/"};
  findings found;
  for (auto& [line, text] : lines_of(f.content)) {
    if (has_one_of(text, notes))
      found.push_back(finding(f, line, "a note about work left over: do it, or open an issue"));
    if (std::any_of(std::begin(places), std::end(places), [&](auto& p) { return is_path_below(text, p); }))
      found.push_back(finding(f, line, "a path of one machine"));
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
