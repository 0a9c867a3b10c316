#include "config/schedule_of.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace xxl;
using config::timetable_of;
using schedule::timetable;

timetable made(const schedule_spec& spec) { return std::get<timetable>(timetable_of(spec)); }

TEST(ScheduleOf, EachKindBecomesItsTimetable) {
  EXPECT_EQ(made(no_schedule{}).what(), timetable::kind::none);
  EXPECT_EQ(made(cron_schedule{"0 0 9 * * ?", "Asia/Shanghai"}).next(from_ms(0)),
            from_ms(3'600'000)); // 09:00 there is 01:00 UTC
  EXPECT_EQ(made(every_schedule{100ms, std::nullopt}).next(from_ms(250)), from_ms(300));
  EXPECT_EQ(made(every_schedule{100ms, from_ms(1'030)}).next(from_ms(250)), from_ms(1'030));
  EXPECT_EQ(made(after_schedule{30s}).after_end(from_ms(1)), from_ms(30'001));
  EXPECT_EQ(made(at_schedule{from_ms(5'000)}).next(from_ms(0)), from_ms(5'000));
}

TEST(ScheduleOf, AWrongExpressionKeepsItsColumn) {
  auto result = timetable_of(cron_schedule{"0 0 99 * * ?", "UTC"});
  ASSERT_TRUE(std::holds_alternative<schedule::parse_error>(result));
  EXPECT_EQ(std::get<schedule::parse_error>(result).column, 5u);
}

TEST(ScheduleOf, MisfirePoliciesCorrespond) {
  EXPECT_EQ(config::misfire_of(misfire_policy::skip), schedule::misfire::skip);
  EXPECT_EQ(config::misfire_of(misfire_policy::fire_once), schedule::misfire::fire_once);
  EXPECT_EQ(config::misfire_of(misfire_policy::fire_all), schedule::misfire::fire_all);
}

} // namespace
