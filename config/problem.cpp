#include "config/problem.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace xxl::config {
namespace {

constexpr std::size_t kept_of_a_file = 1'000;
constexpr std::size_t shown_before_column = 60;
constexpr std::size_t shown_characters = 100;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The byte at which the character of that index (from 0) starts.
std::size_t byte_of_character(std::string_view text, std::size_t index) {
  std::size_t i = 0;
  while (i < text.size() && (index > 0 || is_continuation(text[i]))) {
    if (!is_continuation(text[i])) --index;
    ++i;
  }
  while (i < text.size() && is_continuation(text[i])) ++i;
  return i;
}

/// A file may hold escape sequences: what reaches a terminal does not.
std::string printable(std::string_view text) {
  std::string out{text};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; },
      '?');
  return out;
}

/// The line and the caret line. Made when a problem is added: keeping whole lines would keep one long line a thousand
/// times.
std::string excerpt_of(std::string_view line, position where) {
  if (line.empty() || where.column == 0) return {};
  std::size_t column = where.column - 1;
  std::string before, after;
  if (column > shown_before_column) {
    line.remove_prefix(byte_of_character(line, column - shown_before_column));
    column = shown_before_column;
    before = "...";
  }
  if (auto end = byte_of_character(line, shown_characters); end < line.size()) {
    line = line.substr(0, end);
    after = "...";
  }
  auto left = line.substr(0, byte_of_character(line, column));
  std::string padding(before.size(), ' ');
  // A tab stays a tab, so that the caret stands right whatever the terminal makes of it.
  for (std::size_t i = 0; i < left.size();) {
    auto bytes = std::max<std::size_t>(byte_of_character(left.substr(i), 1), 1);
    padding += left[i] == '\t' ? std::string{"\t"} : std::string(display_width(left.substr(i, bytes)), ' ');
    i += bytes;
  }
  return before + printable(line) + after + "\n" + padding + "^";
}

} // namespace

std::string to_string(const problem& p) {
  std::string out = p.file;
  if (p.where.line > 0) out += ":" + std::to_string(p.where.line) + ":" + std::to_string(p.where.column);
  out += ": " + printable(p.message);
  if (!p.excerpt.empty()) out += "\n" + p.excerpt;
  return out;
}

void problem_list::add(const source_text& source, position where, std::string message) {
  ++total_;
  if (kept_.empty() || kept_.back().file != source.name()) kept_of_this_file_ = 0;
  if (kept_of_this_file_ == kept_of_a_file) return;
  ++kept_of_this_file_;
  kept_.push_back({source.name(), where, std::move(message), excerpt_of(source.line(where.line), where)});
}

void problem_list::add(std::string file, std::string message) {
  ++total_;
  kept_.push_back({std::move(file), {}, std::move(message), {}});
  kept_of_this_file_ = 1;
}

void problem_list::append(problem_list other) {
  total_ += other.total_;
  kept_of_this_file_ = other.kept_of_this_file_;
  std::move(other.kept_.begin(), other.kept_.end(), std::back_inserter(kept_));
}

void problem_list::sort() {
  std::map<std::string, std::size_t> order;
  for (auto& p : kept_) order.emplace(p.file, order.size());
  std::stable_sort(kept_.begin(), kept_.end(), [&](const problem& a, const problem& b) {
    return std::pair{order[a.file], a.where} < std::pair{order[b.file], b.where};
  });
}

std::string report(const problem_list& problems, std::size_t most) {
  std::string out;
  std::size_t shown = std::min(most, problems.kept().size());
  for (std::size_t i = 0; i < shown; ++i) out += (i ? "\n\n" : "") + to_string(problems.kept()[i]);
  if (auto rest = problems.size() - shown)
    out += "\n\n" + std::to_string(rest) + (rest == 1 ? " more error" : " more errors");
  return out;
}

} // namespace xxl::config
