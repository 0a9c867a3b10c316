#include "protocol/random.hpp"

#include <array>
#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace xxl {
namespace {
std::uint64_t kernel_random() {
  std::uint64_t x = 0;
  while (::getrandom(&x, sizeof x, 0) != sizeof x)
    if (errno != EINTR) throw std::system_error{errno, std::generic_category(), "getrandom"};
  return x;
}
} // namespace

std::int64_t random_id() {
  for (;;)
    if (auto x = static_cast<std::int64_t>(kernel_random() >> 1)) return x;
}

std::string random_request_id() {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(32);
  for (std::uint64_t x : std::array{kernel_random(), kernel_random()})
    for (int i = 0; i < 16; ++i, x >>= 4) text += digits[x & 15];
  return text;
}

} // namespace xxl
