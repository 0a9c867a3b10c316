#pragma once
// What a fuzz target makes of its bytes: a line of text, then numbers. corpus.py writes the same form.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xxl::fuzz {

class input {
public:
  input(const std::uint8_t* data, std::size_t size)
      : bytes_(reinterpret_cast<const char*>(data), size), line_(bytes_.substr(0, bytes_.find('\n'))) {
    bytes_.remove_prefix(std::min(line_.size() + 1, bytes_.size()));
  }

  /// Up to the first line feed.
  std::string_view line() const { return line_; }

  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }

  /// Eight bytes, the lowest first; those that are missing are 0.
  std::int64_t number() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 8) n |= std::uint64_t{byte()} << shift;
    return static_cast<std::int64_t>(n);
  }

private:
  std::string_view bytes_;
  std::string_view line_;
};

} // namespace xxl::fuzz
