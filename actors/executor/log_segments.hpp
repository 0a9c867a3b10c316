#pragma once
// Run logs on disk: few large files instead of one per run. Records of all runs are appended to one open segment, in
// memory indexed by (trigger, place); a full segment, and one left by an earlier life, gets a sorted index file beside
// it. A segment holds one UTC day at most, so that old days can be dropped. Owned by one thread.

#include "actors/executor/file.hpp"
#include "actors/executor/log_buffer.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace xxl::executor {

class log_segments {
public:
  struct limits {
    std::size_t segment_bytes = 64 * 1024 * 1024;           ///< at most 1 GiB
    std::uint64_t total_bytes = 20ull * 1024 * 1024 * 1024; ///< then the oldest segments go
    std::chrono::days keep{30};
  };
  /// Makes the directory if it is missing and indexes what an earlier life left. Throws std::system_error with a text
  /// for people.
  log_segments(std::filesystem::path directory, limits l);

  /// Appends whole records in one write. After an error nothing of them is kept.
  std::error_code append(std::string_view records, instant now);
  /// Lines of one trigger, over all segments of its fire day and later.
  log_chunk read(const log_query& query) const;

  /// How many lines these records hold.
  static std::size_t count_lines(std::string_view records);

private:
  struct place {
    std::int64_t trigger = 0;
    std::uint32_t offset = 0; ///< of the text
    std::uint32_t bytes = 0;
    std::uint32_t end = 0; ///< 1: the end of the run, not a line
    std::uint32_t reserved = 0;
    friend auto operator<=>(const place&, const place&) = default;
  };
  struct sealed {
    std::chrono::sys_days day;
    std::uint64_t bytes = 0;
  };
  class reader;

  static std::vector<place> scan(std::string_view records, std::size_t offset);
  std::filesystem::path path_of(std::chrono::sys_days day, std::uint64_t number, const char* extension) const;
  void find_earlier();
  void begin_segment(std::chrono::sys_days day);
  void seal();
  void drop_old(std::chrono::sys_days today);
  /// Sorts the places by trigger, which keeps the order within each.
  void write_index(std::chrono::sys_days day, std::uint64_t number, std::vector<place>& places) const;

  std::filesystem::path directory_;
  limits limits_;
  std::map<std::uint64_t, sealed> sealed_; ///< by number
  file open_;
  std::uint64_t number_ = 0; ///< of the open segment, or of the last one
  std::chrono::sys_days day_{};
  std::size_t size_ = 0;
  std::vector<place> places_; ///< of the open segment, in order
};

} // namespace xxl::executor
