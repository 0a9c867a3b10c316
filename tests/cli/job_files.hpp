#pragma once
// Job files of one test, and what a verb that reads them printed or threw.

#include "cli/verbs.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>

namespace xxl::cli::test {

class JobFiles : public ::testing::Test {
protected:
  std::string file(const std::string& name, const std::string& text) { return directory.write(name, text).string(); }

  /// No verb that finds everything in files may ask for an admin.
  std::function<admin()> nobody = []() -> admin { throw failure{exit_code::unreachable, "an admin was asked for"}; };
  std::ostringstream out, err;
  printer table{out, err, format::table}, json{out, err, format::json};

  std::string printed() { return std::exchange(out, std::ostringstream{}).str(); }

  /// The failure's code and text; the test fails if there is none.
  template <class F> std::pair<exit_code, std::string> failure_in(F verb) {
    try {
      verb();
    } catch (const failure& e) {
      return {e.code, e.what()};
    }
    ADD_FAILURE() << "nothing failed";
    return {};
  }

  xxl::test::temporary_directory directory;
};

} // namespace xxl::cli::test
