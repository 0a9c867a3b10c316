#pragma once
// The time in SQL: what SQLite takes for 'now' while one of these lives. One at a time; connections opened meanwhile.

#include "protocol/ids.hpp"

#include <functional>

namespace xxl::sim {

class sqlite_clock {
public:
  explicit sqlite_clock(std::function<instant()> now);
  ~sqlite_clock();
  sqlite_clock(const sqlite_clock&) = delete;
  sqlite_clock& operator=(const sqlite_clock&) = delete;
};

} // namespace xxl::sim
