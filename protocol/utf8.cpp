#include "protocol/utf8.hpp"

namespace xxl {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD
constexpr std::string_view cut_note = " … (cut)";

/// What may follow a first byte: how many bytes, and the range of the second one. It is the second byte that tells
/// overlong forms, surrogates and what lies beyond U+10FFFF; all others are 80 to BF.
struct sequence {
  std::size_t bytes = 0; ///< 0: not a first byte
  unsigned char least = 0x80, most = 0xBF;
};

sequence begun_by(unsigned char lead) {
  if (lead < 0xC2) return {};
  if (lead < 0xE0) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  if (lead < 0xF4) return {4};
  return {};
}

} // namespace

utf8_piece first_character(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  auto s = begun_by(lead);
  if (s.bytes == 0) return {0xFFFD, 1, false};
  auto value = static_cast<char32_t>(lead & (0xFFu >> (s.bytes + 1)));
  for (std::size_t i = 1; i < s.bytes; ++i) {
    auto next = i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
    if (next < s.least || next > s.most) return {0xFFFD, i, false};
    value = value << 6 | (next & 0x3Fu);
    s.least = 0x80;
    s.most = 0xBF;
  }
  return {value, s.bytes, true};
}

std::optional<std::size_t> first_non_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto c = first_character(text.substr(i));
    if (!c.well_formed || c.value == 0) return i;
    i += c.bytes;
  }
  return std::nullopt;
}

std::optional<std::string> text_problem(std::string_view text) {
  auto bad = first_non_text(text);
  if (!bad) return std::nullopt;
  return "not text: byte " + std::to_string(*bad + 1) + " is " + (text[*bad] == '\0' ? "NUL" : "not UTF-8");
}

std::string clean_text(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes && !first_non_text(text)) return std::string{text}; // nearly always
  std::string clean;
  std::size_t room_for_note = 0; // the last end of a character after which the note still fits
  while (!text.empty()) {
    auto c = first_character(text);
    if (c.value != 0) clean += c.well_formed ? text.substr(0, c.bytes) : replacement;
    text.remove_prefix(c.bytes);
    if (clean.size() > most_bytes) {
      clean.resize(room_for_note);
      return clean += cut_note;
    }
    if (clean.size() + cut_note.size() <= most_bytes) room_for_note = clean.size();
  }
  return clean;
}

} // namespace xxl
