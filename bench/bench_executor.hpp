#pragma once
// The bench's executor, a process of its own on the public SDK: one handler that does nothing but note its start.

#include <filesystem>
#include <string>

namespace xxl::bench {

struct bench_executor_options {
  std::string name;
  std::string admin; ///< host:port
  std::filesystem::path data, record;
};

inline constexpr const char* bench_group = "bench";
inline constexpr const char* bench_handler = "bench";

/// Runs until SIGTERM; the process's exit code.
int run_bench_executor(const bench_executor_options& options);

} // namespace xxl::bench
