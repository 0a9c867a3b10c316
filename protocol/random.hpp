#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace xxl {

/// 1 … 2^63 − 1 from the kernel's generator: for session ids, which must not repeat over hosts and restarts.
std::int64_t random_id();

/// Where such numbers come from: handed in, like the clock, so that a test can have the same ones again.
using id_source = std::function<std::int64_t()>;

/// Text of random_id(), for request ids: 32 hexadecimal digits.
std::string random_request_id();

} // namespace xxl
