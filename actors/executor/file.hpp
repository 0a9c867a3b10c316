#pragma once
// A file descriptor that closes itself, and the few calls on it that this folder needs. Every descriptor is O_CLOEXEC:
// children of this node inherit none.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace xxl::executor {

class file {
public:
  file() = default;
  explicit file(int fd) : fd_{fd} {}
  file(file&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  file& operator=(file&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~file();

  /// Opens with open(2)'s flags and O_CLOEXEC. Throws std::system_error that names the path.
  static file open(const std::filesystem::path& path, int flags, int mode = 0640);

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close();

  /// Writes all of it at the end, which is `size` now; on an error cuts the file back to `size`, so that a record is
  /// whole or absent.
  std::error_code append(std::string_view bytes, std::size_t size);
  /// Reads up to `bytes` at that place; less only at the end of the file. Throws std::system_error.
  std::string read(std::size_t offset, std::size_t bytes) const;
  std::size_t size() const;

private:
  int fd_ = -1;
};

/// The whole file. Throws std::system_error that names the path.
std::string read_file(const std::filesystem::path& path);
/// Replaces the file in one step. Throws std::system_error that names the path.
void replace_file(const std::filesystem::path& path, std::string_view content);

} // namespace xxl::executor
