#pragma once
// A directory of one test, removed with it, and free ports of this machine.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace xxl::e2e {

class workspace {
public:
  workspace();
  ~workspace();
  workspace(const workspace&) = delete;
  workspace& operator=(const workspace&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return root_ / name; }
  /// Writes a file, with its folders; answers its path.
  std::filesystem::path write(const std::string& name, const std::string& content) const;

private:
  std::filesystem::path root_;
};

/// A port of 127.0.0.1 on which nobody listens. No two calls of one test program answer the same.
std::uint16_t free_port();

/// Asks again and again until the answer is yes; false once the time is over.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds most);

} // namespace xxl::e2e
