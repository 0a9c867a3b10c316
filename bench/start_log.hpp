#pragma once
// What the handlers saw, kept apart from the product: every start of the bench's handler, in a file that several
// processes map.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace xxl::bench {

/// One start of a handler.
struct start {
  std::uint64_t job = 0;    ///< job_key() of "group/name"
  std::int64_t fire_ms = 0; ///< nominal fire time
  std::int64_t at_us = 0;   ///< wall clock at the handler's start
};

std::uint64_t job_key(std::string_view full_name);

class start_log {
public:
  /// Makes the file, with room for that many starts.
  static start_log create(const std::filesystem::path& path, std::size_t room);
  /// Maps a file made by create(), possibly by another process. Throws std::system_error.
  static start_log open(const std::filesystem::path& path);
  ~start_log();
  start_log(start_log&& other) noexcept;
  start_log& operator=(start_log&&) = delete;

  /// From any thread of any process; what does not fit is counted all the same.
  void add(const start& s);
  std::size_t count() const;
  /// Those written; call it when nobody adds any more.
  std::span<const start> all() const;

private:
  start_log(void* base, std::size_t bytes);
  void* base_ = nullptr;
  std::size_t bytes_ = 0;
};

} // namespace xxl::bench
