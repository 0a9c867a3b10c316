#pragma once
// The harness's end of the page that it shares with one process under test.

#include "tests/faults/shim_page.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace xxl::faults {

class shim_control {
public:
  /// Makes the file of the page. Throws std::system_error that names it.
  explicit shim_control(const std::filesystem::path& file);
  ~shim_control();
  shim_control(const shim_control&) = delete;
  shim_control& operator=(const shim_control&) = delete;

  /// What a process needs to listen to this page; `shim`: the built library.
  std::map<std::string, std::string> environment(const std::string& shim) const;

  /// Moves its wall clock; 0 ms is the machine's.
  void step_clock(std::chrono::milliseconds to) { page_->clock_step_ms = to.count(); }
  void fill(full_disk what) { page_->full = what; }

private:
  std::filesystem::path file_;
  shim_page* page_;
};

} // namespace xxl::faults
