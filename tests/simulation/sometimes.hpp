#pragma once
// What a batch of runs must have seen at least once, or it has proven nothing about it. A name that is not in the list
// is a mistake; one that no run of a batch has hit makes the batch fail.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::sim {

/// Notes that this run has come here.
void sometimes(std::string_view name);
/// The same if `n` is above zero.
inline void sometimes(std::string_view name, std::int64_t n) {
  if (n > 0) sometimes(name);
}

/// In how many runs each was seen.
class coverage {
public:
  coverage();
  /// Takes what was noted since the last call as one run's.
  void end_of_run();
  std::vector<std::string> missing() const;
  /// One line per name.
  std::string table() const;

private:
  std::map<std::string, std::size_t, std::less<>> runs_;
  std::size_t all_ = 0;
};

} // namespace xxl::sim
