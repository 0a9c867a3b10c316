#pragma once
// A time zone as a table of stretches with one offset each: what a cron search needs, without a look-up per candidate.

#include "schedule/timetable.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace xxl::schedule {

/// A local time down to the millisecond, as an instant is.
using local_instant = std::chrono::local_time<std::chrono::milliseconds>;

/// A stretch of time in which a zone's clocks differ from UTC by one and the same offset.
struct stretch {
  std::chrono::sys_seconds begin, end; ///< [begin, end)
  std::chrono::seconds offset{};       ///< local time = UTC + offset

  std::chrono::local_seconds local(std::chrono::sys_seconds t) const {
    return std::chrono::local_seconds{t.time_since_epoch() + offset};
  }
  std::chrono::sys_seconds utc(std::chrono::local_seconds t) const {
    return std::chrono::sys_seconds{t.time_since_epoch() - offset};
  }
  local_instant local(instant t) const { return local_instant{t.time_since_epoch() + offset}; }
  instant utc(local_instant t) const { return instant{t.time_since_epoch() - offset}; }
};

/// The stretches of one zone over the years in which cron fires (cron_pattern.hpp), in order and without holes.
class zone {
public:
  /// Never empty; neighbours differ in offset.
  explicit zone(std::vector<stretch> stretches);

  /// The zone of that IANA name; null if the system's zone data does not know it. Read once and then
  /// shared, until refresh_zones() finds newer zone data. Thread-safe.
  static std::shared_ptr<const zone> find(std::string_view name);

  std::size_t size() const noexcept { return stretches_.size(); }
  const stretch& operator[](std::size_t i) const { return stretches_[i]; }

  /// Index of the stretch that holds t; the first one for instants before it, size() for instants after the last.
  std::size_t index_of(std::chrono::sys_seconds t) const;

private:
  std::vector<stretch> stretches_;
  std::vector<std::size_t>
      index_; ///< for each step of time from the first stretch's begin on, the stretch it begins in
};

} // namespace xxl::schedule
