#include "config/job_files.hpp"
#include "config/schedule_of.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;
using namespace xxl;
using namespace xxl::config;

job_set examples() {
  auto* root = std::getenv("XXL_SOURCE_DIR");
  if (!root) throw std::runtime_error{"XXL_SOURCE_DIR is not set: run by ctest, or name the source tree"};
  return load_jobs({std::string{root} + "/examples/jobs"});
}

TEST(Examples, TheyAreValid) {
  auto set = examples();
  EXPECT_EQ(report(set.problems), "");
  EXPECT_GE(set.jobs.size(), 5u);
}

TEST(Examples, JobsOfThreeKindsFireOnTheSecondWithinSixSeconds) {
  bool handler = false, shell = false, python = false;
  for (auto& job : examples().jobs) {
    auto next = std::get<schedule::timetable>(timetable_of(job.schedule)).next(from_ms(1'000'000'000'001));
    if (!next || *next > from_ms(1'000'000'006'001) || to_ms(*next) % 1'000 != 0) continue;
    auto* script = std::get_if<script_work>(&job.work);
    if (!script)
      handler = true;
    else
      (script->language == script_language::shell ? shell : python) = true;
  }
  EXPECT_TRUE(handler);
  EXPECT_TRUE(shell);
  EXPECT_TRUE(python);
}

} // namespace
