#include "protocol/clock.hpp"

#include <ctime>

namespace xxl {
namespace {

std::chrono::nanoseconds read(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

class kernel_clock final : public clock {
public:
  instant now() const override { return instant{std::chrono::floor<std::chrono::milliseconds>(read(CLOCK_REALTIME))}; }
  boot_time boot() const override { return boot_time{read(CLOCK_BOOTTIME)}; }
};

} // namespace

const clock& system_clock() {
  static const kernel_clock it;
  return it;
}

} // namespace xxl
