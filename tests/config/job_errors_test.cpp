// Every error of a job file has a file here, and its whole text is compared.

#include "config/job_files.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace {

using namespace xxl::config;

std::string errors_of(const std::string& yaml, const load_options& options = {}) {
  return report(read_jobs({source_text{"jobs.yaml", yaml}}, options).problems);
}

/// The whole text of an error: place and message, the line, the caret.
std::string at(std::size_t line, std::size_t column, const std::string& message, const std::string& source_line) {
  return "jobs.yaml:" + std::to_string(line) + ":" + std::to_string(column) + ": " + message + "\n" + source_line +
         "\n" + std::string(column - 1, ' ') + "^";
}

/// A line of a job that is right otherwise stands in line 6.
void expect_in_job(const std::string& line, std::size_t column, const std::string& message) {
  EXPECT_EQ(errors_of("version: 1\ngroups: [{name: orders}]\njobs:\n  - name: a\n    group: orders\n    " + line +
                      "\n    handler: h\n"),
            at(6, column, message, "    " + line));
}

/// A line of a group that is right otherwise stands in line 4.
void expect_in_group(const std::string& line, std::size_t column, const std::string& message) {
  EXPECT_EQ(errors_of("version: 1\ngroups:\n  - name: orders\n    " + line + "\n"),
            at(4, column, message, "    " + line));
}

/// The work of a job stands in line 6.
void expect_in_work(const std::string& line, std::size_t column, const std::string& message) {
  EXPECT_EQ(
      errors_of("version: 1\ngroups: [{name: orders}]\njobs:\n  - name: a\n    group: orders\n    " + line + "\n"),
      at(6, column, message, "    " + line));
}

void expect_file(const std::string& yaml, const std::string& whole_text) { EXPECT_EQ(errors_of(yaml), whole_text); }

TEST(JobErrors, FilesThatAreNotYaml) {
  expect_file("", "jobs.yaml:1:1: the file is empty");
  expect_file("# only a comment\n", at(1, 1, "the file is empty", "# only a comment"));
  expect_file("jobs:\n\t- name: a\n",
              "jobs.yaml:2:1: a tab in the indentation: YAML indents with spaces\n\t- name: a\n^");
  expect_file("version: 1\njobs: [1\n",
              at(2, 7, "not YAML: what starts here is never closed (end of sequence flow not found)", "jobs: [1"));
  expect_file("a: b: c\n", at(1, 5, "not YAML: illegal map value", "a: b: c"));
  expect_file(
      "a: {cron: 0 0 * * * ?}\n",
      at(1, 21, "not YAML: a special character outside quotes: put the text in quotes", "a: {cron: 0 0 * * * ?}"));
  expect_file("a: \"\\q\"\n", at(1, 7, "not YAML: unknown escape character: q", "a: \"\\q\""));
  expect_file("version: 1\nx: \xFF\n",
              "jobs.yaml:2:4: not text: a NUL byte, or a byte that is not UTF-8\nx: \xFF\n   ^");
  expect_file("version: 1\n---\nversion: 1\n",
              at(2, 1, "a second YAML document starts here: write one document in a file", "---"));
  expect_file("version: !!int 1\n",
              at(1, 10, "the YAML tag <tag:yaml.org,2002:int> is not supported: write the value without a tag",
                 "version: !!int 1"));
}

TEST(JobErrors, Aliases) {
  expect_file("jobs: *a\n", at(1, 7, "not YAML: the referenced anchor is not defined", "jobs: *a"));
  expect_file("jobs: &a [*a]\n",
              at(1, 11, "this alias stands inside the value that its anchor names", "jobs: &a [*a]"));
}

TEST(JobErrors, AnAliasBombIsRefusedBeforeAnythingWalksIt) {
  std::string yaml = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    auto name = std::to_string(i);
    yaml += "a" + name + ": &a" + name + " [";
    for (int k = 0; k < 10; ++k) yaml += (k ? ", *a" : "*a") + std::to_string(i - 1);
    yaml += "]\n";
  }
  expect_file(yaml, at(8, 15, "more than 2000000 values, aliases followed: split the file",
                       "a6: &a6 [*a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5]"));
}

TEST(JobErrors, DepthIsBounded) {
  auto deep = std::string(65, '[') + std::string(65, ']');
  expect_file(deep, "jobs.yaml:1:65: more than 64 levels of nesting\n..." + deep.substr(4, 100) + "...\n" +
                        std::string(63, ' ') + "^");
  std::string chain = "version: 1\na0: &a0 []\n";
  for (int i = 1; i < 100; ++i)
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  expect_file(chain, at(65, 6, "more than 64 levels, aliases followed", "a63: &a63 [*a62]"));
}

TEST(JobErrors, TheFileItself) {
  expect_file("[]\n", at(1, 1, "expected a job file (a mapping, \"key: value\"), found a list", "[]"));
  expect_file("hello\n", at(1, 1, "expected a job file (a mapping, \"key: value\"), found hello", "hello"));
  expect_file("jobs: []\n", at(1, 1, "a job file has no version: begin it with \"version: 1\"", "jobs: []"));
  expect_file("version: 2\nnew: []\n", at(1, 10, "version: expected 1, found 2", "version: 2"));
  expect_file("version: \"1\"\n", at(1, 10, "version: expected 1, found the text \"1\"", "version: \"1\""));
  expect_file("version: 1\njob: []\n",
              at(2, 1, "unknown key \"job\" in a job file; did you mean \"jobs\"?", "job: []"));
  expect_file("version: 1\nalarms: []\n", at(2, 1, "\"alarms\" in a job file is not supported yet", "alarms: []"));
  expect_file("version: 1\n[a]: 1\n", at(2, 1, "a key must be text, found a list", "[a]: 1"));
  expect_file("version: 1\njobs: {}\n", at(2, 7, "jobs: expected a list, found a mapping", "jobs: {}"));
  expect_file("version: 1\njobs:\n", at(2, 1, "jobs: expected a list, found nothing", "jobs:"));
  expect_file("version: 1\njobs:\n  -\n", at(3, 3, "expected a job (a mapping, \"key: value\"), found nothing", "  -"));
  expect_file("version: 1\ngroups: [orders]\n",
              at(2, 10, "expected a group (a mapping, \"key: value\"), found orders", "groups: [orders]"));
  expect_file("version: 1\njobs: []\njobs: []\n",
              at(3, 1, "key \"jobs\" is there twice in a job file; first at jobs.yaml:2:1", "jobs: []"));
}

TEST(JobErrors, Groups) {
  expect_file("version: 1\ngroups: [{title: x}]\n", at(2, 10, "a group has no name", "groups: [{title: x}]"));
  expect_file("version: 1\ngroups: [{name: Orders}]\n",
              at(2, 17, "name: \"Orders\" is not a group's name: 4 to 64 of a-z, 0-9 and -, beginning with a letter",
                 "groups: [{name: Orders}]"));
  expect_in_group("name: orders", 5, "key \"name\" is there twice in a group; first at jobs.yaml:3:5");
  expect_in_group("tilte: x", 5, "unknown key \"tilte\" in a group; did you mean \"title\"?");
  expect_in_group("weight: 3", 5, "unknown key \"weight\" in a group; known are name, title, addresses");
  expect_in_group("labels: {}", 5, "\"labels\" in a group is not supported yet");
  expect_in_group("title: [x]", 12, "title: expected text, found a list");
  expect_in_group("title: \"\"", 12, "title: empty");
  expect_in_group("title: \"a\\nb\"", 12, "title: must be one line without control characters");
  expect_in_group("addresses: manual", 16, "addresses: expected auto or a list of executor names, found manual");
  expect_in_group("addresses: []", 16,
                  "addresses: the list is empty, so nothing could run: name executors, or write auto");
  expect_in_group("addresses: [a, b, a]", 23, "addresses: \"a\" is there twice; first at jobs.yaml:4:17");
  expect_in_group("addresses: [[a]]", 17, "addresses: expected text, found a list");
  expect_in_group("addresses: [\"http://a:9999\"]", 17,
                  "addresses: executors reached over HTTP are not supported yet: name CAF executors");
}

TEST(JobErrors, TooManyAddresses) {
  std::string list = "addresses: [";
  for (int i = 0; i < 1'001; ++i) list += "e" + std::to_string(i) + ", ";
  list += "]";
  EXPECT_EQ(errors_of("version: 1\ngroups:\n  - name: orders\n    " + list + "\n"),
            "jobs.yaml:4:16: addresses: 1001 names, at most 1000 are allowed\n    " + list.substr(0, 96) + "...\n" +
                std::string(15, ' ') + "^");
}

TEST(JobErrors, NamesOfJobs) {
  auto head = std::string{"version: 1\ngroups: [{name: orders}]\njobs:\n"};
  expect_file(head + "  - {group: orders, handler: h}\n",
              at(4, 5, "a job has no name", "  - {group: orders, handler: h}"));
  expect_file(head + "  - {name: a, handler: h}\n", at(4, 5, "job \"a\" has no group", "  - {name: a, handler: h}"));
  expect_file(
      head + "  - {name: a b, group: orders, handler: h}\n",
      at(4, 12,
         "name: \"a b\" is not a job's name: 1 to 128 of A-Z, a-z, 0-9, ., _ and -, beginning with a letter or a digit",
         "  - {name: a b, group: orders, handler: h}"));
  expect_file(head + "  - {name: [a], group: orders, handler: h}\n",
              at(4, 12, "name: expected text, found a list", "  - {name: [a], group: orders, handler: h}"));
  expect_file(head + "  - {name: a, group: Orders, handler: h}\n",
              at(4, 22, "group: \"Orders\" is not a group's name: 4 to 64 of a-z, 0-9 and -, beginning with a letter",
                 "  - {name: a, group: Orders, handler: h}"));
}

TEST(JobErrors, KeysOfJobs) {
  expect_in_job("parms: x", 5, "unknown key \"parms\" in a job; did you mean \"params\"?");
  expect_in_job("colour: red", 5,
                "unknown key \"colour\" in a job; known are name, group, schedule, handler, script, params, route, "
                "block, misfire, "
                "timeout, owner, enabled, retries, retry_on, misfire_cap, misfire_deadline");
  expect_in_job("<<: {}", 5,
                "merge keys (<<) are not supported: write the keys out, or use an alias for the whole value");
  expect_in_job("cron: x", 5, "\"cron\" does not stand in a job itself: write schedule: {cron: ...}");
  expect_in_job("jitter: 5s", 5, "\"jitter\" does not stand in a job itself: write schedule: {..., jitter: ...}");
  expect_in_job("source: x", 5, "\"source\" does not stand in a job itself: write script: {source: ...}");
}

TEST(JobErrors, KeysThatAreNotBuiltYet) {
  for (std::string key : {"retry_delay", "backoff", "alarms", "needs", "depends_on", "labels", "require"})
    expect_in_job(key + ": x", 5, "\"" + key + "\" in a job is not supported yet");
}

TEST(JobErrors, ValuesThatAreNotBuiltYet) {
  for (std::string route : {"consistent_hash", "lfu", "lru", "failover", "busyover", "sharding_broadcast"})
    expect_in_job("route: " + route, 12,
                  "route \"" + route + "\" is not supported yet; now: first, last, round, random");
  expect_in_job("route: [busyover, round]", 12, "route: a chain of routes is not supported yet: name one");
  for (std::string block : {"discard_later", "cover_early", "parallel"})
    expect_in_job("block: " + block, 12, "block \"" + block + "\" is not supported yet; now: serial");
  for (std::string language : {"node", "php", "powershell", "cpp"})
    expect_in_work("script: {language: " + language + ", source: x}", 24,
                   "language \"" + language + "\" is not supported yet; now: shell, python");
}

TEST(JobErrors, ValuesOfJobs) {
  expect_in_job("route: ROUND", 12, "unknown route \"ROUND\"; did you mean \"round\"?");
  expect_in_job("route: nearest", 12, "unknown route \"nearest\"; known are first, last, round, random");
  expect_in_job("block: {}", 12, "block: expected one of serial, found a mapping");
  expect_in_job("misfire: skipp", 14, "unknown misfire \"skipp\"; did you mean \"skip\"?");
  expect_in_job("params:", 5, "params: expected text, found nothing");
  expect_in_job("params: ~", 13, "params: expected text, found nothing");
  expect_in_job("params: \"a\\0b\"", 13, "params: a NUL byte is not text");
  expect_in_job("owner: \"\"", 12, "owner: empty");
  expect_in_job("enabled: yes", 14, "enabled: expected true or false, found yes");
  expect_in_job("enabled: \"true\"", 14, "enabled: expected true or false, found the text \"true\"");
  expect_in_job("timeout: 30", 14,
                "timeout: duration \"30\" has no unit: write 30s for seconds, or 30ms, 30m, 30h, 30d");
  expect_in_job("timeout: 0s", 14, "timeout: 0s is too short: at least 1ms");
  expect_in_job("timeout: [30s]", 14, "timeout: expected a duration such as 30s, found a list");
}

TEST(JobErrors, Misfires) {
  expect_in_job("misfire_cap: 5", 18, "misfire_cap: stands only with misfire: fire_all");
  expect_in_job("misfire_deadline: 10ms", 23, "misfire_deadline: 10ms is too short: at least 1s");
}

TEST(JobErrors, RulesOfDaylightSaving) {
  auto cron = [](const std::string& more) { return "schedule: {cron: \"0 0 2 * * ?\", " + more + "}"; };
  expect_in_job(cron("gap: jump"), 42, "unknown gap \"jump\"; known are skip, next, shift");
  expect_in_job(cron("overlap: none"), 46, "unknown overlap \"none\"; known are first, last, both");
  expect_in_job(cron("dst: quartz"), 42, "dst: expected vixie, found quartz; single rules are gap and overlap");
  expect_in_job(cron("dst: vixie, gap: next"), 54, "dst: vixie chooses gap and overlap itself: leave this out, or dst");
}

TEST(JobErrors, TextsThatAreTooLong) {
  std::string long_params(2'049, 'x'), long_owner(129, 'x');
  EXPECT_EQ(
      errors_of(
          "version: 1\ngroups: [{name: orders}]\njobs:\n  - name: a\n    group: orders\n    handler: h\n    owner: " +
          long_owner + "\n    params: " + long_params + "\n"),
      "jobs.yaml:7:12: owner: 129 bytes are too long: at most 128\n    owner: " + std::string(89, 'x') +
          "...\n           ^\n\n" + "jobs.yaml:8:13: params: 2049 bytes are too long: at most 2048\n    params: " +
          std::string(88, 'x') + "...\n            ^");
}

TEST(JobErrors, Schedules) {
  expect_in_job("schedule: daily", 15,
                "schedule: expected none, {cron: ...}, {every: ...}, {after: ...} or {at: ...}, found daily");
  expect_in_job("schedule: {}", 15, "a schedule needs one of cron, every, after, at; or write schedule: none");
  expect_in_job("schedule: {every: 1s, after: 1s}", 27,
                "a schedule has one of cron, every, after, at: \"every\" is there already");
  expect_in_job("schedule: {evry: 1s, every: 1s}", 16, "unknown key \"evry\" in a schedule; did you mean \"every\"?");
  expect_in_job("schedule: {every: 1s, every: 1s}", 27,
                "key \"every\" is there twice in a schedule; first at jobs.yaml:6:16");
  expect_in_job("schedule: {every: 1s, jitter: 0s}", 35, "jitter: 0s is too short: at least 1ms");
  expect_in_job("schedule: {every: 1s, max_runs: 0}", 37,
                "max_runs: expected a whole number from 1 to 9223372036854775807, found 0");
  expect_in_job("schedule: {every: 1s, gap: next}", 32, "gap: stands only with cron, here the schedule is every");
  expect_in_job("schedule: {every: 99ms}", 23, "every: 99ms is too short: at least 100ms");
  expect_in_job("schedule: {after: 50ms}", 23, "after: 50ms is too short: at least 100ms");
  expect_in_job("schedule: {every: 1s, timezone: UTC}", 37,
                "timezone: stands only with cron, here the schedule is every");
  expect_in_job("schedule: {after: 1s, start: x}", 34, "start: stands only with every, here the schedule is after");
  expect_in_job("schedule: {every: 1s, start: 2026-12-01}", 34,
                "start: instant \"2026-12-01\" is not of the form 2026-12-01T09:00:00+08:00 (or ...Z)");
  expect_in_job("schedule: {at: 2026-12-01T09:00:00}", 20,
                "at: instant \"2026-12-01T09:00:00\" has no zone: end it with Z, or with an offset such as +08:00");
  expect_in_job("schedule: {at: 1969-12-31T23:59:59Z}", 20,
                "at: 1969-12-31T23:59:59Z is out of range: from 1970 to 9999, in UTC");
  expect_in_job("schedule: {at: 9999-12-31T23:59:59-01:00}", 20,
                "at: 9999-12-31T23:59:59-01:00 is out of range: from 1970 to 9999, in UTC");
}

TEST(JobErrors, CronErrorsPointIntoTheExpression) {
  expect_in_job("schedule: {cron: \"0 0 9 * 13 ?\"}", 31, "cron: month: 13 is not in 1-12");
  expect_in_job("schedule: {cron: '0 0 9 * 13 ?'}", 31, "cron: month: 13 is not in 1-12");
  expect_in_job("schedule: {cron: \"0 0 9 \\x2a 13 ?\"}", 22,
                "cron: month: 13 is not in 1-12"); // escaped: where it starts
  expect_in_job("schedule: {cron: \"0 0 9 * * ?\", timezone: Asia/Shangai}", 47,
                "timezone: \"Asia/Shangai\" is unknown: write an IANA name such as Asia/Shanghai, or UTC");
}

TEST(JobErrors, Work) {
  expect_file("version: 1\ngroups: [{name: orders}]\njobs:\n  - {name: a, group: orders}\n",
              at(4, 5,
                 "a job has neither handler nor script: write handler: NAME, or script: {language: shell, source: ...}",
                 "  - {name: a, group: orders}"));
  expect_in_job("script: {language: shell, source: x}", 13,
                "a job has either a handler or a script: \"handler\" is there already");
  expect_in_work("handler: \"\"", 14, "handler: empty");
  expect_in_work("script: echo", 13, "expected a script (a mapping, \"key: value\"), found echo");
  expect_in_work("script: {language: shell}", 13, "a script has neither source nor file");
  expect_in_work("script: {source: echo}", 13,
                 "a script has no language: write shell or python (a file ending in .sh or .py says it itself)");
  expect_in_work("script: {language: bash, source: echo}", 24, "unknown language \"bash\"; known are shell, python");
  expect_in_work("script: {language: shell, source: \"\"}", 39, "source: the script is empty");
  expect_in_work("script: {language: shell, source: a, file: b}", 48,
                 "a script has either source or file: \"source\" is there already");
  expect_in_work("script: {language: shell, sorce: a, source: a}", 31,
                 "unknown key \"sorce\" in a script; did you mean \"source\"?");
  expect_in_work("script: {file: nowhere.sh}", 20, "file: nowhere.sh: no such file");
}

class JobErrorFiles : public testing::Test {
protected:
  std::string script_error(const std::string& name) const {
    auto yaml =
        "version: 1\ngroups: [{name: orders}]\njobs:\n  - name: a\n    group: orders\n    script: {file: " + name +
        "}\n";
    auto path = place.write("jobs.yaml", yaml).string();
    auto text = report(load_jobs({path}).problems);
    auto start = path + ":6:20: file: " + (place / name).string() + ": ";
    return text.starts_with(start) ? text.substr(start.size(), text.find('\n') - start.size()) : text;
  }

  xxl::test::temporary_directory place;
};

TEST_F(JobErrorFiles, ScriptsThatCannotBeRead) {
  place.write("empty.sh", "");
  place.write("nul.sh", std::string{"a\0b", 3});
  place.write("latin.sh", "caf\xE9");
  place.write("large.sh", std::string(512 * 1024 + 1, 'x'));
  std::filesystem::create_directory(place / "folder.sh");
  EXPECT_EQ(script_error("empty.sh"), "the script is empty");
  EXPECT_EQ(script_error("nul.sh"), "not text: byte 2 is NUL or not UTF-8");
  EXPECT_EQ(script_error("latin.sh"), "not text: byte 4 is NUL or not UTF-8");
  EXPECT_EQ(script_error("large.sh"), "more than 524288 bytes");
  EXPECT_EQ(script_error("folder.sh"), "this is a directory");
}

TEST_F(JobErrorFiles, FilesThatCannotBeRead) {
  auto large = place.write("large.yaml", std::string(16 * 1024 * 1024 + 1, ' ')).string();
  auto missing = (place / "missing.yaml").string();
  EXPECT_EQ(report(load_jobs({missing, large, "/dev/null"}).problems),
            missing + ": no such file\n\n" + large +
                ": more than 16777216 bytes\n\n/dev/null: this is not a regular file");
}

TEST(JobErrors, ReferencesBetweenFiles) {
  std::vector<source_text> files{
      {"a.yaml", "version: 1\ngroups: [{name: orders}]\njobs: [{name: a, group: orders, handler: h}]\n"},
      {"b.yaml", "version: 1\ngroups: [{name: orders}]\njobs:\n  - {name: a, group: orders, handler: h}\n  - {name: b, "
                 "group: ordes, "
                 "handler: h}\n  - {name: c, group: billing, handler: h}\n"}};
  EXPECT_EQ(
      report(read_jobs(files).problems),
      "b.yaml:2:17: group \"orders\" is defined twice; first at a.yaml:2:17\ngroups: [{name: orders}]\n                "
      "^\n\n"
      "b.yaml:4:12: job \"orders/a\" is defined twice; first at a.yaml:3:15\n  - {name: a, group: orders, handler: h}\n"
      "           ^\n\n"
      "b.yaml:5:22: group \"ordes\" is not defined in these files; did you mean \"orders\"?\n"
      "  - {name: b, group: ordes, handler: h}\n                     ^\n\n"
      "b.yaml:6:22: group \"billing\" is not defined in these files: add it under groups:, or name the file that "
      "defines it too\n"
      "  - {name: c, group: billing, handler: h}\n                     ^");
}

TEST(JobErrors, AGroupMayBeKnownElsewhere) {
  load_options options;
  options.groups_known_elsewhere = true;
  EXPECT_EQ(errors_of("version: 1\njobs: [{name: c, group: billing, handler: h}]\n", options), "");
}

TEST(JobErrors, AGroupWithAnErrorIsStillDefined) {
  EXPECT_EQ(
      errors_of("version: 1\ngroups: [{name: orders, x: 1}]\njobs: [{name: c, group: orders, handler: h}]\n"),
      at(2, 25, "unknown key \"x\" in a group; known are name, title, addresses", "groups: [{name: orders, x: 1}]"));
}

} // namespace
