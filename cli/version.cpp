#include "cli/version.hpp"

namespace xxl::cli {

const char* version() { return XXL_VERSION; }

} // namespace xxl::cli
