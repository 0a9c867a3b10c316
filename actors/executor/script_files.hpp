#pragma once
// Sources of scripts on disk: fetched once per (job, version), kept over restarts, the least recently used go first.
// Owned by one thread.

#include "protocol/messages.hpp"

#include <cstddef>
#include <filesystem>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace xxl::executor {

class script_files {
public:
  /// Makes the directory if it is missing. Throws std::system_error with a text for people.
  script_files(std::filesystem::path directory, std::size_t most = 1'000);

  /// Where the source is, if it is here.
  std::optional<std::filesystem::path> find(job_id job, spec_version version, script_language language);
  /// Writes it in one step. Throws std::system_error.
  std::filesystem::path store(const script_source& source);

private:
  void touch(const std::string& name);
  void drop_oldest();

  std::filesystem::path directory_;
  std::size_t most_;
  std::list<std::string> used_; ///< names, the most recently used first
  std::unordered_map<std::string, std::list<std::string>::iterator> where_;
};

} // namespace xxl::executor
