#pragma once
// One SQLite file that one process owns: a lock file beside it holds the owner's pid, and every session on it is opened
// with the same settings (storage.md §9).

#include "storage/soci_connection.hpp"

#include <memory>
#include <string>

namespace xxl::storage {

class sqlite_file {
public:
  /// Creates the folder if it is missing and locks `<path>.lock` until the object is gone. Throws error (fatal):
  /// another process holds it (the message names its pid), or the folder cannot be written.
  explicit sqlite_file(std::string path);
  ~sqlite_file();
  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;

  const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
  int lock_ = -1;
};

/// A connection to that file, which it keeps locked. WAL, synchronous=FULL (acknowledged is durable), foreign keys, 5 s
/// busy timeout.
soci_connection sqlite_connection(std::shared_ptr<const sqlite_file> file);

} // namespace xxl::storage
