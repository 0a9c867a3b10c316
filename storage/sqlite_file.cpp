#include "storage/sqlite_file.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xxl::storage {
namespace {

[[noreturn]] void fail(const std::string& text) { throw error{error_kind::fatal, {}, text}; }

/// What the owner wrote; empty while it has not written yet.
std::string owner_pid(int fd) {
  std::array<char, 32> text{};
  const auto n = ::pread(fd, text.data(), text.size(), 0);
  std::string pid{text.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid;
}

void write_pid(int fd, const std::string& lock_path) {
  const auto text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    fail("cannot write " + lock_path + ": " + std::strerror(errno));
}

void make_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) fail("cannot create the folder of " + path + ": " + failed.message());
}

void apply_settings(soci::session& s, const std::string& path) {
  std::string mode;
  s << "PRAGMA journal_mode=WAL", soci::into(mode);
  if (mode != "wal")
    fail(path + ": SQLite cannot use a write-ahead log here (journal_mode is " + mode +
         "): put the file on a local disk");
  for (const auto* setting : {"PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA wal_autocheckpoint=4000",
                              "PRAGMA cache_size=-64000"})
    s << setting;
}

} // namespace

sqlite_file::sqlite_file(std::string path) : path_{std::move(path)} {
  if (path_.empty() || path_.starts_with(':') || path_.find('"') != std::string::npos)
    fail("sqlite://" + path_ + ": not a file name; write sqlite://data/xxl.db");
  make_folder_of(path_);
  const auto lock_path = path_ + ".lock";
  lock_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) fail("cannot open " + lock_path + ": " + std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const auto why = errno;
    const auto pid = owner_pid(lock_);
    ::close(lock_);
    if (why != EWOULDBLOCK) fail("cannot lock " + lock_path + ": " + std::strerror(why));
    fail(path_ + " is in use by process " + (pid.empty() ? "(starting)" : pid) +
         ": stop it, or give this node a database of its own");
  }
  write_pid(lock_, lock_path);
}

sqlite_file::~sqlite_file() { ::close(lock_); }

soci_connection sqlite_connection(std::shared_ptr<const sqlite_file> file) {
  return soci_connection{dialect::sqlite, [file = std::move(file)](soci::session& s) {
                           s.open(soci::sqlite3, "db=\"" + file->path() + "\" timeout=5"); // seconds
                           apply_settings(s, file->path());
                         }};
}

} // namespace xxl::storage
