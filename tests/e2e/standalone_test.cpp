// One process on SQLite: what `make demo` shows, and how it starts, reloads and ends.

#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

namespace xxl::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr auto three_kinds = R"yaml(version: 1
groups:
  - {name: default, title: This node}
jobs:
  - {name: by-handler, group: default, schedule: {cron: "* * * * * ?"}, handler: demo}
  - name: by-shell
    group: default
    schedule: {cron: "* * * * * ?"}
    script: {language: shell, source: "echo out of a shell"}
  - name: by-python
    group: default
    schedule: {every: 1s}
    script: {language: python, source: "print('out of python')"}
)yaml";

class Standalone : public ::testing::Test {
protected:
  workspace place;
  admin_at admin{free_port()};

  process start(words more = {}) {
    more.insert(more.begin(),
                {"--role=standalone", "--listen=" + admin.endpoint(), "--data=" + (place / "data").string()});
    return start_node(place, more);
  }
  std::string jobs(const std::string& content) { return "--jobs=" + place.write("jobs/jobs.yaml", content).string(); }
};

/// The line that `--print-runs` prints for a run of that job.
std::string run_line(const std::string& job, const std::string& kind) {
  return "^\\S+ (\\S+/)?" + job + " " + kind + " succeeded lateness=[0-9.]+ ?(ms)?$";
}

TEST_F(Standalone, FiresJobsOfThreeKindsOnTheSecondAndPrintsALineForEachRun) {
  auto node = start({jobs(three_kinds), "--print-runs"});
  node.wait_line(run_line("by-handler", "handler"));
  node.wait_line(run_line("by-shell", "shell"));
  auto line = node.wait_line(run_line("by-python", "python"));
  std::smatch found;
  ASSERT_TRUE(std::regex_search(line, found, std::regex{"lateness=([0-9.]+)"}));
  EXPECT_LT(std::stod(found[1]), 900.0) << "a fire of each second starts within its second: " << line;
}

TEST_F(Standalone, SaysAtTheStartWhatItIsWhereItStoresAndWhereItListens) {
  auto node = start();
  admin.wait_until_it_answers();
  auto said = node.output() + node.errors();
  EXPECT_THAT(said, HasSubstr("standalone"));
  EXPECT_THAT(said, HasSubstr("xxl.db"));
  EXPECT_THAT(said, HasSubstr(admin.endpoint()));
  EXPECT_THAT(said, HasSubstr("TLS")) << "a node without TLS says so";
}

class StandaloneEnd : public Standalone, public ::testing::WithParamInterface<int> {};

TEST_P(StandaloneEnd, TheSignalEndsItWithCodeZeroInTime) {
  auto node = start({jobs(three_kinds), "--print-runs"});
  node.wait_line(run_line("by-shell", "shell"));
  auto begin = steady_clock::now();
  node.signal(GetParam());
  auto end = node.wait_exit();
  EXPECT_EQ(end.code, 0) << node.errors();
  EXPECT_LT(steady_clock::now() - begin, 5s);
}

INSTANTIATE_TEST_SUITE_P(Of, StandaloneEnd, ::testing::Values(SIGTERM, SIGINT),
                         [](auto& test) { return test.param == SIGTERM ? "SIGTERM" : "SIGINT"; });

TEST_F(Standalone, SigtermLetsWhatRunsEndFirst) {
  auto file = (place / "ended").string();
  auto node =
      start({jobs("version: 1\ngroups: [{name: default, title: This node}]\njobs:\n  - name: slow\n    group: default\n"
                  "    schedule: none\n    handler: command\n    params: \"echo begun; read x < " +
                  (place / "gate").string() + "; echo done > " + file + "\"\n")});
  ASSERT_EQ(run({{"/usr/bin/mkfifo", (place / "gate").string()}, {}, "/"}).code, 0);
  admin.wait_until_it_answers();
  admin.wait_for_executors(1);
  auto id = admin.json({"trigger", "default/slow"}).at("trigger").get<std::int64_t>();
  ASSERT_TRUE(eventually(
      [&] {
        return admin.ctl({"logs", std::to_string(id)}).output.find("Z begun") != std::string::npos;
      },
      patience));
  node.signal(SIGTERM);
  EXPECT_TRUE(node.running());
  std::ofstream{(place / "gate").string()} << "go\n";
  EXPECT_EQ(node.wait_exit().code, 0) << node.errors();
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(Standalone, ASecondProcessOnTheSameFileIsRefusedWithThePidOfTheFirst) {
  auto first = start();
  admin.wait_until_it_answers();
  auto second = run_node(place, {"--listen=127.0.0.1:0", "--data=" + (place / "data").string()});
  EXPECT_EQ(second.code, 4);
  EXPECT_THAT(second.errors, HasSubstr(std::to_string(first.pid())));
  EXPECT_TRUE(first.running());
}

/// The paths below <data> in the table of docs/configuration.md, as expressions.
std::vector<std::regex> documented_paths() {
  auto* root = std::getenv("XXL_SOURCE_DIR");
  if (root == nullptr) throw std::runtime_error{"set XXL_SOURCE_DIR to the source tree"};
  std::ifstream in{std::string{root} + "/docs/configuration.md"};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::vector<std::regex> paths;
  const std::regex code{"`<data>/([^`]+)`"};
  for (std::sregex_iterator it{text.begin(), text.end(), code}, end; it != end; ++it) {
    auto path = std::regex_replace((*it)[1].str(), std::regex{"\\."}, "\\.");
    for (auto* number : {"YYYYMMDD", "JOB", "VERSION", "N"})
      path = std::regex_replace(path, std::regex{number}, "\\d+");
    paths.emplace_back(path);
  }
  return paths;
}

TEST_F(Standalone, EveryFileThatItKeepsStandsInTheTableOfPaths) {
  auto node = start({jobs(three_kinds), "--print-runs"});
  node.wait_line(run_line("by-shell", "shell"));
  node.wait_line(run_line("by-python", "python"));
  const auto known = documented_paths();
  std::size_t files = 0;
  for (auto& entry : std::filesystem::recursive_directory_iterator{place / "data"}) {
    if (entry.is_directory()) continue;
    ++files;
    auto path = std::filesystem::relative(entry.path(), place / "data").string();
    EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&](auto& x) { return std::regex_match(path, x); })) << path;
  }
  EXPECT_GE(files, 9u) << "database, spool, logs, two scripts";
}

TEST_F(Standalone, SighupAppliesWhatTheFilesSayNow) {
  auto node = start({jobs(three_kinds)});
  admin.wait_until_it_answers();
  ASSERT_TRUE(eventually([&] { return admin.json({"get", "jobs"}).size() == 3; }, patience));
  jobs(std::string{three_kinds} + "  - {name: added, group: default, schedule: none, handler: noop}\n");
  node.signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return admin.json({"get", "jobs"}).size() == 4; }, patience));
}

TEST_F(Standalone, SighupWithAWrongFileNamesTheLineAndChangesNothing) {
  auto node = start({jobs(three_kinds), "--print-runs"});
  node.wait_line(run_line("by-shell", "shell"));
  jobs(std::string{three_kinds} + "  - {name: added, group: default, scheduel: none, handler: noop}\n");
  node.signal(SIGHUP);
  node.wait_line("jobs\\.yaml:14:\\d+: ");
  node.wait_line(run_line("by-shell", "shell"), patience, node.line_count());
  EXPECT_EQ(admin.json({"get", "jobs"}).size(), 3u);
}

TEST_F(Standalone, AKilledNodeGoesOnWhereItWasAndDoublesNothing) {
  auto record = (place / "record").string();
  auto file = jobs(
      "version: 1\ngroups: [{name: recording, title: Records its runs}]\njobs:\n  - name: often\n    group: recording\n"
      "    schedule: {every: 100ms}\n    handler: record\n    params: \"" +
      record + "\"\n");
  process recorder{
      {{program("e2e_recorder"), "recording", "recorder-1", (place / "recorder").string(), admin.endpoint()}, {}, "/"}};
  std::size_t wanted = 0;
  for (int life = 0; life < 3; ++life) {
    auto node = start({file});
    wanted = read_record(record).size() + 10;
    ASSERT_TRUE(eventually([&] { return read_record(record).size() >= wanted; }, patience))
        << node.errors() << recorder.errors();
    node.kill9();
  }
  for (auto& [fire, count] : first_starts(read_record(record))) EXPECT_EQ(count, 1) << "fire " << fire.second;
}

} // namespace
} // namespace xxl::e2e
