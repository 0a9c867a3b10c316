#include "cli/table.hpp"

#include "config/source_text.hpp"

#include <algorithm>
#include <utility>

namespace xxl::cli {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  auto taken = config::display_width(text);
  return text + std::string(width > taken ? width - taken : 0, ' ');
}

std::string escaped(unsigned char c) {
  static constexpr char digits[] = "0123456789abcdef";
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (c == '\r') return "\\r";
  return std::string{"\\x"} + digits[c >> 4] + digits[c & 15];
}

} // namespace

std::string one_line(std::string_view text) {
  std::string line;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      line += escaped(byte);
    else
      line += c;
  }
  return line;
}

table::table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }

void table::add(std::vector<std::string> cells) {
  for (auto& cell : cells) cell = cell.empty() ? "-" : one_line(cell);
  rows_.push_back(std::move(cells));
}

std::string table::text() const {
  std::vector<std::size_t> widths(rows_[0].size(), 0);
  for (auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], config::display_width(row[i]));
  std::string out;
  for (auto& row : rows_) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) out += padded(row[i], widths[i]) + "  ";
    out += row.back() + "\n";
  }
  return out;
}

void facts::add(std::string key, std::string value) {
  rows_.emplace_back(std::move(key) + ":", value.empty() ? "-" : one_line(value));
}

std::string facts::text() const {
  std::size_t width = 0;
  for (auto& [key, value] : rows_) width = std::max(width, config::display_width(key));
  std::string out;
  for (auto& [key, value] : rows_) out += padded(key, width) + "  " + value + "\n";
  return out;
}

} // namespace xxl::cli
