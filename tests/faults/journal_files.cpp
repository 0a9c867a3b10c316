#include "tests/faults/journal_files.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

namespace xxl::faults {

std::set<std::int64_t> begun_triggers(const std::filesystem::path& data) {
  std::set<std::int64_t> all;
  for (auto& entry : std::filesystem::directory_iterator{data / "spool"}) {
    if (!entry.path().filename().string().starts_with("starts-")) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    std::string head;
    if (!std::getline(in, head) || !head.starts_with("xxl-starts-1 "))
      throw std::runtime_error{entry.path().string() + " is no start journal"};
    for (std::int64_t id = 0; in.read(reinterpret_cast<char*>(&id), sizeof id);) all.insert(id);
  }
  return all;
}

} // namespace xxl::faults
