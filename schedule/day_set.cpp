#include "schedule/day_set.hpp"

#include <algorithm>
#include <bit>

namespace xxl::schedule {

namespace {

constexpr std::size_t size = static_cast<std::size_t>((day_set::end - day_set::begin).count());
constexpr std::size_t word_count = (size + 63) / 64;
constexpr std::uint64_t ones = ~std::uint64_t{0};

std::size_t index_of(day_set::days day) { return static_cast<std::size_t>((day - day_set::begin).count()); }
day_set::days day_of(std::size_t index) {
  return day_set::begin + std::chrono::days{static_cast<std::int64_t>(std::min(index, size))};
}

/// The bits of word w that stand for the days [first, last].
std::uint64_t mask(std::size_t w, std::size_t first, std::size_t last) {
  const auto low = w == first / 64 ? ones << (first % 64) : ones;
  const auto high = w == last / 64 ? ones >> (63 - last % 64) : ones;
  return low & high;
}

/// The first bit at or after `from` that is set in the words, each first combined with `flip`; size if there is none.
std::size_t first_bit(const std::vector<std::uint64_t>& words, std::size_t from, std::uint64_t flip) {
  for (auto w = from / 64; w < word_count; ++w) {
    auto bits = words[w] ^ flip;
    if (w == from / 64) bits &= ones << (from % 64);
    if (bits != 0) return std::min(size, w * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
  }
  return size;
}

} // namespace

day_set::day_set() : words_(word_count) {}

day_set day_set::all() {
  day_set result;
  result.add(begin, end);
  return result;
}

void day_set::add(days first, days last) {
  first = std::max(first, begin);
  last = std::min(last, end - std::chrono::days{1});
  if (last < first) return;
  for (auto w = index_of(first) / 64; w <= index_of(last) / 64; ++w)
    words_[w] |= mask(w, index_of(first), index_of(last));
}

day_set& day_set::operator|=(const day_set& other) {
  for (std::size_t w = 0; w < word_count; ++w) words_[w] |= other.words_[w];
  return *this;
}

day_set& day_set::operator&=(const day_set& other) {
  for (std::size_t w = 0; w < word_count; ++w) words_[w] &= other.words_[w];
  return *this;
}

day_set& day_set::operator-=(const day_set& other) {
  for (std::size_t w = 0; w < word_count; ++w) words_[w] &= ~other.words_[w];
  return *this;
}

bool day_set::has(days day) const {
  return begin <= day && day < end && (words_[index_of(day) / 64] >> (index_of(day) % 64) & 1) != 0;
}

day_set::days day_set::next(days day) const {
  return day >= end ? end : day_of(first_bit(words_, index_of(std::max(day, begin)), 0));
}

day_set::days day_set::next_absent(days day) const {
  if (day < begin) return day;
  return day >= end ? end : day_of(first_bit(words_, index_of(day), ones));
}

std::optional<day_set::days> day_set::last(days day) const {
  if (day < begin) return std::nullopt;
  const auto to = index_of(std::min(day, end - std::chrono::days{1}));
  for (auto w = to / 64 + 1; w-- > 0;)
    if (const auto bits = w == to / 64 ? words_[w] & mask(w, 0, to) : words_[w]; bits != 0)
      return day_of(w * 64 + 63 - static_cast<std::size_t>(std::countl_zero(bits)));
  return std::nullopt;
}

} // namespace xxl::schedule
