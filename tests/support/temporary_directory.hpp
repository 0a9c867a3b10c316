#pragma once
// A directory of one test, removed with it unless it is kept.

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <system_error>

namespace xxl::test {

class temporary_directory {
public:
  explicit temporary_directory(const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    auto pattern = (parent / "xxl-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory " + pattern};
    path_ = pattern;
  }
  ~temporary_directory() {
    if (kept_) return;
    std::error_code ignored; // a left-over directory is no failure of what was tested
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// It stays when this object goes.
  void keep() { kept_ = true; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Writes a file, with its folders; answers its path.
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    auto path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << content;
    return path;
  }

private:
  std::filesystem::path path_;
  bool kept_ = false;
};

} // namespace xxl::test
