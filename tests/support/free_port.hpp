#pragma once
// Ports for servers that tests start, and start again.

#include <cstdint>

namespace xxl::test {

/// A port of 127.0.0.1 on which nobody listens, below those that the kernel gives to outgoing connections, so that
/// nobody takes it while its server is down. No two calls of one test program answer the same. Throws
/// std::runtime_error.
std::uint16_t free_port();

} // namespace xxl::test
