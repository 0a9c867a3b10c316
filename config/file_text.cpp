#include "config/file_text.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <vector>

namespace xxl::config {

namespace fs = std::filesystem;

file_text read_file(const fs::path& path, std::size_t most_bytes) {
  std::error_code error;
  auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return {{}, "no such file"};
  if (error) return {{}, error.message()};
  if (status.type() == fs::file_type::directory) return {{}, "this is a directory"};
  if (status.type() != fs::file_type::regular) return {{}, "this is not a regular file"};
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  if (!in) return {{}, errno ? std::strerror(errno) : "cannot be opened"};
  std::string text;
  std::vector<char> piece(64 * 1024);
  // Until one byte more than allowed is there: the size that the file system states may grow meanwhile.
  while (in && text.size() <= most_bytes) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return {{}, "cannot be read"};
  if (text.size() > most_bytes) return {{}, "more than " + std::to_string(most_bytes) + " bytes"};
  return {std::move(text), {}};
}

} // namespace xxl::config
