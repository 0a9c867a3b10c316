// xxl::executor of the public SDK. It must not see the namespace xxl::executor of this folder: sdk_runner stands
// between them.

#include "actors/executor/sdk_runner.hpp"
#include "xxl/executor.hpp"

#include <cerrno>
#include <map>
#include <stdexcept>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace xxl {
inline namespace sdk {

class executor::impl {
public:
  explicit impl(executor_options o) : options{std::move(o)}, stop{::eventfd(0, EFD_CLOEXEC)} {
    if (stop < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
  }
  ~impl() { ::close(stop); }

  executor_options options;
  std::map<std::string, handler> handlers;
  int stop;
};

executor::executor(executor_options options) {
  sdk_detail::check_options(options);
  impl_ = std::make_unique<impl>(std::move(options));
}

executor::~executor() = default;

void executor::add_handler(std::string name, handler fn) {
  if (name.empty() || name.size() > 128)
    throw std::invalid_argument{"a handler's name has 1 to 128 bytes, \"" + name + "\" has not"};
  auto [where, added] = impl_->handlers.emplace(std::move(name), std::move(fn));
  if (!added) throw std::invalid_argument{"handler \"" + where->first + "\" was added twice"};
}

int executor::run() { return sdk_detail::run_executor(impl_->options, impl_->handlers, impl_->stop); }

void executor::stop() noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(impl_->stop, &one, sizeof one);
}

} // namespace sdk
} // namespace xxl
