#pragma once
// A directory of one test, free ports of this machine, and waiting for what cannot be waited for.

#include "tests/support/free_port.hpp"
#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <functional>

namespace xxl::e2e {

using workspace = test::temporary_directory;

using test::free_port;

/// Asks again and again until the answer is yes; false once the time is over.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds most);

} // namespace xxl::e2e
