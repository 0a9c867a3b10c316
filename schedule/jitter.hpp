#pragma once
// Spreads fires that would come all at once: a delay for each job and fire time, the same whenever it is asked for.

#include "schedule/timetable.hpp"

#include <chrono>
#include <cstdint>

namespace xxl::schedule {

/// 0 to `most`, both included, each equally often over jobs and fires; 0 if `most` is 0 or less. Depends on nothing but
/// its arguments: mix(fire in Unix milliseconds + mix(job_id)) modulo (most + 1) in 64 bits without sign, where mix(x)
/// is what SplitMix64 answers from the state x (Vigna, prng.di.unimi.it/splitmix64.c). A promise: another function
/// would move the fires of every job that has a jitter.
std::chrono::milliseconds jitter(std::uint64_t job_id, instant fire, std::chrono::milliseconds most);

/// When a fire of t is really due: fire + jitter, `most` cut so that it stays before the next fire of t. So planned
/// instants are strictly increasing like the fires, and each belongs to one fire.
instant planned(const timetable& t, instant fire, std::uint64_t job_id, std::chrono::milliseconds most);

} // namespace xxl::schedule
