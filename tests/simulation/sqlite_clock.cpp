#include "tests/simulation/sqlite_clock.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace xxl::sim {
namespace {

std::function<instant()> now_of_sql;
/// SQLite's own, but for the time.
sqlite3_vfs files;

/// Milliseconds since noon in Greenwich on 24 November 4714 before Christ, as SQLite counts.
int current_time(sqlite3_vfs*, sqlite3_int64* out) {
  *out = to_ms(now_of_sql()) + 210'866'760'000'000;
  return SQLITE_OK;
}

} // namespace

sqlite_clock::sqlite_clock(std::function<instant()> now) {
  now_of_sql = std::move(now);
  files = *sqlite3_vfs_find(nullptr);
  files.zName = "simulated";
  files.xCurrentTimeInt64 = current_time;
  if (sqlite3_vfs_register(&files, 1) != SQLITE_OK) throw std::runtime_error{"SQLite does not take the clock"};
}

sqlite_clock::~sqlite_clock() {
  sqlite3_vfs_unregister(&files);
  now_of_sql = nullptr;
}

} // namespace xxl::sim
