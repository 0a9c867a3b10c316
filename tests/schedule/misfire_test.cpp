// Which fires run and which are passed over; the record stays complete: due fires = first attempts + gap rows.

#include "schedule/misfire.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <random>

namespace xxl::schedule {

/// For GoogleTest's messages.
void PrintTo(const passed_over& g, std::ostream* out) {
  *out << test::text(g.first) << " .. " << test::text(g.last) << " (" << g.fires << ')';
}
void PrintTo(const decision& d, std::ostream* out) {
  *out << "fire " << (d.fire ? test::text(*d.fire) : "-") << ", next " << (d.next ? test::text(*d.next) : "-")
       << (d.awaits_end ? ", awaits end" : "");
  if (d.gap) PrintTo(*d.gap, &(*out << ", gap "));
}

namespace test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto threshold = 5000ms;
const auto noon = utc("2026-06-01T12:00:00Z");

decision skip(const timetable& t, instant expect, instant now) {
  return decide(t, expect, now, misfire::skip, threshold);
}
decision fire_once(const timetable& t, instant expect, instant now) {
  return decide(t, expect, now, misfire::fire_once, threshold);
}

TEST(Misfire, AFireAheadOfTimeIsSent) { // claims are made at T - lead
  const auto t = every(60s, std::nullopt);
  for (const auto policy : {misfire::skip, misfire::fire_once})
    EXPECT_EQ(decide(t, noon, noon - 100ms, policy, threshold), (decision{noon, noon + 60s, false, {}}));
}

TEST(Misfire, AFireAsLateAsTheThresholdIsSent) {
  const auto t = every(1s, std::nullopt);
  for (const auto policy : {misfire::skip, misfire::fire_once})
    EXPECT_EQ(decide(t, noon, noon + threshold, policy, threshold), (decision{noon, noon + 1s, false, {}}));
}

TEST(Misfire, SkipPassesOverTheOnlyFireThatIsLaterThanTheThreshold) {
  const auto t = every(1s, std::nullopt);
  EXPECT_EQ(skip(t, noon, noon + threshold + 1ms), (decision{{}, noon + 1s, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, FireOnceRunsTheOnlyMissedFireAndLeavesNoGap) {
  const auto t = every(1s, std::nullopt);
  EXPECT_EQ(fire_once(t, noon, noon + threshold + 1ms), (decision{noon, noon + 1s, false, {}}));
}

TEST(Misfire, SkipPassesOverAllThatIsLaterThanTheThreshold) {
  const auto t = every(1s, std::nullopt);
  const auto now = noon + 1h; // the fire of 12:59:55 is exactly as late as the threshold: it is sent next
  EXPECT_EQ(skip(t, noon, now), (decision{{}, now - 5s, false, passed_over{noon, now - 6s, 3595}}));
}

TEST(Misfire, FireOnceRunsTheLastMissedFireWithItsOwnTime) {
  const auto t = every(1s, std::nullopt);
  const auto now = noon + 1h;
  EXPECT_EQ(fire_once(t, noon, now), (decision{now - 6s, now - 5s, false, passed_over{noon, now - 7s, 3594}}));
}

TEST(Misfire, FireOnceOfTwoMissedFiresHasAGapOfOne) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(fire_once(t, noon, noon + 70s), (decision{noon + 60s, noon + 120s, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, AThresholdOfZeroForgivesNothing) {
  const auto t = every(1s, std::nullopt);
  EXPECT_EQ(decide(t, noon, noon, misfire::skip, 0ms), (decision{noon, noon + 1s, false, {}}));
  EXPECT_EQ(decide(t, noon, noon + 1ms, misfire::skip, 0ms),
            (decision{{}, noon + 1s, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, TheGapOfACronScheduleIsExactAfterYears) {
  const auto t = make_cron("* * * * * ?");
  const auto from = utc("2016-01-01T00:00:00Z"), now = utc("2026-01-01T00:00:06Z");
  const auto fires = 3653LL * 86400 + 1; // both ends
  EXPECT_EQ(skip(t, from, now), (decision{{}, now - 5s, false, passed_over{from, now - 6s, fires}}));
  EXPECT_EQ(fire_once(t, from, now), (decision{now - 6s, now - 5s, false, passed_over{from, now - 7s, fires - 1}}));
}

TEST(Misfire, ACronScheduleThatEndsWhileMissedHasNoNext) {
  const auto t = make_cron("0 0 12 1,2 6 ? 2026");
  const auto second = noon + 24h;
  EXPECT_EQ(skip(t, noon, noon + 720h), (decision{{}, {}, false, passed_over{noon, second, 2}}));
  EXPECT_EQ(fire_once(t, noon, noon + 720h), (decision{second, {}, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, AOneShotEndsWithItsDecision) {
  const auto t = at(noon);
  EXPECT_EQ(skip(t, noon, noon), (decision{noon, {}, false, {}}));
  EXPECT_EQ(skip(t, noon, noon + 1h), (decision{{}, {}, false, passed_over{noon, noon, 1}}));
  EXPECT_EQ(fire_once(t, noon, noon + 1h), (decision{noon, {}, false, {}}));
}

TEST(Misfire, AFixedDelayAwaitsTheEndOfItsFire) {
  const auto t = after(30s);
  for (const auto policy : {misfire::skip, misfire::fire_once})
    EXPECT_EQ(decide(t, noon, noon + threshold, policy, threshold), (decision{noon, {}, true, {}}));
  EXPECT_EQ(fire_once(t, noon, noon + 1h), (decision{noon, {}, true, {}}));
}

TEST(Misfire, ASkippedFixedDelayGoesOnFromNow) {
  const auto t = after(30s);
  EXPECT_EQ(skip(t, noon, noon + threshold + 1ms),
            (decision{{}, noon + threshold + 1ms + 30s, false, passed_over{noon, noon, 1}}));
}

// A leader that comes and goes at random: every fire of the grid is either fired or in exactly one gap, in order.
TEST(Misfire, DueFiresAreFirstAttemptsPlusGapRows) {
  std::mt19937_64 random{20260601};
  const timetable tables[] = {every(700ms, std::nullopt), make_cron("0/2 * * * * ?"),
                              make_cron("0 0/7 * * * ?", "America/New_York")};
  for (const auto& t : tables)
    for (const auto policy : {misfire::skip, misfire::fire_once}) {
      const auto begin = utc("2026-10-31T00:00:00Z"), end = utc("2026-11-02T00:00:00Z");
      std::int64_t fired = 0, passed = 0;
      auto expect = *t.next(begin);
      auto covered = begin; // everything up to here is accounted for
      for (auto now = expect; now < end;) {
        const auto d = decide(t, expect, now, policy, threshold);
        if (d.gap) {
          EXPECT_EQ(d.gap->first, t.next(covered));
          EXPECT_EQ(d.gap->fires, t.count(covered, d.gap->last, std::numeric_limits<std::int64_t>::max()));
          passed += d.gap->fires;
          covered = d.gap->last;
        }
        if (d.fire) {
          EXPECT_EQ(d.fire, t.next(covered));
          ++fired;
          covered = *d.fire;
        }
        EXPECT_EQ(d.next, t.next(covered));
        expect = *d.next;
        now = std::max(expect, now + milliseconds{random() % 20 == 0 ? random() % 3'600'000 : random() % 3'000});
      }
      EXPECT_EQ(fired + passed, t.count(begin, covered, std::numeric_limits<std::int64_t>::max()));
      EXPECT_GT(fired, 0);
      EXPECT_GT(passed, 0);
    }
}

TEST(Span, HoldsTheFiresAfterTheLastUpToTheEnd) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(span(t, noon, noon + 180s), (passed_over{noon + 60s, noon + 180s, 3}));
  EXPECT_EQ(span(t, noon, noon + 179s), (passed_over{noon + 60s, noon + 120s, 2}));
  EXPECT_EQ(span(t, noon, noon + 60s), (passed_over{noon + 60s, noon + 60s, 1}));
}

TEST(Span, IsNoneWithoutAFire) {
  EXPECT_EQ(span(every(60s, std::nullopt), noon, noon + 59s), std::nullopt);
  EXPECT_EQ(span(every(60s, std::nullopt), noon, noon), std::nullopt);
  EXPECT_EQ(span(every(60s, std::nullopt), noon, noon - 1h), std::nullopt);
  EXPECT_EQ(span(at(noon), noon, noon + 1h), std::nullopt);
  EXPECT_EQ(span(after(1s), noon, noon + 1h), std::nullopt);
  EXPECT_EQ(span(timetable{}, noon, noon + 1h), std::nullopt);
}

TEST(Span, CoversCronAndOneShots) {
  EXPECT_EQ(span(make_cron("0 0 12 * * ?"), noon, noon + 240h), (passed_over{noon + 24h, noon + 240h, 10}));
  EXPECT_EQ(span(at(noon), noon - 1h, noon + 1h), (passed_over{noon, noon, 1}));
}

} // namespace
} // namespace test
} // namespace xxl::schedule
