#pragma once
// A directory of one test, removed with it, and free ports of this machine.

#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace xxl::e2e {

using workspace = test::temporary_directory;

/// A port of 127.0.0.1 on which nobody listens. No two calls of one test program answer the same.
std::uint16_t free_port();

/// Asks again and again until the answer is yes; false once the time is over.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds most);

} // namespace xxl::e2e
