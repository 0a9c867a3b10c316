#pragma once

namespace xxl::cli {

/// The version of the software, as CMakeLists.txt says it.
const char* version();

} // namespace xxl::cli
