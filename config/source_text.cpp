#include "config/source_text.hpp"

#include "protocol/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace xxl::config {
namespace {

constexpr std::size_t block_bytes = 64;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Blocks whose characters take two columns (Unicode's East Asian Width W and F, coarsely).
bool is_wide(char32_t c) {
  constexpr std::array<std::pair<char32_t, char32_t>, 8> blocks{{{0x1100, 0x115F},
                                                                 {0x2E80, 0xA4CF},
                                                                 {0xAC00, 0xD7A3},
                                                                 {0xF900, 0xFAFF},
                                                                 {0xFE30, 0xFE6F},
                                                                 {0xFF00, 0xFF60},
                                                                 {0x1F300, 0x1FAFF},
                                                                 {0x20000, 0x3FFFD}}};
  return std::any_of(blocks.begin(), blocks.end(), [c](auto& b) { return c >= b.first && c <= b.second; });
}

} // namespace

source_text::source_text(std::string name, std::string text) : name_{std::move(name)}, text_{std::move(text)} {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
  line_starts_.push_back(0);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (i % block_bytes == 0) characters_before_block_.push_back(characters);
    if (!is_continuation(text_[i])) ++characters;
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
  if (text_.size() % block_bytes == 0) characters_before_block_.push_back(characters);
}

std::string_view source_text::line(std::size_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  auto start = line_starts_[number - 1];
  auto end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  auto found = std::string_view{text_}.substr(start, end - start);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

position source_text::at(std::size_t byte) const {
  byte = std::min(byte, text_.size());
  auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), byte);
  auto start = *std::prev(next);
  return {static_cast<std::size_t>(next - line_starts_.begin()),
          characters_before(byte) - characters_before(start) + 1};
}

std::size_t source_text::characters_before(std::size_t byte) const {
  auto block = byte / block_bytes;
  auto rest = std::string_view{text_}.substr(block * block_bytes, byte % block_bytes);
  auto more = std::count_if(rest.begin(), rest.end(), [](char c) { return !is_continuation(c); });
  return characters_before_block_[block] + static_cast<std::size_t>(more);
}

std::size_t source_text::byte(std::size_t line, std::size_t bytes_in) const {
  if (line == 0) return 0;
  if (line > line_starts_.size()) return text_.size();
  return std::min(line_starts_[line - 1] + bytes_in, text_.size());
}

std::string source_text::locate(position where) const {
  if (where.line == 0) return name_;
  return name_ + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    auto c = first_character(text);
    width += is_wide(c.value) ? 2 : 1;
    text.remove_prefix(c.bytes);
  }
  return width;
}

} // namespace xxl::config
