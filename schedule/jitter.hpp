#pragma once
// Jitter: spreads fires that share an instant, without chance: the same job and fire time always come to the same
// delay, so that another leader, or a run of history, plans the same instants.

#include "schedule/timetable.hpp"

#include <chrono>
#include <cstdint>

namespace xxl::schedule {

/// Uniform in [0, most] (to one part in 2^64 / most), by the SplitMix64 finaliser of job and fire time. most >= 0.
std::chrono::milliseconds jitter(std::uint64_t job, instant fire, std::chrono::milliseconds most);

/// When that fire of the timetable is to start: its time and its jitter, but always before the next fire, so that
/// planned instants rise as fire times do.
instant planned(const timetable& t, instant fire, std::uint64_t job, std::chrono::milliseconds most);

} // namespace xxl::schedule
