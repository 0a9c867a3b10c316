#pragma once
// Aligned columns, and text that cannot steer a terminal.

#include <string>
#include <string_view>
#include <vector>

namespace xxl::cli {

/// One line of `text`: line ends and other control characters become visible escapes ("\n", "\x1b").
std::string one_line(std::string_view text);

class table {
public:
  explicit table(std::vector<std::string> headings);
  /// As many cells as there are headings. Each is shown as one_line(); an empty one as "-".
  void add(std::vector<std::string> cells);
  /// Headings and rows, two blanks between columns, a line end after each line. Without rows: the headings alone.
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// "Key:      value" lines, values in one column.
class facts {
public:
  void add(std::string key, std::string value);
  std::string text() const;

private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

} // namespace xxl::cli
