// simulate and next of job files, without any admin.

#include "tests/cli/job_files.hpp"
#include "tests/cli/views.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace xxl::cli {
namespace {

using namespace test;

constexpr const char* jobs = R"(version: 1
jobs:
  - {name: close, group: orders, handler: h, schedule: {cron: "0 0/30 * * * ?"}}
  - {name: report, group: orders, handler: h, schedule: {cron: "0 0 9 * * ?", timezone: Asia/Shanghai}}
  - {name: drain, group: orders, handler: h, schedule: {after: 50m}}
  - {name: off, group: orders, handler: h, schedule: {every: 1s}, enabled: false}
  - {name: by-hand, group: orders, handler: h, schedule: none}
)";

class Simulate : public JobFiles {
protected:
  simulate_verb asked() {
    simulate_verb v;
    v.paths = {file("jobs.yaml", jobs)};
    v.from = noon - 12h;
    v.to = noon - 9h;
    v.busiest = 2;
    return v;
  }
};

TEST_F(Simulate, PrintsASummary) {
  auto v = asked();
  v.durations = {{{"", "close"}, 45min}};
  simulate(v, nobody, noon, table);
  auto text = printed();
  EXPECT_EQ(text.substr(0, text.find("2026-12-01T00:15")),
            "Span:          2026-12-01T00:00:00.000Z to 2026-12-01T03:00:00.000Z\n"
            "Jobs:          5 (1 disabled, 1 without a schedule, 1 fixed delay of unknown duration)\n"
            "Fires:         7\n"
            "Per second:    0.00 mean, at most 2 at 2026-12-01T01:00:00.000Z\n"
            "Per minute:    0.04 mean, at most 2 at 2026-12-01T01:00:00.000Z\n"
            "Runs at once:  1.50 mean, at most 2 at 2026-12-01T00:00:00.000Z; durations of 1 of 5 jobs\n"
            "\n"
            "Busiest seconds\n"
            "SECOND                    FIRES  JOBS\n"
            "2026-12-01T01:00:00.000Z  2      orders/close, orders/report\n"
            "2026-12-01T00:00:00.000Z  1      orders/close\n"
            "\n"
            "Fires per 5m\n"
            "FROM                      FIRES  MOST A MINUTE  LOAD\n"
            "2026-12-01T00:00:00.000Z  1      1              ####################\n"
            "2026-12-01T00:05:00.000Z  0      0              -\n"
            "2026-12-01T00:10:00.000Z  0      0              -\n");
  EXPECT_NE(text.find("\nJobs that fire while their last run is going\n"
                      "JOB           DURATION  FIRES  OVERLAPS  FIRST\n"
                      "orders/close  45m       6      6         2026-12-01T00:00:00.000Z\n"
                      "\n"
                      "Fixed delays of unknown duration: their fires depend on their runs (--duration)\n"
                      "orders/drain\n"),
            std::string::npos)
      << text;
}

TEST_F(Simulate, AsJsonHasEveryMinute) {
  auto v = asked();
  v.other_duration = 10min; // of all jobs, the fixed delay too: it fires at 00:50, 01:50 and 02:50
  simulate(v, nobody, noon, json);
  auto answer = nlohmann::json::parse(printed());
  EXPECT_EQ(answer["from"], "2026-12-01T00:00:00.000Z");
  EXPECT_EQ(answer["to"], "2026-12-01T03:00:00.000Z");
  EXPECT_EQ(answer["fires"], 10);
  EXPECT_EQ(answer["minutes"]["first"], "2026-12-01T00:00:00.000Z");
  ASSERT_EQ(answer["minutes"]["fires"].size(), 180u);
  EXPECT_EQ(answer["minutes"]["fires"][60], 2);
  EXPECT_EQ(answer["minutes"]["running"][65], 2);
  EXPECT_EQ(answer["minutes"]["running"][70], 0);
  EXPECT_EQ(
      answer["busiest"][0],
      (nlohmann::json{{"second", "2026-12-01T01:00:00.000Z"},
                      {"fires", 2},
                      {"jobs", {{{"job", "orders/close"}, {"fires", 1}}, {{"job", "orders/report"}, {"fires", 1}}}}}));
  EXPECT_EQ(answer["running"]["jobs"], 3);
  EXPECT_EQ(answer["running"]["peak"], 2);
  EXPECT_DOUBLE_EQ(answer["running"]["mean"], 10.0 * 10 / 180);
  EXPECT_EQ(answer["jobs"][2], (nlohmann::json{{"job", "orders/drain"},
                                               {"enabled", true},
                                               {"duration", 600'000},
                                               {"depends_on_runs", false},
                                               {"fires", 3},
                                               {"overlaps", 0},
                                               {"first_overlap", nullptr}}));
  EXPECT_EQ(answer["jobs"][3]["fires"], 0) << "it is disabled";
}

TEST_F(Simulate, WithoutDurationsSaysNothingOfRuns) {
  simulate(asked(), nobody, noon, json);
  auto answer = nlohmann::json::parse(printed());
  EXPECT_TRUE(answer["running"].is_null());
  EXPECT_TRUE(answer["minutes"]["running"].is_null());
  EXPECT_EQ(answer["jobs"][2]["depends_on_runs"], true);
}

TEST_F(Simulate, TheFireTableHasALineForEachFire) {
  auto v = asked();
  v.fires = true;
  v.to = *v.from + 61min;
  simulate(v, nobody, noon, table);
  EXPECT_EQ(printed(), "2026-12-01T00:00:00.000Z  orders/close\n"
                       "2026-12-01T00:30:00.000Z  orders/close\n"
                       "2026-12-01T01:00:00.000Z  orders/close\n"
                       "2026-12-01T01:00:00.000Z  orders/report\n");
  v.to = *v.from + 1s;
  simulate(v, nobody, noon, json);
  EXPECT_EQ(printed(), "{\"fire\":\"2026-12-01T00:00:00.000Z\",\"job\":\"orders/close\"}\n");
}

TEST_F(Simulate, ThePictureGoesToItsFileOrAloneToTheOutput) {
  auto v = asked();
  v.svg = "-";
  simulate(v, nobody, noon, table);
  auto picture = printed();
  EXPECT_EQ(picture.find("<svg "), 0u);
  v.svg = (directory.path() / "load.svg").string();
  simulate(v, nobody, noon, table);
  EXPECT_EQ(printed().find("Span:"), 0u);
  std::ifstream written{v.svg};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{written}, {}}), picture);
  v.svg = (directory.path() / "missing" / "load.svg").string();
  auto [code, text] = failure_in([&] { simulate(v, nobody, noon, table); });
  EXPECT_EQ(code, exit_code::failed);
  EXPECT_EQ(text, "cannot write " + v.svg + ": No such file or directory");
}

TEST_F(Simulate, TheSpanIsTheNextDayUnlessItIsSaid) {
  auto v = asked();
  v.from = v.to = std::nullopt;
  simulate(v, nobody, noon, table);
  EXPECT_EQ(printed().find("Span:          2026-12-02T00:00:00.000Z to 2026-12-03T00:00:00.000Z\n"), 0u);
  v.to = noon;
  auto [code, text] = failure_in([&] { simulate(v, nobody, noon, table); });
  EXPECT_EQ(code, exit_code::usage);
  EXPECT_EQ(text, "--to must be later than --from");
  v.to = noon + std::chrono::days{400};
  EXPECT_EQ(failure_in([&] { simulate(v, nobody, noon, table); }).second,
            "--from and --to are more than 366 days apart");
}

TEST_F(Simulate, AnUnknownJobHasNoDuration) {
  auto v = asked();
  v.durations = {{{"orders", "clsoe"}, 1s}};
  auto [code, text] = failure_in([&] { simulate(v, nobody, noon, table); });
  EXPECT_EQ(code, exit_code::not_found);
  EXPECT_EQ(text, "the files have no job \"orders/clsoe\"; did you mean \"orders/close\"?");
}

TEST_F(Simulate, ABareNameInTwoGroupsIsAmbiguous) {
  auto v = asked();
  v.paths.push_back(file("more.yaml", "version: 1\njobs:\n  - {name: close, group: billing, handler: h}\n"));
  v.durations = {{{"", "close"}, 1s}};
  auto [code, text] = failure_in([&] { simulate(v, nobody, noon, table); });
  EXPECT_EQ(code, exit_code::usage);
  EXPECT_EQ(text, "\"close\" is in several groups; name one of orders/close, billing/close");
}

TEST_F(Simulate, AllProblemsOfTheFilesAreSaid) {
  auto v = asked();
  v.paths = {file("wrong.yaml", "version: 1\nnonsense: 1\njobs: 7\n")};
  auto [code, text] = failure_in([&] { simulate(v, nobody, noon, table); });
  EXPECT_EQ(code, exit_code::bad_files);
  EXPECT_EQ(text, "2 problems in the job files");
  EXPECT_NE(err.str().find("wrong.yaml:2:"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("wrong.yaml:3:"), std::string::npos) << err.str();
  EXPECT_EQ(printed(), "");
}

TEST_F(Simulate, NextOfFilesIsOfAllTheirJobs) {
  next_verb v;
  v.paths = {file("jobs.yaml", jobs)};
  v.count = 2;
  next_of_files(v, noon, table);
  EXPECT_EQ(printed(), "JOB             FIRE\n"
                       "orders/close    2026-12-01T12:30:00.000Z\n"
                       "orders/close    2026-12-01T13:00:00.000Z\n"
                       "orders/report   2026-12-02T01:00:00.000Z\n"
                       "orders/report   2026-12-03T01:00:00.000Z\n"
                       "orders/drain    -\n"
                       "orders/off      -\n"
                       "orders/by-hand  -\n");
  next_of_files(v, noon, json);
  auto answer = nlohmann::json::parse(printed());
  EXPECT_EQ(answer[0]["job"], "orders/close");
  EXPECT_EQ(answer[0]["next"], (nlohmann::json{"2026-12-01T12:30:00.000Z", "2026-12-01T13:00:00.000Z"}));
  EXPECT_EQ(answer[4]["next"], nlohmann::json::array());
}

} // namespace
} // namespace xxl::cli
