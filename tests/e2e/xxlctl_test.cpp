// The verbs of xxlctl against a standalone node: what they do, print and answer as exit code.

#include "tests/e2e/harness/nodes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int usage = 2, bad_files = 3, unreachable = 4, not_found = 5;

constexpr auto jobs = R"yaml(version: 1
groups:
  - {name: default, title: This node}
jobs:
  - {name: hourly, group: default, schedule: {cron: "0 0 * * * ?", timezone: Asia/Shanghai}, handler: demo, owner: team-a}
  - {name: by-hand, group: default, schedule: none, handler: command, params: "echo $((6 * 7))"
}
  - name: failing
    group: default
    schedule: none
    script: {language: shell, source: "echo on my way; exit 3"}
)yaml";

class Xxlctl : public ::testing::Test {
protected:
  workspace place;
  admin_at admin{free_port()};
  process node = start_node(place, {"--listen=" + admin.endpoint(), "--data=data"});
  std::string file = place.write("jobs.yaml", jobs).string();

  void SetUp() override { admin.wait_until_it_answers(); }

  /// Applies the jobs above; with their group the node's own executor comes in.
  void apply_jobs() {
    admin.ask({"apply", file});
    admin.wait_for_executors(1);
  }

  /// Triggers a job and waits for its end; the trigger as `get triggers` shows it.
  nlohmann::json run_once(const std::string& job, const words& more = {}) {
    words verb{"trigger", job};
    verb.insert(verb.end(), more.begin(), more.end());
    auto id = admin.json(verb).at("trigger").get<std::int64_t>();
    nlohmann::json found;
    auto ended = [&] {
      for (auto& t : admin.json({"get", "triggers"}))
        if (t.at("id") == id) found = t;
      auto state = found.value("state", "");
      return state == "succeeded" || state == "failed";
    };
    EXPECT_TRUE(eventually(ended, patience)) << found;
    return found;
  }
};

TEST_F(Xxlctl, ApplyCreatesThenChangesThenLeavesAlone) {
  EXPECT_THAT(admin.ask({"apply", file}), HasSubstr("created"));
  EXPECT_THAT(admin.ask({"apply", file}), HasSubstr("unchanged"));
  auto text = std::string{jobs};
  text.replace(text.find("team-a"), 6, "team-b");
  place.write("jobs.yaml", text);
  EXPECT_THAT(admin.ask({"apply", file}), AllOf(HasSubstr("changed"), HasSubstr("owner")));
  EXPECT_EQ(admin.json({"get", "jobs"}).size(), 3u);
}

TEST_F(Xxlctl, ApplyRemovesNothing) {
  admin.ask({"apply", file});
  auto less = place.write("less.yaml", "version: 1\ngroups: [{name: default, title: This node}]\njobs: []\n").string();
  admin.ask({"apply", less});
  EXPECT_EQ(admin.json({"get", "jobs"}).size(), 3u);
}

TEST_F(Xxlctl, ApplyOfAWrongFileChangesNothing) {
  auto wrong = place
                   .write("wrong.yaml", std::string{jobs} +
                                            "  - {name: x, group: default, schedule: {cron: \"bad\"}, handler: demo}\n")
                   .string();
  auto end = admin.ctl({"apply", wrong});
  EXPECT_EQ(end.code, bad_files);
  EXPECT_THAT(end.errors + end.output, HasSubstr(wrong + ":12:52: cron: "));
  EXPECT_EQ(admin.json({"get", "jobs"}).size(), 0u);
}

TEST_F(Xxlctl, ValidateNeedsNoAdmin) {
  admin_at nobody{free_port()};
  EXPECT_EQ(nobody.ctl({"validate", file}).code, 0);
  auto wrong = place.write("wrong.yaml", "version: 1\njobs:\n  - nmae: x\n").string();
  auto end = nobody.ctl({"validate", wrong});
  EXPECT_EQ(end.code, bad_files);
  EXPECT_THAT(end.errors + end.output, HasSubstr(wrong + ":3:5: "));
}

TEST_F(Xxlctl, GetListsGroupsJobsAndExecutors) {
  apply_jobs();
  EXPECT_THAT(admin.ask({"get", "groups"}), AllOf(HasSubstr("default"), HasSubstr("This node")));
  EXPECT_THAT(admin.ask({"get", "jobs"}), AllOf(HasSubstr("hourly"), HasSubstr("by-hand"), HasSubstr("failing")));
  EXPECT_EQ(admin.json({"get", "jobs", "--job", "hourly"}).size(), 1u);
  EXPECT_THAT(admin.ask({"get", "executors"}), HasSubstr("live"));
}

TEST_F(Xxlctl, TriggerRunsAJobWithItsParamsOrOthers) {
  apply_jobs();
  auto own = run_once("default/by-hand");
  EXPECT_EQ(own.at("state"), "succeeded");
  EXPECT_EQ(own.at("cause"), "manual");
  EXPECT_THAT(admin.ask({"logs", own.at("id").dump()}), HasSubstr("Z 42\n"));
  auto others = run_once("default/by-hand", {"--params", "echo other"});
  EXPECT_THAT(admin.ask({"logs", others.at("id").dump()}), HasSubstr("Z other\n"));
}

TEST_F(Xxlctl, AuditOfAStandaloneNodeIsClean) {
  apply_jobs();
  run_once("default/by-hand");
  run_once("default/failing");
  words verb{"audit", "--from", "2020-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z"};
  EXPECT_THAT(admin.ask(verb), AllOf(HasSubstr("clean: "), HasSubstr("3 jobs, 2 triggers")));
  verb.insert(verb.end(), {"--job", "failing"});
  EXPECT_THAT(admin.ask(verb), HasSubstr("1 job, 1 trigger"));
}

TEST_F(Xxlctl, ARepeatedRequestIdStartsNothing) {
  apply_jobs();
  auto first = admin.json({"trigger", "default/by-hand", "--request-id", "deploy-7"});
  auto second = admin.json({"trigger", "default/by-hand", "--request-id", "deploy-7"});
  EXPECT_EQ(first.at("trigger"), second.at("trigger"));
  EXPECT_EQ(second.at("repeated"), true);
  EXPECT_EQ(admin.json({"get", "triggers", "--group", "default", "--job", "by-hand"}).size(), 1u);
}

TEST_F(Xxlctl, AFailedRunShowsItsReasonAndKeepsItsLog) {
  apply_jobs();
  auto run = run_once("default/failing");
  EXPECT_EQ(run.at("state"), "failed");
  EXPECT_EQ(run.at("reason"), "exit_code");
  auto id = run.at("id").dump();
  EXPECT_THAT(admin.ask({"logs", id}), HasSubstr("Z on my way\n"));
  EXPECT_THAT(admin.ask({"describe", "trigger", id}), AllOf(HasSubstr("failed"), HasSubstr("exit_code")));
}

TEST_F(Xxlctl, LogsFollowARunToItsEnd) {
  apply_jobs();
  auto gate = (place / "gate").string(); // the run waits at it until the test has seen its first line
  ASSERT_EQ(run({{"/usr/bin/mkfifo", gate}, {}, "/"}).code, 0);
  auto params = "echo begun; read x < " + gate + "; echo done";
  auto id = admin.json({"trigger", "default/by-hand", "--params", params}).at("trigger").dump();
  process follow{{{program("xxlctl"), "--admin", admin.endpoint(), "logs", "-f", id}, {}, "/"}};
  follow.wait_line("Z begun$"); // each line of a log begins with its time; the first one quotes the params
  EXPECT_TRUE(follow.running());
  run({{"/bin/sh", "-c", "echo go > " + gate}, {}, "/"});
  EXPECT_EQ(follow.wait_exit().code, 0);
  EXPECT_EQ(follow.lines("Z done$").size(), 1u) << follow.output();
}

TEST_F(Xxlctl, PauseStopsTheScheduleAndResumeSetsItGoing) {
  apply_jobs();
  auto next = [this] { return admin.json({"get", "jobs", "--job", "hourly"}).at(0).value("next", nlohmann::json{}); };
  EXPECT_FALSE(next().is_null());
  admin.ask({"pause", "default/hourly"});
  EXPECT_THAT(admin.ask({"describe", "default/hourly"}), HasSubstr("paused"));
  admin.ask({"pause", "default/hourly"}); // it is so already
  admin.ask({"resume", "hourly"});        // the name alone will do while it is unique
  EXPECT_FALSE(next().is_null());
}

TEST_F(Xxlctl, NextPrintsTheFiresToCome) {
  apply_jobs();
  auto fires = admin.json({"next", "default/hourly", "-n", "3"});
  EXPECT_EQ(fires.size(), 3u) << fires;
}

TEST_F(Xxlctl, StatsNameTheNodeAndWhetherItLeads) {
  ASSERT_TRUE(eventually([this] { return admin.leads(); }, patience));
  EXPECT_THAT(admin.ask({"stats"}), HasSubstr(std::to_string(admin.port())));
}

TEST_F(Xxlctl, EveryVerbAnswersAsATableAndAsJson) {
  apply_jobs();
  auto run = run_once("default/by-hand");
  auto id = run.at("id").dump();
  for (const words& verb : std::vector<words>{{"validate", file},
                                              {"apply", file},
                                              {"get", "groups"},
                                              {"get", "jobs"},
                                              {"get", "executors"},
                                              {"get", "triggers"},
                                              {"describe", "default/by-hand"},
                                              {"describe", "trigger", id},
                                              {"trigger", "default/by-hand"},
                                              {"pause", "default/hourly"},
                                              {"resume", "default/hourly"},
                                              {"logs", id},
                                              {"next", "default/hourly"},
                                              {"stats"},
                                              {"version"}}) {
    SCOPED_TRACE(::testing::PrintToString(verb));
    auto as = [&](const char* format) {
      auto whole = verb;
      whole.insert(whole.end(), {"-o", format});
      return admin.ctl(whole);
    };
    auto table = as("table"), json = as("json");
    EXPECT_EQ(table.code, 0) << table.errors;
    EXPECT_EQ(json.code, 0) << json.errors;
    EXPECT_FALSE(table.output.empty());
    EXPECT_FALSE(nlohmann::json::accept(table.output)) << table.output;
    auto first_line = json.output.substr(0, json.output.find('\n'));
    EXPECT_TRUE(nlohmann::json::accept(verb[0] == "logs" ? first_line : json.output)) << json.output;
  }
}

TEST_F(Xxlctl, ARequestThatFailsEndsWithOne) {
  apply_jobs();
  auto over =
      place
          .write("over.yaml", "version: 1\ngroups: [{name: default, title: This node}]\njobs:\n"
                              "  - {name: late, group: default, schedule: {at: 2020-01-01T00:00:00Z}, handler: demo}\n")
          .string();
  auto end = admin.ctl({"apply", over});
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.output, HasSubstr("job default/late failed: schedule: at 2020-01-01T00:00:00Z is in the past"));
}

TEST_F(Xxlctl, ParamsThatAreNotTextAreRefused) {
  apply_jobs();
  auto end = admin.ctl({"trigger", "default/by-hand", "--params", "caf\xE9"});
  EXPECT_EQ(end.code, usage);
  EXPECT_THAT(end.errors, HasSubstr("--params: not UTF-8: byte 4"));
}

TEST_F(Xxlctl, EachKindOfFailureHasAnExitCodeOfItsOwn) {
  EXPECT_EQ(admin.ctl({}).code, usage);
  EXPECT_EQ(admin.ctl({"frobnicate"}).code, usage);
  EXPECT_EQ(admin.ctl({"logs", "seven"}).code, usage);
  EXPECT_EQ(admin.ctl({"describe", "default/nobody"}).code, not_found);
  EXPECT_EQ(admin.ctl({"trigger", "default/nobody"}).code, not_found);
  EXPECT_EQ(admin.ctl({"logs", "4711"}).code, not_found);
  admin_at nobody{free_port()};
  auto end = nobody.ctl({"stats"});
  EXPECT_EQ(end.code, unreachable);
  EXPECT_THAT(end.errors, HasSubstr("cannot reach " + nobody.endpoint() + ": Connection refused"));
}

} // namespace
} // namespace xxl::e2e
