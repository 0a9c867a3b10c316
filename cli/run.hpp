#pragma once
// The whole of xxlctl but its main(): from arguments to an exit code.

#include <ostream>
#include <string>
#include <vector>

namespace xxl::cli {

/// `args` without the program's name.
int run(const std::vector<std::string>& args, std::ostream& out, std::ostream& err);

} // namespace xxl::cli
