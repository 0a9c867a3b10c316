#pragma once
// A real program under test: started with its output captured line by line, waited for with deadlines, signalled, and
// never left behind. Whatever was waited for in vain is thrown as std::runtime_error that holds the program's whole
// output.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace xxl::e2e {

/// How long a test waits for what must happen. The machine may be busy: generous, it only costs time when a test fails.
inline constexpr std::chrono::milliseconds patience{30'000};

struct command {
  std::vector<std::string> words;                 ///< the program's path first
  std::map<std::string, std::string> environment; ///< on top of ours, from which every XXL_… is taken out
  std::filesystem::path directory = "/";          ///< where it runs
};

/// How a program ended.
struct ending {
  int code = 0;   ///< exit code; −1 if a signal ended it
  int signal = 0; ///< 0 if it exited
};

class process {
public:
  /// Starts it. It dies with this object and with the test program, whatever happens.
  explicit process(command c);
  ~process();
  process(process&&) noexcept;
  process& operator=(process&&) noexcept;

  pid_t pid() const;
  void signal(int number) const;
  /// SIGKILL, and collects it.
  void kill9();
  bool running() const;
  /// Waits for its end.
  ending wait_exit(std::chrono::milliseconds most = patience);

  /// Waits for a line, of output or errors, that matches the (ECMAScript) expression; answers it. Lines before number
  /// `from` are passed over.
  std::string wait_line(const std::string& expression, std::chrono::milliseconds most = patience,
                        std::size_t from = 0) const;
  /// How many lines there are by now.
  std::size_t line_count() const;
  /// Lines that match, by now.
  std::vector<std::string> lines(const std::string& expression = "") const;
  /// All it wrote by now.
  std::string output() const;
  std::string errors() const;

private:
  class body;
  std::unique_ptr<body> body_;
};

/// A program that ran to its end.
struct finished {
  int code = 0; ///< exit code; −1 if a signal ended it
  std::string output;
  std::string errors;
};
finished run(command c, std::chrono::milliseconds most = patience);

} // namespace xxl::e2e
