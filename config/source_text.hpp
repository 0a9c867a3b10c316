#pragma once
// One file as it was read: its text and where its lines are, so that every error can name line and column and show the
// line.

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::config {

/// A place in a text: both count from 1, columns in characters (code points), not bytes. Line 0: the file as a whole.
struct position {
  std::size_t line = 0, column = 0;
  friend auto operator<=>(const position&, const position&) = default;
};

class source_text {
public:
  /// `name` is what errors call it: the path as the user gave it. A byte order mark at the front of `text` is dropped.
  source_text(std::string name, std::string text);

  const std::string& name() const noexcept { return name_; }
  const std::string& text() const noexcept { return text_; }

  /// Lines count from 1; empty for a line that is not there. Without its line end.
  std::string_view line(std::size_t number) const;

  /// The place of a byte; offsets beyond the end give the end.
  position at(std::size_t byte) const;

  /// The byte at the start of a line plus `bytes_in` bytes, kept inside the text: the inverse of at() for parsers that
  /// count bytes.
  std::size_t byte(std::size_t line, std::size_t bytes_in) const;

  /// "name:line:column", or the name alone for the file as a whole.
  std::string locate(position where) const;

private:
  /// How many characters begin before a byte.
  std::size_t characters_before(std::size_t byte) const;

  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> characters_before_block_; ///< counted once, so that a file that is one long line is no trap
};

/// How many columns a terminal takes for it: 2 for wide East Asian characters.
std::size_t display_width(std::string_view text);

} // namespace xxl::config
