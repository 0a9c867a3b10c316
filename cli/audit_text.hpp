#pragma once
// What an audit found, as people and programs read it.

#include "audit/audit.hpp"

#include <string>

namespace xxl::cli {

/// A line for each note, then for each error, and a summary as the last line.
std::string render(const audit::report& r, const audit::request& asked);
/// One object; its keys are in docs/xxlctl.md.
std::string json(const audit::report& r, const audit::request& asked);

/// "1 error", "2 errors".
std::string error_count(const audit::report& r);

} // namespace xxl::cli
