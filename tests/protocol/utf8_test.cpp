// The decoder, against the well-known hard cases: Unicode 15, table 3-7 and section 3.9 (substitution of maximal
// subparts), which is what the WHATWG's decoder does.

#include "protocol/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace xxl {
namespace {

constexpr std::size_t plenty = 1'000;

/// "?" for each U+FFFD.
std::string cleaned(std::string_view text) {
  auto clean = clean_text(text, plenty);
  for (std::size_t at; (at = clean.find("\xEF\xBF\xBD")) != std::string::npos;) clean.replace(at, 3, "?");
  return clean;
}

std::string encoded(char32_t c) {
  auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  auto head = [c](int mark, int shift) { return static_cast<char>(mark | c >> shift); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {head(0xC0, 6), tail(0)};
  if (c < 0x10000) return {head(0xE0, 12), tail(6), tail(0)};
  return {head(0xF0, 18), tail(12), tail(6), tail(0)};
}

bool surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

TEST(Utf8, EveryCharacterIsTextAndNoSurrogateIsOne) {
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    auto bytes = encoded(c);
    auto piece = first_character(bytes);
    ASSERT_EQ(piece.well_formed, !surrogate(c)) << std::hex << static_cast<unsigned>(c);
    if (surrogate(c)) continue;
    ASSERT_EQ(piece.value, c);
    ASSERT_EQ(piece.bytes, bytes.size());
  }
}

TEST(Utf8, OfAllTwoAndThreeBytesOnlyTheEncodedCharactersAreWellFormed) {
  std::size_t two = 0, three = 0;
  for (unsigned bytes = 0; bytes < 0x1000000; ++bytes) {
    const std::array<char, 3> text{static_cast<char>(bytes >> 16), static_cast<char>(bytes >> 8),
                                   static_cast<char>(bytes)};
    auto piece = first_character({text.data(), 3});
    if (!piece.well_formed) continue;
    two += piece.bytes == 2;
    three += piece.bytes == 3;
  }
  EXPECT_EQ(two, std::size_t{0x800 - 0x80} * 256) << "the third byte is free";
  EXPECT_EQ(three, std::size_t{0x10000 - 0x800 - 0x800}) << "all but surrogates, none overlong";
}

TEST(Utf8, TheFirstByteThatIsNotTextIsFound) {
  EXPECT_EQ(first_non_text(""), std::nullopt);
  EXPECT_EQ(first_non_text("plain é 订 \xF0\x9F\x98\x80"), std::nullopt);
  EXPECT_EQ(first_non_text("ab\xFF"), 2u);
  EXPECT_EQ(first_non_text(std::string_view{"a\0b", 3}), 1u);
  EXPECT_EQ(first_non_text("\xC0\xAF"), 0u);         // overlong, two bytes
  EXPECT_EQ(first_non_text("\xE0\x9F\xBF"), 0u);     // overlong, three
  EXPECT_EQ(first_non_text("\xF0\x8F\xBF\xBF"), 0u); // overlong, four
  EXPECT_EQ(first_non_text("\xED\xA0\x80"), 0u);     // surrogate
  EXPECT_EQ(first_non_text("\xF4\x90\x80\x80"), 0u); // U+110000
  EXPECT_EQ(first_non_text("a\xE8\xAE"), 1u);        // cut short
  EXPECT_EQ(first_non_text("\xEF\xBF\xBE"), std::nullopt) << "a noncharacter is text";
}

TEST(CleanText, LeavesTextAsItIs) {
  for (std::string_view text : {"", "exit code 3", "é 订 \xF0\x9F\x98\x80 \xEF\xBF\xBD \xEF\xBB\xBF", "a\r\n\t\x01 b"})
    EXPECT_EQ(clean_text(text, plenty), text);
}

TEST(CleanText, NulBytesAreLeftOut) { EXPECT_EQ(cleaned({"\0a\0\0b\0", 6}), "ab"); }

TEST(CleanText, EachIllFormedPartBecomesOneReplacement) {
  EXPECT_EQ(cleaned("a\xFF\xFE z"), "a?? z");
  EXPECT_EQ(cleaned("\x80\xBF"), "??");           // continuations of nothing
  EXPECT_EQ(cleaned("\xC0\xAF"), "??");           // overlong: no part of it could have begun a character
  EXPECT_EQ(cleaned("\xE0\x80\xAF"), "???");      // overlong
  EXPECT_EQ(cleaned("\xED\xA0\x80"), "???");      // surrogate
  EXPECT_EQ(cleaned("\xF4\x90\x80\x80"), "????"); // U+110000
  EXPECT_EQ(cleaned("\xE8\xAE"), "?");            // cut short: one part
  EXPECT_EQ(cleaned("\xF0\x9F\x98 x"), "? x");    // the same, and the text goes on
  EXPECT_EQ(cleaned("\xE8\xAE\xC3\xA9"), "?é");   // broken off by a character
  // The example of Unicode, section 3.9, table 3-11.
  EXPECT_EQ(cleaned("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"), "a???b?c??d");
}

TEST(CleanText, IsTextWhateverItWasAndWithinItsLimit) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::string bytes;
    for (unsigned i = 0, x = seed * 2654435761u + 1; i < 300; ++i) {
      x = x * 1664525u + 1013904223u;
      bytes += static_cast<char>(seed % 2 == 0 ? x >> 24 : 0xE0 | x >> 27); // any bytes; mostly first ones
    }
    for (std::size_t most : {10u, 50u, 1'000u}) {
      auto clean = clean_text(bytes, most);
      EXPECT_EQ(first_non_text(clean), std::nullopt) << seed;
      EXPECT_LE(clean.size(), most);
      EXPECT_EQ(clean_text(clean, most), clean) << "cleaned twice, as at the executor and at the admin";
    }
  }
}

TEST(TextProblem, NamesTheFirstBadByteAndWhatItIs) {
  EXPECT_EQ(text_problem("订单"), std::nullopt);
  EXPECT_EQ(text_problem({"ab\0", 3}), "not text: byte 3 is NUL");
  EXPECT_EQ(text_problem("a\xFF\xFF"), "not text: byte 2 is not UTF-8");
}

TEST(CleanText, ATextOverTheLimitIsCutBetweenCharacters) {
  EXPECT_EQ(clean_text("0123456789abcdef", 16), "0123456789abcdef");
  EXPECT_EQ(clean_text("0123456789abcdefg", 16), "012345 … (cut)");
  EXPECT_EQ(clean_text("01234ééééééééé", 16), "01234 … (cut)");
  EXPECT_EQ(clean_text(std::string(17, '\0'), 16), "") << "what is left out takes no room";
  EXPECT_EQ(clean_text("012345678901\xFF\xFF", 16), "012345 … (cut)") << "what is replaced takes more";
}

} // namespace
} // namespace xxl
