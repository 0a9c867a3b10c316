// explain schedule: what is said of an expression and of jobs in files.

#include "cli/words.hpp"
#include "tests/cli/job_files.hpp"
#include "tests/cli/views.hpp"

#include <nlohmann/json.hpp>

namespace xxl::cli {
namespace {

using namespace test;

class Explain : public JobFiles {
protected:
  static explain_schedule_verb expression(const std::string& cron, const std::string& timezone) {
    explain_schedule_verb v;
    v.cron.expression = cron;
    v.cron.timezone = timezone;
    return v;
  }
};

TEST_F(Explain, AnExpressionWithTheNextTwoChangesOfItsClocks) {
  explain_schedule(expression("0 30 2 * * ?", "Europe/Berlin"), nobody, noon, table);
  auto text = printed();
  auto data = text.find("Zone data:"), end = text.find('\n', data); // whichever the machine has
  ASSERT_NE(data, std::string::npos);
  text.erase(data, end + 1 - data);
  EXPECT_EQ(text, "Schedule:   cron 0 30 2 * * ? Europe/Berlin\n"
                  "Meaning:    at 02:30 every day, Europe/Berlin\n"
                  "Gap:        skip: local times that the clocks skip do not fire\n"
                  "Overlap:    last: local times that come twice fire the second time\n"
                  "\n"
                  "NEXT FIRES                LOCAL TIME\n"
                  "2026-12-02T01:30:00.000Z  2026-12-02T02:30:00.000+01:00\n"
                  "2026-12-03T01:30:00.000Z  2026-12-03T02:30:00.000+01:00\n"
                  "2026-12-04T01:30:00.000Z  2026-12-04T02:30:00.000+01:00\n"
                  "2026-12-05T01:30:00.000Z  2026-12-05T02:30:00.000+01:00\n"
                  "2026-12-06T01:30:00.000Z  2026-12-06T02:30:00.000+01:00\n"
                  "\n"
                  "Clocks go forward at 2027-03-28T01:00:00.000Z: +01:00 becomes +02:00\n"
                  "        FIRE                      LOCAL TIME\n"
                  "before  2027-03-26T01:30:00.000Z  2027-03-26T02:30:00.000+01:00\n"
                  "before  2027-03-27T01:30:00.000Z  2027-03-27T02:30:00.000+01:00\n"
                  "after   2027-03-29T00:30:00.000Z  2027-03-29T02:30:00.000+02:00\n"
                  "after   2027-03-30T00:30:00.000Z  2027-03-30T02:30:00.000+02:00\n"
                  "2027-03-28 02:00:00 until 2027-03-28 03:00:00 is skipped: the schedule names 1 time in it\n"
                  "  2027-03-28 02:30:00 does not fire\n"
                  "\n"
                  "Clocks go back at 2027-10-31T01:00:00.000Z: +02:00 becomes +01:00\n"
                  "        FIRE                      LOCAL TIME\n"
                  "before  2027-10-29T00:30:00.000Z  2027-10-29T02:30:00.000+02:00\n"
                  "before  2027-10-30T00:30:00.000Z  2027-10-30T02:30:00.000+02:00\n"
                  "after   2027-10-31T01:30:00.000Z  2027-10-31T02:30:00.000+01:00\n"
                  "after   2027-11-01T01:30:00.000Z  2027-11-01T02:30:00.000+01:00\n"
                  "2027-10-31 02:00:00 until 2027-10-31 03:00:00 comes twice: the schedule names 1 time in it\n"
                  "  2027-10-31 02:30:00 fires once, at 2027-10-31T01:30:00.000Z\n");
}

TEST_F(Explain, ThePolicyOfAnExpressionIsTheOneAskedFor) {
  auto v = expression("0 0/20 * * * ?", "America/New_York");
  v.cron.dst = "vixie";
  explain_schedule(v, nobody, noon, table);
  auto text = printed();
  EXPECT_NE(text.find("Gap:        skip: "), std::string::npos);
  EXPECT_NE(text.find("Overlap:    both: local times that come twice fire both times\n"), std::string::npos);
  EXPECT_NE(text.find("the schedule names 3 times in it, the first and the last:\n"
                      "  2027-11-07 01:00:00 fires twice, at 2027-11-07T05:00:00.000Z and 2027-11-07T06:00:00.000Z\n"
                      "  2027-11-07 01:40:00 fires twice, at 2027-11-07T05:40:00.000Z and 2027-11-07T06:40:00.000Z\n"),
            std::string::npos)
      << text;
}

TEST_F(Explain, OneThatTheChangeDoesNotTouchSaysSo) {
  explain_schedule(expression("0 0 12 * * ?", "Europe/Berlin"), nobody, noon, table);
  EXPECT_NE(printed().find("is skipped: the schedule names no time in it\n"), std::string::npos);
  explain_schedule(expression("0 0 12 * * ?", "UTC"), nobody, noon, table);
  EXPECT_NE(printed().find("\nThe clocks of this zone do not change any more\n"), std::string::npos);
  explain_schedule(expression("0 0 12 30 2 ?", "UTC"), nobody, noon, table);
  EXPECT_NE(printed().find("\nNo fire is to come by the schedule\n"), std::string::npos);
}

TEST_F(Explain, AWrongExpressionIsShownWithACaret) {
  auto [code, text] = failure_in([&] { explain_schedule(expression("0 99 * * * ?", "UTC"), nobody, noon, table); });
  EXPECT_EQ(code, exit_code::bad_files);
  EXPECT_EQ(text, "expression:1:3: minute: 99 is not in 0-59\n"
                  "0 99 * * * ?\n"
                  "  ^");
}

TEST_F(Explain, JobsOfFilesNeedNoAdmin) {
  auto path = file("jobs.yaml", R"(version: 1
jobs:
  - {name: poll, group: orders, handler: h, schedule: {every: 6h}}
  - {name: drain, group: orders, handler: h, schedule: {after: 30s}}
  - {name: once, group: orders, handler: h, schedule: {at: 2026-12-24T18:00:00Z}}
  - {name: by-hand, group: orders, handler: h}
  - {name: report, group: orders, handler: h, schedule: {cron: "0 0 9 ? * MON-FRI"}}
)");
  explain_schedule_verb v;
  v.cron.timezone = "Asia/Shanghai";
  for (auto* name : {"poll", "drain", "once", "by-hand", "report"}) v.jobs.push_back({path, {"", name}});
  explain_schedule(v, nobody, noon, table);
  auto text = printed();
  EXPECT_EQ(text.find("Job:       orders/poll\n"
                      "Schedule:  every 6h\n"
                      "Meaning:   every 6h, at whole multiples of it since 1970-01-01T00:00:00Z\n"
                      "\n"
                      "NEXT FIRES\n"
                      "2026-12-01T18:00:00.000Z\n"),
            0u)
      << text;
  for (auto* part : {"Meaning:   30s after the end of its last run, whatever its outcome\n",
                     "Meaning:   once, at 2026-12-24T18:00:00.000Z\n",
                     "Meaning:   never by itself: runs only when it is triggered by hand\n",
                     "Meaning:    at 09:00 on Monday-Friday, Asia/Shanghai\n",
                     "2026-12-02T01:00:00.000Z  2026-12-02T09:00:00.000+08:00\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  v.jobs = {{path, {"", "pol"}}};
  auto [code, why] = failure_in([&] { explain_schedule(v, nobody, noon, table); });
  EXPECT_EQ(code, exit_code::not_found);
  EXPECT_EQ(why, "the files have no job \"pol\"; did you mean \"poll\"?");
}

TEST_F(Explain, AsJson) {
  explain_schedule(expression("0 30 2 * * ?", "Europe/Berlin"), nobody, noon, json);
  auto answer = nlohmann::json::parse(printed());
  ASSERT_EQ(answer.size(), 1u);
  auto& e = answer[0];
  EXPECT_TRUE(e["job"].is_null());
  EXPECT_EQ(e["schedule"], "cron 0 30 2 * * ? Europe/Berlin");
  EXPECT_EQ(e["meaning"], "at 02:30 every day, Europe/Berlin");
  EXPECT_EQ(e["gap"], "skip");
  EXPECT_EQ(e["overlap"], "last");
  EXPECT_EQ(e["next"][0],
            (nlohmann::json{{"utc", "2026-12-02T01:30:00.000Z"}, {"local", "2026-12-02T02:30:00.000+01:00"}}));
  ASSERT_EQ(e["changes"].size(), 2u);
  auto& gap = e["changes"][0];
  EXPECT_EQ(gap["at"], "2027-03-28T01:00:00.000Z");
  EXPECT_EQ(gap["kind"], "gap");
  EXPECT_EQ(gap["offset_before"], "+01:00");
  EXPECT_EQ(gap["offset_after"], "+02:00");
  EXPECT_EQ(gap["local_from"], "2027-03-28 02:00:00");
  EXPECT_EQ(gap["local_until"], "2027-03-28 03:00:00");
  EXPECT_EQ(gap["named"], 1);
  EXPECT_EQ(gap["fates"][0], (nlohmann::json{{"local", "2027-03-28 02:30:00"}, {"fires", nlohmann::json::array()}}));
  EXPECT_EQ(e["changes"][1]["fates"][0]["fires"][0]["utc"], "2027-10-31T01:30:00.000Z");
}

TEST(LocalTimes, CarryTheirOffset) {
  EXPECT_EQ(offset_text(std::chrono::seconds{0}), "+00:00");
  EXPECT_EQ(offset_text(std::chrono::hours{-3} - std::chrono::minutes{30}), "-03:30");
  EXPECT_EQ(offset_text(std::chrono::minutes{53} + std::chrono::seconds{28}), "+00:53:28");
  EXPECT_EQ(local_time_text(noon, *schedule::zone::find("Asia/Kathmandu")), "2026-12-01T17:45:00.000+05:45");
}

} // namespace
} // namespace xxl::cli
