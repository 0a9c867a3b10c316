#pragma once
// Repeatable randomness, a stream per concern: one draw more in one of them leaves all others as they were.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace xxl::sim {

class dice {
public:
  dice(std::uint64_t seed, std::string_view concern) : state_{seed * 0x9e3779b97f4a7c15 + 1} {
    for (auto c : concern) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    bits();
  }

  /// SplitMix64.
  std::uint64_t bits() {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 … n - 1.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }
  /// Both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(high - low + 1));
  }
  std::chrono::nanoseconds between(std::chrono::nanoseconds low, std::chrono::nanoseconds high) {
    return std::chrono::nanoseconds{between(low.count(), high.count())};
  }
  bool chance(double probability) { return static_cast<double>(bits() >> 11) * 0x1p-53 < probability; }
  template <class List> auto& one_of(List& list) {
    return *std::next(std::begin(list), static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

private:
  std::uint64_t state_;
};

} // namespace xxl::sim
