#pragma once
// Text as the databases take it: well-formed UTF-8 (Unicode 15, table 3-7) without NUL bytes. PostgreSQL refuses every
// other text for ever, so what comes from outside is checked, or cleaned, before it goes anywhere.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xxl {

/// The front of a text.
struct utf8_piece {
  char32_t value = 0;    ///< the character; U+FFFD if the bytes are none
  std::size_t bytes = 0; ///< how many it takes, 1 to 4; if ill-formed, the longest part that could have begun a
                         ///< character, else one byte: what decoders replace by one U+FFFD
  bool well_formed = false;
};

/// The first character of `text`, which is not empty.
utf8_piece first_character(std::string_view text);

/// Offset of the first byte that is not UTF-8 (overlong forms, surrogates and what lies beyond U+10FFFF are not), or is
/// NUL; nothing if all is text.
std::optional<std::size_t> first_non_text(std::string_view text);

/// What is wrong, for people: "not text: byte 7 is NUL" (or "is not UTF-8"), counted from 1; nothing if all is text.
std::optional<std::string> text_problem(std::string_view text);

/// The text, made one that the databases take: ill-formed parts become U+FFFD each, as the WHATWG's decoder does it;
/// NUL bytes are left out. Over `most_bytes` it is cut between two characters and ends in " … (cut)", within the limit.
/// `most_bytes` holds at least that note.
std::string clean_text(std::string_view text, std::size_t most_bytes);

} // namespace xxl
