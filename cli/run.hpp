#pragma once
// The whole of xxlctl but its main(): from arguments to an exit code.

#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace xxl::cli {

/// `args` without the program's name. `in` is read by `cron --jsonl` alone.
int run(const std::vector<std::string>& args, std::istream& in, std::ostream& out, std::ostream& err);

} // namespace xxl::cli
