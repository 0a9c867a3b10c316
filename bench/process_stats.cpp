#include "bench/process_stats.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>

namespace xxl::bench {
namespace {

struct stat_line {
  pid_t parent = 0;
  double seconds = 0;
};

/// Fields after the program's name, which may hold anything (proc(5)): state, ppid, …, utime (14), stime, cutime,
/// cstime.
stat_line read_stat(const std::filesystem::path& directory) {
  std::ifstream file{directory / "stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto end = text.rfind(')');
  stat_line line;
  if (end == std::string::npos) return line; // it is gone
  std::istringstream rest{text.substr(end + 1)};
  std::string field;
  for (int number = 3; number <= 17 && rest >> field; ++number) {
    if (number == 4) line.parent = std::stoi(field);
    if (number >= 14) line.seconds += std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  return line;
}

std::filesystem::path of(pid_t pid) { return "/proc/" + std::to_string(pid); }

} // namespace

double cpu_seconds(pid_t pid) { return read_stat(of(pid)).seconds; }

double cpu_seconds_with_children(pid_t pid) {
  double sum = cpu_seconds(pid);
  for (auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (auto line = read_stat(entry.path()); line.parent == pid) sum += line.seconds;
  }
  return sum;
}

double rss_mb(pid_t pid) {
  std::ifstream file{of(pid) / "statm"};
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

} // namespace xxl::bench
