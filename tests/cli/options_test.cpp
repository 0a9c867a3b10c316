#include "cli/options.hpp"

#include <gtest/gtest.h>

namespace xxl::cli {
namespace {

using words = std::vector<std::string>;

options parsed(words args, const std::string& environment = {}) {
  auto result = parse(std::move(args), environment);
  if (auto* exit = std::get_if<early_exit>(&result)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<options>(std::move(result));
}

template <class Verb> Verb verb_of(words args) {
  auto o = parsed(std::move(args));
  if (!std::holds_alternative<Verb>(o.what)) {
    ADD_FAILURE() << "another verb";
    return {};
  }
  return std::get<Verb>(o.what);
}

std::string complaint(words args, const std::string& environment = {}) {
  auto result = parse(std::move(args), environment);
  auto* exit = std::get_if<early_exit>(&result);
  if (!exit) return "accepted";
  EXPECT_EQ(exit->code, exit_code::usage);
  return exit->text.substr(0, exit->text.find('\n'));
}

std::vector<std::string> admins(words args, const std::string& environment = {}) {
  std::vector<std::string> all;
  for (auto& e : parsed(std::move(args), environment).admins) all.push_back(to_string(e));
  return all;
}

TEST(Options, AdminsComeFromTheFlagThenTheEnvironmentThenTheDefault) {
  EXPECT_EQ(admins({"stats"}), words{"127.0.0.1:7788"});
  EXPECT_EQ(admins({"stats"}, "localhost:1,localhost:2"), (words{"localhost:1", "localhost:2"}));
  EXPECT_EQ(admins({"--admin", "localhost:3", "stats"}, "localhost:1"), words{"localhost:3"});
  EXPECT_EQ(admins({"--admin", "localhost:3", "--admin", "localhost:4", "stats"}),
            (words{"localhost:3", "localhost:4"}));
  EXPECT_EQ(admins({"--admin=localhost:3,localhost:4", "stats"}), (words{"localhost:3", "localhost:4"}));
}

TEST(Options, GlobalFlagsMayFollowTheVerb) {
  auto o = parsed({"trigger", "--admin", "localhost:3", "orders/a", "-o", "json"});
  EXPECT_EQ(std::get<trigger_verb>(o.what).job.name, "a");
  EXPECT_EQ(o.output, format::json);
  EXPECT_EQ(o.admins.size(), 1u);
}

TEST(Options, FilesAreNamedWithOrWithoutFlag) {
  EXPECT_EQ(verb_of<apply_verb>({"apply", "-f", "a.yaml", "-f", "b.yaml"}).paths, (words{"a.yaml", "b.yaml"}));
  EXPECT_EQ(verb_of<apply_verb>({"apply", "a.yaml", "jobs/"}).paths, (words{"a.yaml", "jobs/"}));
  EXPECT_EQ(verb_of<validate_verb>({"validate", "--timezone", "Asia/Shanghai", "a.yaml"}).timezone, "Asia/Shanghai");
}

TEST(Options, AJobIsNamedWithItsGroupOrAlone) {
  auto full = verb_of<pause_verb>({"pause", "orders/close-stale"});
  EXPECT_EQ(full.job.group, "orders");
  EXPECT_EQ(full.job.name, "close-stale");
  EXPECT_TRUE(full.pause);
  auto bare = verb_of<pause_verb>({"resume", "close-stale"});
  EXPECT_EQ(bare.job.group, "");
  EXPECT_FALSE(bare.pause);
}

TEST(Options, KillTakesAJobOrATrigger) {
  EXPECT_EQ(verb_of<kill_verb>({"kill", "orders/close-stale"}).job.name, "close-stale");
  EXPECT_EQ(verb_of<kill_verb>({"kill", "orders/close-stale"}).trigger, std::nullopt);
  EXPECT_EQ(verb_of<kill_verb>({"kill", "trigger", "42"}).trigger, trigger_id{42});
  EXPECT_EQ(verb_of<kill_verb>({"kill", "job", "trigger"}).job.name, "trigger");
  EXPECT_EQ(complaint({"kill", "all", "42"}), "xxlctl: kill takes JOB, or trigger ID");
}

TEST(Options, Lists) {
  auto jobs = verb_of<get_jobs_verb>({"get", "jobs", "--group", "orders", "--job", "a", "--limit", "7"});
  EXPECT_EQ(jobs.job.group, "orders");
  EXPECT_EQ(jobs.job.name, "a");
  EXPECT_EQ(jobs.limit, 7u);
  EXPECT_EQ(verb_of<get_jobs_verb>({"get", "jobs"}).limit, 100u);
  EXPECT_EQ(verb_of<get_executors_verb>({"get", "executors", "--group", "orders"}).group, "orders");
  auto triggers = verb_of<get_triggers_verb>({"get", "triggers", "--job", "orders/a", "--state", "failed", "--from",
                                              "2026-12-01T09:00:00+08:00", "--to", "2026-12-02T00:00:00Z"});
  EXPECT_EQ(triggers.job.group, "orders");
  EXPECT_EQ(triggers.state, trigger_state::failed);
  EXPECT_EQ(triggers.from, std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} + std::chrono::hours{1});
  EXPECT_EQ(triggers.to, instant{std::chrono::sys_days{std::chrono::year{2026} / 12 / 2}});
  EXPECT_EQ(triggers.limit, 50u);
}

TEST(Options, DescribeTakesAJobOrATrigger) {
  EXPECT_EQ(verb_of<describe_job_verb>({"describe", "orders/a"}).job.name, "a");
  EXPECT_EQ(verb_of<describe_job_verb>({"describe", "job", "trigger"}).job.name, "trigger");
  EXPECT_EQ(verb_of<describe_trigger_verb>({"describe", "trigger", "12"}).trigger, trigger_id{12});
}

TEST(Options, TriggerTakesParamsThatLookLikeFlags) {
  auto v = verb_of<trigger_verb>({"trigger", "orders/a", "--params", "--limit 5", "--request-id", "r1"});
  EXPECT_EQ(v.params, "--limit 5");
  EXPECT_EQ(v.request, "r1");
  EXPECT_FALSE(verb_of<trigger_verb>({"trigger", "orders/a"}).params);
  EXPECT_EQ(verb_of<trigger_verb>({"trigger", "orders/a", "--params", ""}).params, "");
}

TEST(Options, LogsAndNext) {
  auto logs = verb_of<logs_verb>({"logs", "12", "-f", "--from-line", "40"});
  EXPECT_EQ(logs.trigger, trigger_id{12});
  EXPECT_TRUE(logs.follow);
  EXPECT_EQ(logs.from_line, 40u);
  EXPECT_EQ(verb_of<next_verb>({"next", "orders/a", "-n", "12"}).count, 12u);
  EXPECT_EQ(verb_of<next_verb>({"next", "orders/a"}).count, 5u);
}

TEST(Options, CronTakesAnExpressionOrLines) {
  auto v = verb_of<cron_verb>({"cron", "0 0 9 * * ?"});
  EXPECT_EQ(v.words.expression, "0 0 9 * * ?");
  EXPECT_EQ(v.words.timezone, "UTC");
  EXPECT_EQ(v.words.dialect + v.words.gap + v.words.overlap + v.words.dst, "");
  EXPECT_EQ(v.after, std::nullopt);
  EXPECT_EQ(v.count, 5);
  v = verb_of<cron_verb>({"cron", "@daily", "--timezone", "Asia/Shanghai", "--dialect", "unix", "--gap", "next",
                          "--overlap", "first", "--after", "2026-12-01T00:00:00Z", "--count", "10000"});
  EXPECT_EQ(v.words.timezone, "Asia/Shanghai");
  EXPECT_EQ(v.words.dialect, "unix");
  EXPECT_EQ(v.words.gap, "next");
  EXPECT_EQ(v.words.overlap, "first");
  EXPECT_EQ(v.after, instant{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}});
  EXPECT_EQ(v.count, 10'000);
  EXPECT_EQ(verb_of<cron_verb>({"cron", "@daily", "--dst", "vixie", "-n", "3"}).words.dst, "vixie");
  EXPECT_TRUE(std::holds_alternative<cron_lines_verb>(parsed({"cron", "--jsonl"}).what));
  EXPECT_EQ(complaint({"cron"}), "xxlctl: cron takes EXPRESSION, or --jsonl");
  EXPECT_EQ(complaint({"cron", "* * * * * ?", "--timezone", "Mars/Base"}),
            "xxlctl: --timezone: the zone data of this machine knows no \"Mars/Base\"");
  for (const words& wrong :
       {words{"--dialect", "spring"}, words{"--gap", "none"}, words{"--overlap", ""}, words{"--dst", "quartz"},
        words{"--count", "0"}, words{"--count", "10001"}, words{"--after", "noon"}, words{"--jsonl"}})
    EXPECT_NE(complaint(wrong.size() == 1 ? words{"cron", "* * * * * ?", wrong[0]}
                                          : words{"cron", "* * * * * ?", wrong[0], wrong[1]}),
              "accepted")
        << wrong[0];
  EXPECT_NE(complaint({"cron", "--jsonl", "--gap", "next"}), "accepted");
}

TEST(Options, NextIsOfAJobOrOfJobFiles) {
  auto job = verb_of<next_verb>({"next", "orders/a", "--count", "7"});
  EXPECT_EQ(job.job.name, "a");
  EXPECT_EQ(job.count, 7u);
  EXPECT_TRUE(job.paths.empty());
  auto files = verb_of<next_verb>({"next", "a.yaml", "jobs/", "b.yml", "-n", "3", "--timezone", "Asia/Shanghai"});
  EXPECT_EQ(files.paths, (words{"a.yaml", "jobs/", "b.yml"}));
  EXPECT_EQ(files.timezone, "Asia/Shanghai");
  EXPECT_EQ(verb_of<next_verb>({"next", "-f", "jobs"}).paths, words{"jobs"}) << "any name, where it is said";
  EXPECT_EQ(complaint({"next"}), "xxlctl: next takes one JOB, or job files");
  EXPECT_EQ(complaint({"next", "orders/a", "orders/b"}), "xxlctl: next takes one JOB, or job files");
  EXPECT_EQ(complaint({"next", "orders/a", "a.yaml"}), "xxlctl: next takes one JOB, or job files");
}

TEST(Options, SimulateTakesDurationsByJobAndForAllOthers) {
  auto v = verb_of<simulate_verb>({"simulate", "jobs/", "--from", "2026-12-01T00:00:00Z", "--to",
                                   "2026-12-02T00:00:00Z", "--duration", "orders/a=30s", "--duration", "b=1m30s",
                                   "--duration", "5s", "--measured", "--busiest", "3", "--svg", "load.svg"});
  EXPECT_EQ(v.paths, words{"jobs/"});
  EXPECT_EQ(*v.to - *v.from, std::chrono::hours{24});
  ASSERT_EQ(v.durations.size(), 2u);
  EXPECT_EQ(v.durations[0].first.group, "orders");
  EXPECT_EQ(v.durations[1].first.name, "b");
  EXPECT_EQ(v.durations[1].second, std::chrono::seconds{90});
  EXPECT_EQ(v.other_duration, std::chrono::seconds{5});
  EXPECT_TRUE(v.measured);
  EXPECT_EQ(v.busiest, 3u);
  EXPECT_EQ(v.svg, "load.svg");
  EXPECT_TRUE(verb_of<simulate_verb>({"simulate", "a.yaml", "--fires"}).fires);
  EXPECT_EQ(complaint({"simulate"}), "xxlctl: --file is required");
  EXPECT_EQ(complaint({"simulate", "a.yaml", "--duration", "orders/a=30"}).find("xxlctl: --duration: duration \"30\" "),
            0u);
  EXPECT_EQ(complaint({"simulate", "a.yaml", "--fires", "--svg", "-"}),
            "xxlctl: --fires and --svg are two answers: ask for one");
  EXPECT_NE(complaint({"simulate", "a.yaml", "--busiest", "0"}), "accepted");
}

TEST(Options, ExplainScheduleIsOfJobsFilesOrAnExpression) {
  auto jobs = verb_of<explain_schedule_verb>({"explain", "schedule", "orders/a", "dir:x/jobs.yaml:orders/b"});
  ASSERT_EQ(jobs.jobs.size(), 2u);
  EXPECT_EQ(jobs.jobs[0].file, "");
  EXPECT_EQ(jobs.jobs[0].job.name, "a");
  EXPECT_EQ(jobs.jobs[1].file, "dir:x/jobs.yaml") << "the last colon parts them";
  EXPECT_EQ(jobs.jobs[1].job.group, "orders");
  auto cron = verb_of<explain_schedule_verb>({"explain", "schedule", "--cron", "0 0 9 * * ?", "--timezone",
                                              "Europe/Berlin", "--gap", "shift", "--overlap", "both"});
  EXPECT_EQ(cron.cron.expression, "0 0 9 * * ?");
  EXPECT_EQ(cron.cron.timezone, "Europe/Berlin");
  EXPECT_EQ(cron.cron.gap, "shift");
  EXPECT_EQ(cron.cron.overlap, "both");
  EXPECT_EQ(verb_of<explain_schedule_verb>({"explain", "schedule", "--cron", "0 0 9 * * ?", "--dst", "vixie"}).cron.dst,
            "vixie");
  EXPECT_EQ(complaint({"explain", "schedule"}), "xxlctl: explain schedule takes JOB or FILE:JOB, or --cron");
  EXPECT_EQ(complaint({"explain", "schedule", "a", "--cron", "x"}),
            "xxlctl: explain schedule takes JOB or FILE:JOB, or --cron");
  EXPECT_EQ(complaint({"explain", "schedule", "a", "--gap", "next"}),
            "xxlctl: --dialect, --gap, --overlap and --dst go with --cron: a job has its own");
  EXPECT_EQ(complaint({"explain", "schedule", "--cron", "x", "--dst", "vixie", "--gap", "next"}),
            "xxlctl: --dst stands for both --gap and --overlap");
  EXPECT_EQ(complaint({"explain", "schedule", ":a"}), "xxlctl: \":a\" names no file before the colon");
  EXPECT_NE(complaint({"explain", "schedule", "--cron", "x", "--gap", "leap"}), "accepted");
}

TEST(Options, AnAuditHasAPeriodAndPerhapsAJobAndAFile) {
  auto v = verb_of<audit_verb>({"audit", "--from", "2026-03-01T08:00:00+08:00", "--to", "2026-03-02T00:00:00Z"});
  EXPECT_EQ(v.from, instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}});
  EXPECT_EQ(v.to, instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}});
  EXPECT_EQ(v.job.name, "");
  EXPECT_EQ(v.handlers, "");
  v = verb_of<audit_verb>({"audit", "--from", "2026-03-01T00:00:00Z", "--to", "2026-03-02T00:00:00Z", "--job",
                           "orders/a", "--handlers", "starts.txt"});
  EXPECT_EQ(v.job.group, "orders");
  EXPECT_EQ(v.job.name, "a");
  EXPECT_EQ(v.handlers, "starts.txt");
  EXPECT_EQ(complaint({"audit", "--to", "2026-03-02T00:00:00Z"}), "xxlctl: --from is required");
  EXPECT_EQ(complaint({"audit", "--from", "2026-03-02T00:00:00Z"}), "xxlctl: --to is required");
  EXPECT_EQ(complaint({"audit", "--from", "2026-03-02T00:00:00Z", "--to", "2026-03-02T00:00:00Z"}),
            "xxlctl: --to must be later than --from");
}

TEST(Options, WhatIsWrongIsSaidAndWhatToDo) {
  EXPECT_EQ(complaint({}), "xxlctl: A subcommand is required");
  EXPECT_EQ(complaint({"get"}), "xxlctl: A subcommand is required");
  EXPECT_EQ(complaint({"pause"}), "xxlctl: JOB is required");
  EXPECT_EQ(complaint({"pause", "orders/"}),
            "xxlctl: \"orders/\" is not a job: write group/name, or name alone where it is unique");
  EXPECT_EQ(complaint({"pause", "Orders/a"}),
            "xxlctl: \"Orders/a\" is not a job: write group/name, or name alone where it is unique");
  EXPECT_EQ(complaint({"logs", "0x1"}), "xxlctl: \"0x1\" is not a trigger: its id is a whole number above 0");
  EXPECT_EQ(complaint({"logs", "9007199254740992"}),
            "xxlctl: \"9007199254740992\" is not a trigger: its id is a whole number above 0");
  EXPECT_EQ(complaint({"get", "triggers", "--state", "done"}),
            "xxlctl: \"done\" is not a state; states are " + names_of<trigger_state>());
  EXPECT_EQ(complaint({"get", "triggers", "--from", "yesterday"}).find("xxlctl: --from: "), 0u);
  EXPECT_EQ(complaint({"get", "jobs", "--group", "orders", "--job", "billing/a"}),
            "xxlctl: --group orders and --job billing/a name different groups");
  EXPECT_EQ(complaint({"get", "jobs", "--group", "X"}),
            "xxlctl: \"X\" is not a group name: a-z, then a-z, 0-9 and -, 4 to 64 characters");
  EXPECT_EQ(complaint({"--admin", "localhost", "stats"}),
            "xxlctl: admin \"localhost\" is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788");
  EXPECT_EQ(complaint({"stats"}, "nonsense"),
            "xxlctl: admin \"nonsense\" is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788");
  EXPECT_EQ(complaint({"validate", "--timezone", "Mars/Base", "a.yaml"}),
            "xxlctl: --timezone: the zone data of this machine knows no \"Mars/Base\"");
  EXPECT_EQ(complaint({"describe", "a", "b"}), "xxlctl: describe takes JOB, or trigger ID");
  EXPECT_NE(complaint({"-o", "xml", "stats"}), "accepted");
  EXPECT_NE(complaint({"next", "orders/a", "-n", "0"}), "accepted");
  EXPECT_NE(complaint({"get", "jobs", "--limit", "0"}), "accepted");
  EXPECT_EQ(complaint({"trigger", "orders/a", "--params", std::string(2'049, 'x')}),
            "xxlctl: --params: longer than 2048 bytes");
  EXPECT_EQ(complaint({"trigger", "orders/a", "--params", "caf\xE9"}), "xxlctl: --params: not UTF-8: byte 4");
  EXPECT_EQ(complaint({"trigger", "orders/a", "--request-id", "\xFF"}), "xxlctl: --request-id: not UTF-8: byte 1");
  EXPECT_EQ(complaint({"trigger", "orders/a", "--request-id", std::string(129, 'x')}),
            "xxlctl: --request-id: longer than 128 bytes");
  EXPECT_NE(complaint({"frobnicate"}), "accepted");
  EXPECT_NE(complaint({"stats", "--frobnicate"}), "accepted");
}

TEST(Options, HelpIsNoError) {
  auto result = parse({"--help"}, {});
  auto* exit = std::get_if<early_exit>(&result);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, exit_code::ok);
  for (auto word : {"validate", "apply", "get", "describe", "trigger", "pause", "resume", "kill", "logs", "next",
                    "simulate", "explain", "cluster", "stats", "version", "XXL_ADMIN", "Exit codes:"})
    EXPECT_NE(exit->text.find(word), std::string::npos) << word;
}

} // namespace
} // namespace xxl::cli
