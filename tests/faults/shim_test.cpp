// The shim does to a real process what its page says, and nothing else.

#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/process.hpp"
#include "tests/faults/shim_control.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xxl::faults {
namespace {

using namespace std::chrono_literals;

class Shim : public ::testing::Test {
protected:
  e2e::workspace place;
  shim_control control{place / "page"};

  /// What that Python program says: it reads clocks and writes files by the calls that our programs use.
  std::string python(const std::string& program) {
    auto end = e2e::run({{"/usr/bin/python3", "-c", "import os, time\n" + program},
                         control.environment(e2e::program("libfaults_shim.so")),
                         place / ""});
    return end.output + end.errors;
  }
  double clock(const std::string& name) { return std::stod(python("print(time.clock_gettime(time." + name + "))")); }
  /// "4", the number of bytes, or the error.
  std::string write_to(const std::string& file) {
    place.write(file, "");
    return python("f = os.open('" + file +
                  "', os.O_WRONLY)\n"
                  "try: print(os.pwrite(f, b'text', 0), end='')\n"
                  "except OSError as e: print(e.strerror, end='')");
  }
};

constexpr auto full = "No space left on device";

TEST_F(Shim, StepsTheWallClockOfTheProcessAlone) {
  auto now = clock("CLOCK_REALTIME");
  control.step_clock(1h);
  EXPECT_NEAR(clock("CLOCK_REALTIME") - now, 3'600, 60);
  control.step_clock(-1h);
  EXPECT_NEAR(clock("CLOCK_REALTIME") - now, -3'600, 60);
  control.step_clock(0ms);
  EXPECT_NEAR(clock("CLOCK_REALTIME") - now, 0, 60);
}

TEST_F(Shim, LeavesTheClocksSinceBootAlone) {
  auto boot = clock("CLOCK_BOOTTIME"), monotonic = clock("CLOCK_MONOTONIC");
  control.step_clock(1h);
  EXPECT_NEAR(clock("CLOCK_BOOTTIME") - boot, 0, 60);
  EXPECT_NEAR(clock("CLOCK_MONOTONIC") - monotonic, 0, 60);
}

TEST_F(Shim, FillsTheFilesOfOneKindOnly) {
  control.fill(full_disk::spool);
  EXPECT_EQ(write_to("spool/results-000001"), full);
  EXPECT_EQ(write_to("spool/starts-000001"), "4");
  control.fill(full_disk::journal);
  EXPECT_EQ(write_to("spool/starts-000001"), full);
  EXPECT_EQ(write_to("logs/20260101-1.log"), "4");
  control.fill(full_disk::log);
  EXPECT_EQ(write_to("logs/20260101-1.log"), full);
  EXPECT_EQ(write_to("spool/results-000001"), "4");
  control.fill(full_disk::none);
  EXPECT_EQ(write_to("logs/20260101-1.log"), "4");
}

} // namespace
} // namespace xxl::faults
