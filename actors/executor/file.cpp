#include "actors/executor/file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xxl::executor {
namespace {
[[noreturn]] void fail(const std::string& what) { throw std::system_error{errno, std::generic_category(), what}; }
} // namespace

file::~file() { close(); }

void file::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

file file::open(const std::filesystem::path& path, int flags, int mode) {
  int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd < 0) fail("cannot open " + path.string());
  return file{fd};
}

std::error_code file::append(std::string_view bytes, std::size_t size) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    auto n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(size + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      std::error_code why{n < 0 ? errno : ENOSPC, std::generic_category()};
      // Should this fail too, the torn record is overwritten by the next append at the same place.
      [[maybe_unused]] auto cut = ::ftruncate(fd_, static_cast<off_t>(size));
      return why;
    }
    done += static_cast<std::size_t>(n);
  }
  return {};
}

std::string file::read(std::size_t offset, std::size_t bytes) const {
  std::string out(bytes, '\0');
  std::size_t done = 0;
  while (done < bytes) {
    auto n = ::pread(fd_, out.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
  return out;
}

std::size_t file::size() const {
  struct stat s {};
  if (::fstat(fd_, &s) != 0) fail("cannot stat");
  return static_cast<std::size_t>(s.st_size);
}

std::string read_file(const std::filesystem::path& path) {
  auto f = file::open(path, O_RDONLY);
  return f.read(0, f.size());
}

void replace_file(const std::filesystem::path& path, std::string_view content) {
  auto next = path;
  next += ".new";
  auto f = file::open(next, O_WRONLY | O_CREAT | O_TRUNC);
  if (auto why = f.append(content, 0)) throw std::system_error{why, "cannot write " + next.string()};
  std::filesystem::rename(next, path);
}

} // namespace xxl::executor
