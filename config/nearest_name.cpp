#include "config/nearest_name.hpp"

#include <algorithm>
#include <vector>

namespace xxl::config {
namespace {

constexpr std::size_t most_edits = 3;

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' ? '-' : c; }

/// Levenshtein's distance with swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

} // namespace

std::string_view nearest_name(std::string_view written, std::span<const std::string_view> known) {
  std::string_view nearest;
  std::size_t fewest = most_edits + 1;
  for (auto name : known) {
    auto longer = std::max(name.size(), written.size());
    if (longer - std::min(name.size(), written.size()) > most_edits) continue;
    auto edits = edit_distance(written, name);
    if (edits < fewest && edits * 3 <= longer) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

std::string suggestion(std::string_view written, std::span<const std::string_view> known) {
  if (auto near = nearest_name(written, known); !near.empty()) return "; did you mean \"" + std::string{near} + "\"?";
  std::string all;
  for (auto name : known) all += (all.empty() ? "" : ", ") + std::string{name};
  return "; known are " + all;
}

} // namespace xxl::config
