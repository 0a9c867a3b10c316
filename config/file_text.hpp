#pragma once
// Whole small files from disk.

#include <cstddef>
#include <filesystem>
#include <string>

namespace xxl::config {

struct file_text {
  std::string text;
  std::string error; ///< for people, without the path: "no such file"; empty if the text was read
};

/// A regular file of at most `most_bytes`. Never blocks on a pipe or a device: they are refused.
file_text read_file(const std::filesystem::path& path, std::size_t most_bytes);

} // namespace xxl::config
