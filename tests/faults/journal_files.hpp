#pragma once
// An executor's start journal, read from outside while the process stands still.

#include <cstdint>
#include <filesystem>
#include <set>

namespace xxl::faults {

/// The triggers that the journals below this data directory name. Throws std::runtime_error for a file that is none.
std::set<std::int64_t> begun_triggers(const std::filesystem::path& data);

} // namespace xxl::faults
