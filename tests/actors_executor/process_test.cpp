// Real child processes: what a script may do to its executor, and what it may not.

#include "actors/executor/process_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <csignal>
#include <dirent.h>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Follows one child; waits with a deadline, never for a while.
class watched {
public:
  void start(process_host& host, std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    number = host.start(
        {std::move(arguments), std::move(environment)},
        [this](std::string_view line) {
          std::lock_guard guard{mutex_};
          lines_.emplace_back(line);
          changed_.notify_all();
        },
        [this](const process_end& end) {
          std::lock_guard guard{mutex_};
          end_ = end;
          changed_.notify_all();
        });
  }
  /// The end, nothing if it does not come in 20 s.
  std::optional<process_end> end() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 20s, [this] { return end_.has_value(); });
    return end_;
  }
  bool wait_for_lines(std::size_t n) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 20s, [&] { return lines_.size() >= n; });
  }
  std::vector<std::string> lines() {
    std::lock_guard guard{mutex_};
    return lines_;
  }
  std::uint64_t number = 0;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::optional<process_end> end_;
};

std::vector<std::string> bash(std::string script) { return {"bash", "-c", std::move(script)}; }

std::size_t open_descriptors() {
  std::size_t n = 0;
  auto* dir = ::opendir("/proc/self/fd");
  while (::readdir(dir) != nullptr) ++n;
  ::closedir(dir);
  return n;
}

/// True when the process is gone, or dead and waits for its parent, within 20 s.
bool gone(pid_t pid) {
  auto deadline = std::chrono::steady_clock::now() + 20s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (::kill(pid, 0) != 0) return true;
    std::string path = "/proc/" + std::to_string(pid) + "/stat";
    char text[512] = {};
    if (auto* f = ::fopen(path.c_str(), "r")) {
      auto n = ::fread(text, 1, sizeof text - 1, f);
      ::fclose(f);
      auto state = std::string_view{text, n}.rfind(") ");
      if (state != std::string_view::npos && text[state + 2] == 'Z') return true;
    }
    ::sched_yield();
  }
  return false;
}

TEST(ProcessHost, TellsExitCodes) {
  process_host host;
  for (int code : {0, 1, 42, 255}) {
    watched child;
    child.start(host, bash("exit " + std::to_string(code)));
    auto end = child.end();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->how, process_end::kind::exited);
    EXPECT_EQ(end->code, code);
  }
}

TEST(ProcessHost, TellsTheSignalThatKilledAChild) {
  process_host host;
  watched child;
  child.start(host, bash("kill -SEGV $$"));
  auto end = child.end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->how, process_end::kind::signalled);
  EXPECT_EQ(end->code, SIGSEGV);
}

TEST(ProcessHost, ProgramsThatAreMissingOrCannotRunAreTold) {
  process_host host;
  watched missing, directory;
  missing.start(host, {"xxl-there-is-no-such-program"});
  directory.start(host, {"/tmp/"});
  ASSERT_TRUE(missing.end());
  EXPECT_EQ(missing.end()->how, process_end::kind::not_started);
  EXPECT_EQ(missing.end()->code, ENOENT);
  ASSERT_TRUE(directory.end());
  EXPECT_EQ(directory.end()->how, process_end::kind::not_started);
  EXPECT_EQ(find_program("xxl-there-is-no-such-program"), "");
  EXPECT_THAT(find_program("sh"), ::testing::EndsWith("/sh"));
}

TEST(ProcessHost, KeepsTheOrderOfOutputAndErrorAndTheLastLineWithoutEnd) {
  process_host host;
  watched child;
  child.start(host, bash("for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf end"));
  ASSERT_TRUE(child.end());
  EXPECT_THAT(child.lines(), ElementsAre("out 1", "err 1", "out 2", "err 2", "out 3", "err 3", "end"));
}

TEST(ProcessHost, ReadsAllOfALargeOutput) {
  process_host host;
  watched child;
  child.start(host, bash("seq 1 50000"));
  ASSERT_TRUE(child.end());
  auto lines = child.lines();
  ASSERT_EQ(lines.size(), 50'000u);
  EXPECT_EQ(lines.back(), "50000");
}

TEST(ProcessHost, PassesArgumentsAndEnvironmentAsTheyAre) {
  ::setenv("XXL_TEST_INHERITED", "yes", 1);
  ::setenv("XXL_TEST_REPLACED", "old", 1);
  process_host host;
  watched child;
  child.start(host, {"bash", "-c", "echo \"$1|$2|$XXL_TEST_INHERITED|$XXL_TEST_REPLACED\"", "name", "a b; $(x)", ""},
              {"XXL_TEST_REPLACED=new"});
  ASSERT_TRUE(child.end());
  EXPECT_THAT(child.lines(), ElementsAre("a b; $(x)||yes|new"));
}

TEST(ProcessHost, StandardInputIsEmptyAndNoDescriptorIsInherited) {
  int leaked[2];
  ASSERT_EQ(::pipe(leaked), 0) << "without O_CLOEXEC, as a library might";
  struct stat ours {};
  ASSERT_EQ(::fstat(leaked[0], &ours), 0);
  process_host host;
  watched child;
  // By inode: the shell has descriptors of its own for a while, which may have the numbers of ours.
  child.start(host, bash("wc -c; for f in /proc/$$/fd/*; do readlink $f; done"));
  ASSERT_TRUE(child.end());
  auto lines = child.lines();
  ASSERT_GE(lines.size(), 4u) << "input, output and error at least";
  EXPECT_EQ(lines[0], "0");
  EXPECT_EQ(lines[1], "/dev/null");
  EXPECT_THAT(lines, ::testing::Not(::testing::Contains("pipe:[" + std::to_string(ours.st_ino) + "]")));
  for (int fd : leaked) ::close(fd);
}

TEST(ProcessHost, ATerminatedChildTakesItsGrandchildrenAlong) {
  process_host host;
  watched child;
  child.start(host, bash("sleep 600 & echo $!; wait"));
  ASSERT_TRUE(child.wait_for_lines(1));
  auto grandchild = std::stoi(child.lines().at(0));
  host.terminate(child.number);
  auto end = child.end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->how, process_end::kind::signalled);
  EXPECT_EQ(end->code, SIGTERM);
  EXPECT_TRUE(gone(grandchild));
}

TEST(ProcessHost, WhatIgnoresTermIsKilledAfterTheGraceWithItsGroup) {
  process_host host{100ms};
  watched child;
  child.start(host, bash("trap '' TERM; bash -c 'trap \"\" TERM; echo $$; while :; do sleep 600; done' & wait; while "
                         ":; do sleep 600; done"));
  ASSERT_TRUE(child.wait_for_lines(1));
  auto grandchild = std::stoi(child.lines().at(0));
  host.terminate(child.number);
  auto end = child.end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, SIGKILL);
  EXPECT_TRUE(gone(grandchild));
}

TEST(ProcessHost, AGrandchildThatHoldsTheOutputOpenDoesNotHoldTheRun) {
  process_host host;
  watched child;
  child.start(host, bash("sleep 600 & echo $!"));
  ASSERT_TRUE(child.end());
  ASSERT_THAT(child.lines(), SizeIs(1));
  ::kill(std::stoi(child.lines().at(0)), SIGKILL);
}

TEST(ProcessHost, ChildrenDieWithTheirHost) {
  watched child;
  pid_t pid = 0;
  {
    process_host host;
    child.start(host, bash("echo $$; exec sleep 600"));
    ASSERT_TRUE(child.wait_for_lines(1));
    pid = std::stoi(child.lines().at(0));
  }
  EXPECT_TRUE(child.end()) << "its end is told";
  EXPECT_TRUE(gone(pid));
}

TEST(ProcessHost, ChildrenDieWithAnExecutorThatIsKilled) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  auto executor = ::fork();
  if (executor == 0) {
    process_host host;
    watched child;
    child.start(host, bash("echo $$; exec sleep 600"));
    if (!child.wait_for_lines(1)) ::_exit(1);
    auto pid = std::stoi(child.lines().at(0));
    if (::write(ends[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    for (;;) ::pause();
  }
  int pid = 0;
  ASSERT_EQ(::read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ::kill(executor, SIGKILL);
  ::waitpid(executor, nullptr, 0);
  EXPECT_TRUE(gone(pid));
  for (int fd : ends) ::close(fd);
}

TEST(ProcessHost, AHundredChildrenLeaveNoZombieAndNoDescriptor) {
  process_host host;
  auto before = open_descriptors();
  std::vector<watched> children(100);
  for (auto& c : children) c.start(host, bash("echo hello; exit 3"));
  for (auto& c : children) {
    auto end = c.end();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->code, 3);
    EXPECT_THAT(c.lines(), ElementsAre("hello"));
  }
  // The host closes what belonged to a child before it starts the next one; one more child makes sure that all of that
  // is done.
  watched last;
  last.start(host, bash("true"));
  ASSERT_TRUE(last.end());
  watched barrier;
  barrier.start(host, {"xxl-there-is-no-such-program"});
  ASSERT_TRUE(barrier.end());
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a zombie is left";
  EXPECT_EQ(errno, ECHILD);
}

} // namespace
} // namespace xxl::executor
