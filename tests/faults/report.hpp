#pragma once
// What a run says at its end.

#include "tests/faults/run.hpp"

#include <iosfwd>

namespace xxl::faults {

/// Takeovers, the slowest fires, and the last line: name=number, for programs.
void print_figures(std::ostream& out, const run_record& record, const verdict& v);

/// Each violation with its job's rows, starts and gaps around it and the faults of that time; the first `most` of them.
void print_violations(std::ostream& out, const run_record& record, const verdict& v, std::size_t most);

} // namespace xxl::faults
