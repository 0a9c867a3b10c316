#pragma once
// The style rules that a machine can check (design.md §2 and §4, CONTRIBUTING.md). Each finding names file and line,
// what is wrong, and what to use instead.

#include <cstddef>
#include <string>
#include <vector>

namespace xxl::tidy {

/// One file of the tree.
struct file {
  std::string path; ///< from the root, with slashes: "protocol/clock.cpp"
  std::string content;
};

/// "path:line: what is wrong: what to do"
using findings = std::vector<std::string>;

/// Time comes in through xxl::clock; only protocol/clock.cpp reads the system's.
findings wall_clock(const file& f);
/// Nothing waits by sleeping, tests neither.
findings sleeping(const file& f);
/// SQL stands in storage/ only; tests and the bench may look into the database.
findings sql_outside_storage(const file& f);
/// Folders include only what stands above them.
findings arrows(const file& f);
/// At most 600 lines.
findings length(const file& f);
/// No notes about work left over, no paths of one machine.
findings leftovers(const file& f);
/// A header begins with #pragma once.
findings header_guard(const file& f);
/// Every source is named in the CMakeLists.txt of its folder: no dead files.
findings dead_files(const std::vector<file>& tree);

/// All rules on all files.
findings check(const std::vector<file>& tree);

} // namespace xxl::tidy
