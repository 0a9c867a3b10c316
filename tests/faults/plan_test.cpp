#include "tests/faults/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace xxl::faults {
namespace {

using namespace std::chrono_literals;

std::map<fault_kind, int> counted(const std::vector<step>& plan) {
  std::map<fault_kind, int> counts;
  for (auto& s : plan) ++counts[s.what];
  return counts;
}

TEST(Plan, IsTheSameForTheSameSeed) {
  EXPECT_EQ(draw(soak(), company::sometimes, 7), draw(soak(), company::sometimes, 7));
  EXPECT_NE(draw(soak(), company::sometimes, 7), draw(soak(), company::sometimes, 8));
}

TEST(Plan, OfAShortRunKillsTheLeaderThreeTimesFreezesItForSixSecondsAndHasOneOfEachOther) {
  auto plan = draw(short_run(), company::none, 1);
  for (auto& [kind, times] : counted(plan)) EXPECT_EQ(times, kind == fault_kind::leader_kill ? 3 : 1) << name_of(kind);
  auto freeze = std::find_if(plan.begin(), plan.end(), [](auto& s) { return s.what == fault_kind::leader_freeze; });
  ASSERT_NE(freeze, plan.end());
  EXPECT_EQ(freeze->hold, 6s);
}

TEST(Plan, OfASoakHasTwentyOfEachAndOneFreezeOfAMinute) {
  auto plan = draw(soak(), company::sometimes, 1);
  for (auto& [kind, times] : counted(plan)) EXPECT_EQ(times, 20) << name_of(kind);
  EXPECT_EQ(std::count_if(plan.begin(), plan.end(), [](auto& s) { return s.hold == 60s; }), 1);
}

TEST(Plan, HoldsEachFaultWithinItsBounds) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (auto& s : draw({{fault_kind::executor_freeze, 5, 1s, 4s}}, company::none, seed)) {
      EXPECT_GE(s.hold, 1s);
      EXPECT_LE(s.hold, 4s);
      EXPECT_GT(s.pause, 0s);
    }
}

TEST(Plan, FaultsComeTogetherOnlyWhereTheyLastAndAreAskedTo) {
  auto joins = [](auto& s) { return s.joins; };
  auto alone = draw(soak(), company::none, 1), together = draw(soak(), company::sometimes, 1);
  EXPECT_EQ(std::count_if(alone.begin(), alone.end(), joins), 0);
  EXPECT_GT(std::count_if(together.begin(), together.end(), joins), 20);
  for (std::size_t i = 0; i < together.size(); ++i) {
    if (!together[i].joins) continue;
    ASSERT_GT(i, 0u);
    EXPECT_FALSE(together[i - 1].joins) << "three at a time";
    EXPECT_LE(together[i].pause, together[i - 1].hold) << "the one before is over";
  }
}

TEST(Plan, NamesAreDistinct) {
  std::map<std::string, int> names;
  for (auto& k : short_run()) EXPECT_EQ(++names[name_of(k.what)], 1) << name_of(k.what);
  EXPECT_EQ(names.count("unknown"), 0u);
}

} // namespace
} // namespace xxl::faults
