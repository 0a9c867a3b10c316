// Fixed rate, fixed delay, one shot, none.

#include "tests/schedule/instants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
constexpr instant epoch{};

instant at_ms(std::int64_t ms) { return instant{milliseconds{ms}}; }

template <class Function> std::string refusal(Function f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Every, WithoutAStartTheGridIsAnchoredAtTheEpochAndHasNoBeginning) {
  const auto t = every(250ms, std::nullopt);
  EXPECT_EQ(t.what(), timetable::kind::every);
  EXPECT_EQ(t.next(at_ms(-251)), at_ms(-250));
  EXPECT_EQ(t.next(at_ms(-250)), at_ms(0));
  EXPECT_EQ(t.next(at_ms(-1)), at_ms(0));
  EXPECT_EQ(t.next(at_ms(0)), at_ms(250));
  EXPECT_EQ(t.next(at_ms(1)), at_ms(250));
}

TEST(Every, TheStartIsTheFirstFire) {
  const auto start = utc("2026-01-01T00:00:07.003Z");
  const auto t = every(30s, start);
  EXPECT_EQ(t.next(instant::min()), start);
  EXPECT_EQ(t.next(start - 1ms), start);
  EXPECT_EQ(t.next(start), start + 30s);
  EXPECT_EQ(t.last(instant::min(), start - 1ms), std::nullopt);
  EXPECT_EQ(t.last(instant::min(), start), start);
  EXPECT_EQ(t.count(instant::min(), start, all), 1);
  EXPECT_EQ(t.count(instant::min(), start - 1ms, all), 0);
}

TEST(Every, AStartBefore1970KeepsItsGrid) {
  const auto t = every(1000ms, at_ms(-1500));
  EXPECT_THAT(walk(t, at_ms(-10'000), 3), ElementsAre(at_ms(-1500), at_ms(-500), at_ms(500)));
  EXPECT_EQ(t.last(at_ms(-10'000), at_ms(499)), at_ms(-500));
}

TEST(Every, CountAndLastAreOfTheHalfOpenSpan) {
  const auto t = every(10ms, std::nullopt);
  EXPECT_EQ(t.count(at_ms(0), at_ms(100), all), 10);
  EXPECT_EQ(t.count(at_ms(0), at_ms(9), all), 0);
  EXPECT_EQ(t.count(at_ms(0), at_ms(10), all), 1);
  EXPECT_EQ(t.count(at_ms(0), at_ms(100), 3), 3);
  EXPECT_EQ(t.count(at_ms(0), at_ms(100), 0), 0);
  EXPECT_EQ(t.count(at_ms(100), at_ms(0), all), 0);
  EXPECT_EQ(t.last(at_ms(0), at_ms(99)), at_ms(90));
  EXPECT_EQ(t.last(at_ms(0), at_ms(100)), at_ms(100));
  EXPECT_EQ(t.last(at_ms(90), at_ms(99)), std::nullopt);
  EXPECT_EQ(t.last(at_ms(99), at_ms(90)), std::nullopt);
}

TEST(Every, CountAndLastAgreeWithAWalk) {
  for (const std::int64_t period : {1, 7, 60, 1000})
    for (const std::int64_t anchor : {-13, 0, 5, 300})
      for (const auto& t : {every(milliseconds{period}, at_ms(anchor)), every(milliseconds{period}, std::nullopt)})
        for (std::int64_t from = -70; from < 70; from += 11)
          for (const std::int64_t length : {1, 6, 7, 100}) {
            const auto until = at_ms(from + length);
            auto fires = walk(t, at_ms(from), 500);
            std::erase_if(fires, [until](instant f) { return f > until; });
            EXPECT_EQ(t.count(at_ms(from), until, all), static_cast<std::int64_t>(fires.size()));
            EXPECT_EQ(t.last(at_ms(from), until), fires.empty() ? std::nullopt : std::optional{fires.back()});
          }
}

TEST(Every, NothingOverflowsAtTheEndsOfTime) {
  const auto tick = every(1ms, std::nullopt);
  EXPECT_EQ(tick.next(instant::max()), std::nullopt);
  EXPECT_EQ(tick.next(instant::max() - 1ms), instant::max());
  EXPECT_EQ(tick.last(instant::min(), instant::max()), instant::max());
  EXPECT_EQ(tick.count(instant::min(), instant::max(), all), all); // 2^64 - 1 fires
  const auto huge = every(milliseconds::max(), std::nullopt);
  EXPECT_EQ(huge.next(epoch), instant::max());
  EXPECT_EQ(huge.next(instant::max()), std::nullopt);
  EXPECT_EQ(huge.next(instant::min()), instant::min() + 1ms);
  EXPECT_EQ(huge.last(instant::min(), at_ms(-1)), instant::min() + 1ms);
  EXPECT_EQ(huge.count(instant::min(), instant::max(), all), 3);
  const auto late = every(1000ms, instant::max());
  EXPECT_EQ(late.next(instant::min()), instant::max());
  EXPECT_EQ(late.next(instant::max()), std::nullopt);
  const auto early = every(1000ms, instant::min());
  EXPECT_EQ(early.next(instant::min()), instant::min() + 1000ms);
}

TEST(Every, APeriodIsAtLeastAMillisecond) {
  EXPECT_EQ(refusal([] { return every(0ms, std::nullopt); }), "a period is at least 1 ms, not 0 ms");
  EXPECT_EQ(refusal([] { return every(-5ms, std::nullopt); }), "a period is at least 1 ms, not -5 ms");
}

TEST(After, HasNoFiresOfItsOwnButADelay) {
  const auto t = after(90s);
  EXPECT_EQ(t.what(), timetable::kind::after);
  EXPECT_EQ(t.after_end(epoch), epoch + 90s);
  EXPECT_EQ(t.next(epoch), std::nullopt);
  EXPECT_EQ(t.count(instant::min(), instant::max(), all), 0);
  EXPECT_EQ(t.last(instant::min(), instant::max()), std::nullopt);
  EXPECT_EQ(refusal([] { return after(0ms); }), "a fixed delay is at least 1 ms, not 0 ms");
}

TEST(At, FiresOnce) {
  const auto when = utc("2026-12-01T01:00:00Z");
  const auto t = at(when);
  EXPECT_EQ(t.what(), timetable::kind::at);
  EXPECT_EQ(t.next(when - 1ms), when);
  EXPECT_EQ(t.next(when), std::nullopt);
  EXPECT_EQ(t.count(when - 1ms, when, all), 1);
  EXPECT_EQ(t.count(when, instant::max(), all), 0);
  EXPECT_EQ(t.count(instant::min(), when - 1ms, all), 0);
  EXPECT_EQ(t.last(when - 1ms, when), when);
  EXPECT_EQ(t.last(when, instant::max()), std::nullopt);
  EXPECT_EQ(t.last(instant::min(), when - 1ms), std::nullopt);
}

TEST(None, NeverFires) {
  const timetable t;
  EXPECT_EQ(t.what(), timetable::kind::none);
  EXPECT_EQ(t.next(instant::min()), std::nullopt);
  EXPECT_EQ(t.count(instant::min(), instant::max(), all), 0);
  EXPECT_EQ(t.last(instant::min(), instant::max()), std::nullopt);
}

TEST(Timetable, OnlyAFixedDelayHasADelay) {
  EXPECT_EQ(timetable{}.after_end(epoch), std::nullopt);
  EXPECT_EQ(every(1s, std::nullopt).after_end(epoch), std::nullopt);
  EXPECT_EQ(at(epoch).after_end(epoch), std::nullopt);
  EXPECT_EQ(make_cron("* * * * * ?").after_end(epoch), std::nullopt);
}

} // namespace
} // namespace xxl::schedule::test
