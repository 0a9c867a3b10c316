// Preloaded (LD_PRELOAD) into the processes under test: steps CLOCK_REALTIME and fills the disk, as the page says that
// FAULTS_SHIM names (shim_page.hpp). Stands between the program and libc, so that it needs neither root nor a hook in
// the product. A wait that has begun does not hear of a step; CLOCK_MONOTONIC and CLOCK_BOOTTIME never step.

#include "tests/faults/shim_page.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

using xxl::faults::full_disk;
using xxl::faults::shim_page;

constexpr std::int64_t million = 1'000'000, billion = 1'000'000'000;

/// libc's own function of that name.
template <class Function> Function* behind(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

shim_page* map_page() {
  const char* path = std::getenv(xxl::faults::shim_variable);
  const int fd = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return nullptr;
  void* at = mmap(nullptr, sizeof(shim_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  return at == MAP_FAILED ? nullptr : static_cast<shim_page*>(at);
}

const shim_page* page() {
  static const shim_page* const mapped = map_page();
  return mapped;
}

std::int64_t step_ms() { return page() == nullptr ? 0 : page()->clock_step_ms.load(std::memory_order_relaxed); }

/// `t` moved by that many milliseconds.
timespec moved(timespec t, std::int64_t ms) {
  const auto ns = t.tv_nsec + ms % 1'000 * million;
  t.tv_sec += ms / 1'000 + (ns < 0 ? -1 : ns / billion);
  t.tv_nsec = ns < 0 ? ns + billion : ns % billion;
  return t;
}

/// Whether what is written there does not fit.
bool is_full(int fd) {
  const auto full = page() == nullptr ? full_disk::none : page()->full.load(std::memory_order_relaxed);
  if (full == full_disk::none) return false;
  std::array<char, 64> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
  std::array<char, 4'096> path{};
  const auto n = readlink(link.data(), path.data(), path.size());
  const std::string_view name{path.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
  switch (full) {
  case full_disk::spool: return name.find("/spool/results-") != std::string_view::npos;
  case full_disk::journal: return name.find("/spool/starts-") != std::string_view::npos;
  case full_disk::log: return name.find("/logs/") != std::string_view::npos;
  case full_disk::none: break;
  }
  return false;
}

ssize_t no_space() {
  errno = ENOSPC;
  return -1;
}

} // namespace

extern "C" {

int clock_gettime(clockid_t id, timespec* t) noexcept {
  static auto* const libc = behind<int(clockid_t, timespec*)>("clock_gettime");
  const int failed = libc(id, t);
  if (failed == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) *t = moved(*t, step_ms());
  return failed;
}

int gettimeofday(timeval* t, void*) noexcept {
  timespec now{};
  const int failed = clock_gettime(CLOCK_REALTIME, &now);
  if (failed == 0) *t = {now.tv_sec, now.tv_nsec / 1'000};
  return failed;
}

time_t time(time_t* into) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}

/// Waits until an instant of CLOCK_REALTIME.
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  // Without its version dlsym() answers the one of 1998, which has conditions of another layout.
  static auto* const libc = reinterpret_cast<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)>(
      dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"));
  const auto real = moved(*until, -step_ms());
  return libc(condition, mutex, &real);
}

ssize_t write(int fd, const void* bytes, size_t n) {
  static auto* const libc = behind<ssize_t(int, const void*, size_t)>("write");
  return is_full(fd) ? no_space() : libc(fd, bytes, n);
}

ssize_t pwrite(int fd, const void* bytes, size_t n, off_t at) {
  static auto* const libc = behind<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return is_full(fd) ? no_space() : libc(fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t n, off64_t at) {
  static auto* const libc = behind<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return is_full(fd) ? no_space() : libc(fd, bytes, n, at);
}

} // extern "C"
