#include "config/job_files.hpp"
#include "protocol/validate.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace {

using namespace std::chrono_literals;
using namespace xxl;
using namespace xxl::config;

job_set read(const std::string& yaml, const load_options& options = {}) {
  auto set = read_jobs({source_text{"jobs.yaml", yaml}}, options);
  EXPECT_EQ(report(set.problems), "");
  for (auto& g : set.groups) EXPECT_EQ(invalid(g), std::nullopt);
  for (auto& j : set.jobs) EXPECT_EQ(invalid(j), std::nullopt);
  return set;
}

/// The one job of a file, whose other lines are given.
job_spec job(const std::string& lines) {
  auto set = read("version: 1\ngroups: [{name: orders}]\njobs:\n  - name: a\n    group: orders\n" + lines);
  return set.jobs.size() == 1 ? set.jobs[0] : job_spec{};
}

TEST(JobFiles, EveryKeyIsRead) {
  auto set = read(R"(version: 1
groups:
  - name: orders                 # the executor's appname
    title: Order service
    addresses: auto
  - name: billing
    addresses: [host-1, host-2]
jobs:
  - name: close-stale
    group: orders
    schedule: {cron: "0 */5 * * * ?", timezone: Asia/Shanghai}
    handler: closeStale
    params: "--limit 500"
    route: random
    block: serial
    misfire: fire_once
    timeout: 30s
    owner: team-orders
    enabled: false
)");
  group_spec orders{"orders", "Order service", address_mode::automatic, {}};
  group_spec billing{"billing", "", address_mode::fixed, {"host-1", "host-2"}};
  EXPECT_EQ(set.groups, (std::vector{orders, billing}));
  job_spec expected;
  expected.group = "orders";
  expected.name = "close-stale";
  expected.schedule = cron_schedule{"0 */5 * * * ?", "Asia/Shanghai"};
  expected.work = handler_work{"closeStale"};
  expected.params = "--limit 500";
  expected.route = route_strategy::random;
  expected.misfire = misfire_policy::fire_once;
  expected.timeout = 30s;
  expected.owner = "team-orders";
  expected.enabled = false;
  EXPECT_EQ(set.jobs, std::vector{expected});
  EXPECT_EQ(set.files, std::vector<std::string>{"jobs.yaml"});
}

TEST(JobFiles, WhatIsNotWrittenIsTheDefault) {
  job_spec expected;
  expected.group = "orders";
  expected.name = "a";
  expected.work = handler_work{"h"};
  EXPECT_EQ(job("    handler: h\n"), expected);
  EXPECT_EQ(job("    handler: h\n    schedule: none\n    timeout: none\n    route: round\n    enabled: true\n"),
            expected);
}

TEST(JobFiles, EachScheduleIsRead) {
  auto schedule = [](const std::string& text) { return job("    handler: h\n    schedule: " + text + "\n").schedule; };
  EXPECT_EQ(schedule("{every: 100ms}"), (schedule_spec{every_schedule{100ms, std::nullopt}}));
  EXPECT_EQ(schedule("{every: 1m30s, start: 1970-01-01T00:00:07Z}"),
            (schedule_spec{every_schedule{90s, from_ms(7'000)}}));
  EXPECT_EQ(schedule("{after: 30s}"), (schedule_spec{after_schedule{30s}}));
  EXPECT_EQ(schedule("{at: 1970-01-01T08:00:01+08:00}"), (schedule_spec{at_schedule{from_ms(1'000)}}));
  EXPECT_EQ(schedule("\n      cron: 0 0 9 * * ?"), (schedule_spec{cron_schedule{"0 0 9 * * ?", "UTC"}})); // plain
}

TEST(JobFiles, WhatNarrowsAScheduleIsRead) {
  auto schedule = [](const std::string& text) { return job("    handler: h\n    schedule: " + text + "\n").schedule; };
  schedule_spec expected = every_schedule{1s, std::nullopt};
  expected.max_runs = 3;
  expected.jitter = 250ms;
  EXPECT_EQ(schedule("{every: 1s, max_runs: 3, jitter: 250ms}"), expected);
  cron_schedule cron{"0 30 2 * * ?", "UTC"};
  cron.gap = gap_rule::next;
  cron.overlap = overlap_rule::both;
  EXPECT_EQ(schedule("{cron: \"0 30 2 * * ?\", gap: next, overlap: both}"), schedule_spec{cron});
  cron_schedule vixie{"0 30 2 * * ?", "UTC"};
  vixie.vixie = true;
  EXPECT_EQ(schedule("{cron: \"0 30 2 * * ?\", dst: vixie}"), schedule_spec{vixie});
}

TEST(JobFiles, MisfiresAreRead) {
  auto all = job("    handler: h\n    misfire: fire_all\n    misfire_cap: 50\n    misfire_deadline: 10m\n");
  EXPECT_EQ(all.misfire, misfire_policy::fire_all);
  EXPECT_EQ(all.misfire_cap, 50);
  EXPECT_EQ(all.misfire_deadline, 10min);
  EXPECT_EQ(job("    handler: h\n    misfire: fire_all\n").misfire_cap, 1'000);
}

TEST(JobFiles, TheDefaultTimezoneIsFilledIn) {
  load_options options;
  options.timezone = "Asia/Shanghai";
  auto set = read("version: 1\ngroups: [{name: orders}]\njobs: [{name: a, group: orders, handler: h, schedule: {cron: "
                  "\"0 0 9 * * ?\"}}]\n",
                  options);
  ASSERT_EQ(set.jobs.size(), 1u);
  EXPECT_EQ(set.jobs[0].schedule, (schedule_spec{cron_schedule{"0 0 9 * * ?", "Asia/Shanghai"}}));
}

TEST(JobFiles, ASourceKeepsItsLines) {
  EXPECT_EQ(job("    script:\n      language: python\n      source: |\n        import os\n        print(1)\n").work,
            (work_spec{script_work{script_language::python, "import os\nprint(1)\n"}}));
}

TEST(JobFiles, PlainNumbersAndWordsAreTextWhereTextIsExpected) {
  EXPECT_EQ(job("    handler: h\n    params: 0755\n").params, "0755");
  EXPECT_EQ(job("    handler: h\n    params: no\n").params, "no");
  EXPECT_EQ(job("    handler: h\n    params: \"\"\n").params, "");
}

TEST(JobFiles, AnAliasStandsForItsValue) {
  auto set = read("version: 1\ngroups: [{name: orders}]\njobs:\n  - {name: a, group: orders, handler: h, schedule: &s "
                  "{every: 1s}}\n"
                  "  - {name: b, group: orders, handler: h, schedule: *s}\n");
  ASSERT_EQ(set.jobs.size(), 2u);
  EXPECT_EQ(set.jobs[1].schedule, set.jobs[0].schedule);
}

TEST(JobFiles, GroupsAndJobsMayStandInDifferentFilesInAnyOrder) {
  auto set = read_jobs(
      {{"a.yaml", "version: 1\njobs: [{name: a, group: orders, handler: h}]\n"},
       {"b.yaml", "version: 1\ngroups: [{name: orders}, {name: billing}]\n"},
       {"c.yaml", "version: 1\njobs: [{name: a, group: billing, handler: h}]\n"}}); // the same name in another group
  EXPECT_EQ(report(set.problems), "");
  ASSERT_EQ(set.jobs.size(), 2u);
  EXPECT_EQ(set.jobs[0].group, "orders");
  EXPECT_EQ(set.jobs[1].group, "billing");
}

TEST(JobFiles, WindowsLineEndsAndAByteOrderMarkAreRead) {
  EXPECT_EQ(read("\xEF\xBB\xBFversion: 1\r\ngroups:\r\n  - name: orders\r\n").groups.size(), 1u);
}

TEST(JobFiles, AJobWithAnErrorIsLeftOutAndTheOthersStay) {
  auto set = read_jobs(
      {{"a.yaml", "version: 1\ngroups: [{name: orders}]\njobs:\n  - {name: a, group: orders, handler: h, x: 1}\n"
                  "  - {name: b, group: orders, handler: h}\n"}});
  EXPECT_EQ(set.problems.size(), 1u);
  ASSERT_EQ(set.jobs.size(), 1u);
  EXPECT_EQ(set.jobs[0].name, "b");
}

class JobDirectories : public testing::Test {
protected:
  /// Names of the files that were read, below the root.
  std::vector<std::string> read_of(std::vector<std::string> names) const {
    for (auto& name : names) name = (place / name).string();
    auto set = load_jobs(names);
    EXPECT_EQ(report(set.problems), "");
    for (auto& file : set.files)
      file = std::filesystem::path{file}.lexically_normal().lexically_relative(place.path()).string();
    return set.files;
  }

  test::temporary_directory place;
};

TEST_F(JobDirectories, YamlFilesBelowADirectoryAreReadSortedAndHiddenOnesAreNot) {
  for (auto name : {"b.yaml", "a/z.yml", "a/deep/c.yaml", ".hidden.yaml", ".git/x.yaml", "readme.md", "a.yaml"})
    place.write(name, "version: 1\n");
  EXPECT_EQ(read_of({"."}), (std::vector<std::string>{"a.yaml", "a/deep/c.yaml", "a/z.yml", "b.yaml"}));
}

TEST_F(JobDirectories, AFileNamedTwiceIsReadOnce) {
  place.write("a.yaml", "version: 1\ngroups: [{name: orders}]\n");
  place.write("other.txt", "version: 1\n"); // named itself, it may end as it likes
  std::filesystem::create_symlink(place / "a.yaml", place / "link.yaml");
  EXPECT_EQ(read_of({"a.yaml", ".", "other.txt"}), (std::vector<std::string>{"a.yaml", "other.txt"}));
}

TEST_F(JobDirectories, AFolderMountedByKubernetesIsReadOnce) {
  place.write("..2026_01_01/jobs.yaml", "version: 1\ngroups: [{name: orders}]\n");
  std::filesystem::create_symlink("..2026_01_01", place / "..data");
  std::filesystem::create_symlink("..data/jobs.yaml", place / "jobs.yaml");
  EXPECT_EQ(read_of({"."}), std::vector<std::string>{"jobs.yaml"});
}

TEST_F(JobDirectories, AnEmptyDirectoryHasNoJobs) { EXPECT_EQ(read_of({"."}), std::vector<std::string>{}); }

TEST_F(JobDirectories, AScriptFileIsFoundBesideItsYamlFileAndNamesItsLanguage) {
  place.write("jobs/a.yaml", "version: 1\ngroups: [{name: orders}]\njobs:\n"
                             "  - {name: a, group: orders, script: {file: scripts/x.py}}\n"
                             "  - {name: b, group: orders, script: {file: scripts/x.sh}}\n"
                             "  - {name: c, group: orders, script: {language: shell, file: scripts/x.py}}\n");
  place.write("jobs/scripts/x.py", "print(1)\n");
  place.write("jobs/scripts/x.sh", "echo 1\n");
  auto set = load_jobs({(place / "jobs").string()});
  EXPECT_EQ(report(set.problems), "");
  ASSERT_EQ(set.jobs.size(), 3u);
  EXPECT_EQ(set.jobs[0].work, (work_spec{script_work{script_language::python, "print(1)\n"}}));
  EXPECT_EQ(set.jobs[1].work, (work_spec{script_work{script_language::shell, "echo 1\n"}}));
  EXPECT_EQ(set.jobs[2].work, (work_spec{script_work{script_language::shell, "print(1)\n"}}));
}

} // namespace
