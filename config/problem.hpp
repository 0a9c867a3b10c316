#pragma once
// What is wrong with files, with its place. Readers collect all problems of all files instead of stopping at the first.

#include "config/source_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::config {

struct problem {
  std::string file; ///< as the user named it
  position where;
  std::string message;
  std::string excerpt; ///< the line and a caret under the column; empty where there is none to show
};

/// "file:line:column: message", then the source line and a caret under the column. Long lines are cut around the
/// column. No line end after the last line. Characters that would steer a terminal are shown as "?".
std::string to_string(const problem& p);

/// Keeps the first 1,000 problems of a file and counts all: a file of 16 MiB may hold millions.
class problem_list {
public:
  void add(const source_text& source, position where, std::string message);
  /// About a file that could not be read.
  void add(std::string file, std::string message);
  void append(problem_list other);

  bool empty() const noexcept { return total_ == 0; }
  /// How many there are, those that were not kept included.
  std::size_t size() const noexcept { return total_; }
  const std::vector<problem>& kept() const noexcept { return kept_; }

  /// Sorts by line and column within each file; the order of the files stays.
  void sort();

private:
  std::vector<problem> kept_;
  std::size_t total_ = 0;
  std::size_t kept_of_this_file_ = 0; ///< of the file of the last problem
};

/// The first `most` problems, an empty line between two, and a last line that counts the rest; empty without problems.
std::string report(const problem_list& problems, std::size_t most = 100);

} // namespace xxl::config
