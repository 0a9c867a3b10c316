// The harness itself: what the other tests lean on.

#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace xxl::e2e {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

process shell(const std::string& script) { return process{{{"/bin/sh", "-c", script}, {}, "/"}}; }

TEST(Harness, KeepsOutputAndErrorsApartAndAnswersTheExitCode) {
  auto end = run({{"/bin/sh", "-c", "echo out; echo err >&2; exit 7"}, {}, "/"});
  EXPECT_EQ(end.code, 7);
  EXPECT_EQ(end.output, "out\n");
  EXPECT_EQ(end.errors, "err\n");
}

TEST(Harness, WaitsForALineThatComesLater) {
  auto p = shell("echo one; read x; echo never");
  EXPECT_EQ(p.wait_line("^o.e$"), "one");
  EXPECT_EQ(p.wait_line("never"), "never"); // standard input is at its end
}

TEST(Harness, AMissedDeadlineQuotesTheProgramsOutput) {
  auto p = shell("echo clue; exec tail -f /dev/null");
  p.wait_line("clue");
  try {
    p.wait_line("answer", 50ms);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("(running): no line matches \"answer\""));
    EXPECT_THAT(e.what(), HasSubstr("clue"));
  }
}

TEST(Harness, ASignalIsAnEndOfItsOwn) {
  auto p = shell("echo up; exec tail -f /dev/null");
  p.wait_line("up");
  EXPECT_TRUE(p.running());
  p.signal(SIGTERM);
  auto end = p.wait_exit();
  EXPECT_EQ(end.code, -1);
  EXPECT_EQ(end.signal, SIGTERM);
}

TEST(Harness, NothingIsLeftBehind) {
  pid_t pid = 0;
  {
    auto p = shell("trap '' TERM; echo up; exec tail -f /dev/null");
    p.wait_line("up");
    pid = p.pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Harness, OurOwnSettingsDoNotReachTheProgram) {
  ::setenv("XXL_LISTEN", "127.0.0.1:1", 1);
  auto end = run({{"/bin/sh", "-c", "env"}, {{"XXL_ROLE", "admin"}}, "/"});
  ::unsetenv("XXL_LISTEN");
  EXPECT_THAT(end.output, Not(HasSubstr("XXL_LISTEN")));
  EXPECT_THAT(end.output, HasSubstr("XXL_ROLE=admin\n"));
}

TEST(Harness, ARecordLeavesOutALineStillBeingWritten) {
  workspace place;
  auto file = place.write("record", "orders/a 1970-01-01T00:00:01.000Z - -1 1 9\n"
                                    "orders/a 1970-01-01T00:00:01.000Z - -1 1 9\n"
                                    "orders/b 1970-01-01T00:00:02.000Z - -1 1 9\n"
                                    "orders/b 1970-01-01T00:00:03.000Z - -1");
  auto runs = read_record(file);
  ASSERT_EQ(runs.size(), 3u);
  auto counted = first_starts(runs);
  EXPECT_EQ((counted[{"orders/a", 1'000}]), 2);
  EXPECT_EQ((counted[{"orders/b", 2'000}]), 1);
}

TEST(Harness, ALineOfTheRecordIsReadAsItWasWritten) {
  workspace place;
  run_key scheduled{"orders/a", 1'767'225'599'007, "", -1, 1}, by_hand{"orders/b", 0, "m12", 3, 2};
  auto file = place.write("record", to_string(scheduled) + " 77\n" + to_string(by_hand) + " 78\n");
  EXPECT_THAT(to_string(scheduled), "orders/a 2025-12-31T23:59:59.007Z - -1 1");
  auto runs = read_record(file);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].key, scheduled);
  EXPECT_EQ(runs[0].session, 77);
  EXPECT_EQ(runs[1].key, by_hand);
}

} // namespace
} // namespace xxl::e2e
