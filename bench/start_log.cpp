#include "bench/start_log.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xxl::bench {
namespace {

struct header {
  std::atomic<std::uint64_t> count;
};
static_assert(sizeof(header) <= sizeof(start) && std::atomic<std::uint64_t>::is_always_lock_free);

header& head(void* base) { return *static_cast<header*>(base); }
start* rows(void* base) { return static_cast<start*>(base) + 1; } // the header takes the place of one row

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::system_error{errno, std::generic_category(), path.string()};
}

void* map(const std::filesystem::path& path, int flags, std::size_t& bytes) {
  int fd = ::open(path.c_str(), flags | O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0) fail(path);
  if (bytes > 0 && ::ftruncate(fd, static_cast<off_t>(bytes)) != 0) fail(path);
  struct stat info {};
  if (::fstat(fd, &info) != 0) fail(path);
  bytes = static_cast<std::size_t>(info.st_size);
  auto* base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (base == MAP_FAILED) fail(path);
  return base;
}

} // namespace

std::uint64_t job_key(std::string_view full_name) {
  std::uint64_t h = 14695981039346656037u; // FNV-1a: the same in every process
  for (unsigned char c : full_name) h = (h ^ c) * 1099511628211u;
  return h;
}

start_log start_log::create(const std::filesystem::path& path, std::size_t room) {
  auto bytes = (room + 1) * sizeof(start);
  auto* base = map(path, O_CREAT | O_TRUNC, bytes);
  return {base, bytes};
}

start_log start_log::open(const std::filesystem::path& path) {
  std::size_t bytes = 0;
  auto* base = map(path, 0, bytes);
  return {base, bytes};
}

start_log::start_log(void* base, std::size_t bytes) : base_{base}, bytes_{bytes} {}
start_log::start_log(start_log&& other) noexcept : base_{std::exchange(other.base_, nullptr)}, bytes_{other.bytes_} {}
start_log::~start_log() {
  if (base_) ::munmap(base_, bytes_);
}

void start_log::add(const start& s) {
  auto at = head(base_).count.fetch_add(1, std::memory_order_relaxed);
  if ((at + 2) * sizeof(start) <= bytes_) rows(base_)[at] = s;
}

std::size_t start_log::count() const { return head(base_).count.load(std::memory_order_relaxed); }

std::span<const start> start_log::all() const {
  return {rows(base_), std::min<std::size_t>(count(), bytes_ / sizeof(start) - 1)};
}

} // namespace xxl::bench
