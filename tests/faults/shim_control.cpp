#include "tests/faults/shim_control.hpp"

#include <cerrno>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace xxl::faults {

shim_control::shim_control(const std::filesystem::path& file) : file_{file} {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  void* at = fd >= 0 && ::ftruncate(fd, sizeof(shim_page)) == 0
                 ? ::mmap(nullptr, sizeof(shim_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                 : MAP_FAILED;
  const int why = errno;
  if (fd >= 0) ::close(fd);
  if (at == MAP_FAILED) throw std::system_error{why, std::generic_category(), file.string()};
  page_ = new (at) shim_page{};
}

shim_control::~shim_control() { ::munmap(page_, sizeof(shim_page)); }

std::map<std::string, std::string> shim_control::environment(const std::string& shim) const {
  return {{"LD_PRELOAD", shim}, {shim_variable, file_.string()}};
}

} // namespace xxl::faults
