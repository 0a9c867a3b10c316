#pragma once
// A source file taken apart: what the compiler sees as code, the string literals, and the quoted includes. Enough of
// C++ for the style rules, not more.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::tidy {

struct piece {
  std::size_t line = 0; ///< counts from 1
  std::string text;
};

struct source_text {
  std::vector<piece> code;     ///< line by line; comments and the insides of literals are blanked
  std::vector<piece> literals; ///< string literals, raw ones included, at their first line
  std::vector<piece> includes; ///< paths of #include "…"
};

source_text take_apart(std::string_view content);

/// The content's lines, counted from 1.
std::vector<piece> lines_of(std::string_view content);

} // namespace xxl::tidy
