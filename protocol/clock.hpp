#pragma once
// Time comes in from outside (design.md §4.3): scheduling code asks the clock it was given, never the system.

#include "protocol/ids.hpp"

#include <chrono>

namespace xxl {

/// Time since boot, counted while the machine is suspended too (CLOCK_BOOTTIME): for deadlines and trust.
using boot_time = std::chrono::time_point<struct boot_tag, std::chrono::nanoseconds>;

class clock {
public:
  virtual ~clock() = default;
  /// Wall clock, cut to milliseconds.
  virtual instant now() const = 0;
  /// Never steps, never stops.
  virtual boot_time boot() const = 0;
};

/// CLOCK_REALTIME and CLOCK_BOOTTIME.
const clock& system_clock();

} // namespace xxl
