#pragma once
// How xxlctl ends (docs/xxlctl.md), for scripts.

#include <stdexcept>
#include <string>

namespace xxl::cli {

enum class exit_code : int {
  ok = 0,
  failed = 1,      ///< the request failed and the reason was said, or the audit found errors
  usage = 2,       ///< the command line is wrong
  bad_files = 3,   ///< job files, the handlers' record or a cron expression are invalid
  unreachable = 4, ///< no admin could be reached, or it speaks another protocol
  not_found = 5,   ///< a group, job or trigger of that name does not exist
  no_answer = 6,   ///< no answer in time: the step may have happened
};

/// Ends a verb: the text goes to the error stream, the code to the shell.
struct failure : std::runtime_error {
  failure(exit_code c, const std::string& text) : std::runtime_error{text}, code{c} {}
  exit_code code;
};

} // namespace xxl::cli
