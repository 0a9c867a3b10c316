#include "tests/faults/due_fires.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::faults {
namespace {

using ::testing::SizeIs;

constexpr auto each_second = R"({"schedule": {"every": 1000}})";

e2e::job_version version(int number, std::int64_t from_ms, std::string spec) {
  e2e::job_version v;
  v.job = "faults/a";
  v.version = number;
  v.from_ms = from_ms;
  v.spec = std::move(spec);
  return v;
}

/// The last version, which disables the job.
e2e::job_version end(int number, std::int64_t from_ms) {
  auto v = version(number, from_ms, "");
  v.enabled = false;
  return v;
}

std::vector<std::int64_t> fires_of(const stretch& s) {
  std::vector<std::int64_t> all;
  for (auto at = s.first_from(0); at; at = s.first_from(*at + 1)) all.push_back(*at);
  return all;
}

TEST(DueFires, LieAfterTheFirstEditAndUpToTheLast) {
  auto plan = plan_of(std::vector{version(1, 2'000, each_second), end(2, 5'000)});
  ASSERT_THAT(plan.stretches, SizeIs(1));
  EXPECT_THAT(fires_of(plan.stretches[0]), testing::ElementsAre(3'000, 4'000, 5'000));
}

TEST(DueFires, CountFromTheScheduleStart) {
  auto plan = plan_of(std::vector{version(1, 0, R"({"schedule": {"every": 1000, "start": 1250}})"), end(2, 3'250)});
  EXPECT_THAT(fires_of(plan.stretches.at(0)), testing::ElementsAre(1'250, 2'250, 3'250));
}

TEST(DueFires, ThatWereClaimedAheadOfAnEditBelongToWhatItEnded) {
  auto edit = version(2, 2'950, R"({"schedule": {"every": 1000, "start": 500}})");
  edit.after_ms = 3'000;
  auto plan = plan_of(std::vector{version(1, 0, each_second), edit, end(3, 5'000)});
  ASSERT_THAT(plan.stretches, SizeIs(2));
  EXPECT_THAT(fires_of(plan.stretches[0]), testing::ElementsAre(1'000, 2'000, 3'000));
  EXPECT_EQ(plan.stretches[0].edited_ms, 2'950);
  EXPECT_EQ(plan.stretches[0].last_version, 1);
  EXPECT_THAT(fires_of(plan.stretches[1]), testing::ElementsAre(3'500, 4'500));
}

TEST(DueFires, AreNotPartedByAnEditOfSomethingElse) {
  auto plan = plan_of(std::vector{version(1, 0, each_second),
                                  version(2, 2'500, R"({"schedule": {"every": 1000}, "owner": "x"})"), end(3, 4'000)});
  ASSERT_THAT(plan.stretches, SizeIs(1));
  EXPECT_EQ(plan.stretches[0].last_version, 2);
}

TEST(DueFires, OfAPauseAreHeld) {
  auto paused = version(2, 2'500, "");
  paused.paused = true;
  auto plan = plan_of(std::vector{version(1, 0, each_second), paused, version(3, 4'500, ""), end(4, 6'000)});
  ASSERT_THAT(plan.stretches, SizeIs(3));
  EXPECT_FALSE(plan.stretches[0].held);
  EXPECT_TRUE(plan.stretches[1].held);
  EXPECT_THAT(fires_of(plan.stretches[1]), testing::ElementsAre(3'000, 4'000));
  EXPECT_FALSE(plan.stretches[2].held);
}

TEST(DueFires, OfAFixedDelayAreNotKnown) {
  auto plan = plan_of(std::vector{version(1, 0, R"({"schedule": {"after": 500}, "retries": 2})"), end(2, 6'000)});
  EXPECT_TRUE(plan.fixed_delay);
  EXPECT_EQ(plan.retries, 2);
  EXPECT_EQ(plan.ended_ms, 6'000);
  EXPECT_THAT(plan.stretches, SizeIs(0));
}

TEST(DueFires, AreCountedWithinTheStretchAlone) {
  auto plan = plan_of(std::vector{version(1, 2'000, each_second), end(2, 5'000)});
  auto& s = plan.stretches.at(0);
  EXPECT_EQ(s.count(0, 10'000), 3);
  EXPECT_EQ(s.count(3'001, 4'999), 1);
  EXPECT_EQ(s.count(3'001, 3'999), 0);
}

TEST(DueFires, OfAJobThatIsStillEnabledAreNotWorkedOut) {
  EXPECT_THROW(plan_of(std::vector{version(1, 0, each_second)}), std::runtime_error);
}

} // namespace
} // namespace xxl::faults
