#pragma once
// What a process under test shares with the harness, through the shim that is preloaded into it (shim.cpp).

#include <atomic>
#include <cstdint>

namespace xxl::faults {

/// Names the file of the page.
inline constexpr auto shim_variable = "FAULTS_SHIM";

/// Those files of an executor's data that do not fit any more.
enum class full_disk : std::uint32_t { none, spool, journal, log };

struct shim_page {
  std::atomic<std::int64_t> clock_step_ms{0}; ///< added to CLOCK_REALTIME
  std::atomic<full_disk> full{full_disk::none};
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free && std::atomic<full_disk>::is_always_lock_free);

} // namespace xxl::faults
