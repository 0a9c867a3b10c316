#include "actors/admin/clock_watch.hpp"

#include <gtest/gtest.h>

namespace xxl::admin::test {
namespace {

using namespace std::chrono_literals;

/// Boot and wall clock, each moved by hand.
class hand_clock final : public clock {
public:
  instant now() const override { return wall; }
  boot_time boot() const override { return boot_time{since_boot}; }
  void pass(std::chrono::milliseconds time) {
    wall += time;
    since_boot += time;
  }

  instant wall = from_ms(1'000'000);
  std::chrono::nanoseconds since_boot = 1h;
};

class ClockWatch : public ::testing::Test {
protected:
  hand_clock clock;
  clock_watch watch{clock};
};

TEST_F(ClockWatch, BelievesTheWallClockBeforeItIsMeasured) {
  clock.wall += 1h;
  EXPECT_EQ(watch.now(), clock.wall);
  EXPECT_FALSE(watch.stepped());
  EXPECT_FALSE(watch.offset());
}

TEST_F(ClockWatch, BelievesAWallClockThatIsNearTheDatabases) {
  watch.measured(900ms);
  clock.pass(3s);
  EXPECT_EQ(watch.now(), clock.wall);
  EXPECT_EQ(watch.offset(), 900ms);
  EXPECT_FALSE(watch.stepped());
  EXPECT_FALSE(watch.astray());
}

TEST_F(ClockWatch, GoesOnByTheDatabasesClockOnceTheWallClockWasSet) {
  for (auto step : {std::chrono::milliseconds{1h}, std::chrono::milliseconds{-1h}, 300ms, -300ms}) {
    watch.measured(40ms);
    auto database = clock.wall - 40ms;
    clock.wall += step;
    EXPECT_TRUE(watch.stepped());
    EXPECT_EQ(watch.now(), database);
    clock.pass(250ms);
    EXPECT_EQ(watch.now(), database + 250ms);
  }
}

TEST_F(ClockWatch, GoesOnByTheDatabasesClockWhileTheWallClockIsAstray) {
  watch.measured(1h);
  auto database = clock.wall - 1h;
  EXPECT_TRUE(watch.astray());
  EXPECT_FALSE(watch.stepped());
  clock.pass(500ms);
  EXPECT_EQ(watch.now(), database + 500ms);
}

TEST_F(ClockWatch, BelievesTheWallClockAgainWhenItIsRightAgain) {
  watch.measured(1h);
  clock.wall -= 1h;
  auto right = clock.wall;
  EXPECT_EQ(watch.now(), right) << "by the database's clock";
  watch.measured(0ms);
  clock.pass(1s);
  EXPECT_EQ(watch.now(), clock.wall);
}

} // namespace
} // namespace xxl::admin::test
