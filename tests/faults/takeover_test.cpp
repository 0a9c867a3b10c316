#include "tests/faults/takeover.hpp"

#include <gtest/gtest.h>

namespace xxl::faults {
namespace {

constexpr std::int64_t hit_ms = 1'000;

e2e::ledger_row row(std::int64_t epoch, std::int64_t claimed_ms, std::int64_t started_ms) {
  e2e::ledger_row r;
  r.key = {"faults/a", claimed_ms + 100, "", -1, 1};
  r.epoch = epoch;
  r.claimed_ms = claimed_ms;
  r.started_ms = started_ms;
  return r;
}

TEST(Takeover, EndsWithTheFirstStartOfWhatTheNextLeaderClaimed) {
  auto before = row(6, 900, 950), claimed_ahead = row(6, 990, 1'090);
  EXPECT_EQ(takeover_ms({before, claimed_ahead, row(7, 1'600, 1'700), row(7, 1'610, 1'650)}, hit_ms), 650);
}

TEST(Takeover, IsTheNextLeadersAndNoLaterOnes) {
  EXPECT_EQ(takeover_ms({row(6, 900, 950), row(7, 1'600, 1'700), row(8, 5'000, 5'100)}, hit_ms), 700);
  EXPECT_EQ(takeover_ms({row(6, 900, 950), row(7, 1'600, 1'700), row(8, 5'000, 5'100)}, 2'000), 3'100);
}

TEST(Takeover, DoesNotCountRetriesAndWhatWasStartedByHand) {
  auto retry = row(7, 1'100, 1'101), by_hand = row(7, 1'100, 1'102);
  retry.key.attempt = 2;
  by_hand.key.origin = "m1";
  EXPECT_EQ(takeover_ms({row(6, 900, 950), retry, by_hand, row(7, 1'400, 1'500)}, hit_ms), 500);
}

TEST(Takeover, IsNoneIfNothingStartsAnyMore) {
  EXPECT_EQ(takeover_ms({row(6, 900, 1'001), row(7, 1'100, 0)}, hit_ms), std::nullopt);
}

TEST(Takeover, MedianIsTheLowerOfTwo) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1}), 1);
  EXPECT_EQ(longest({}), 0);
  EXPECT_EQ(longest({1, 9, 5}), 9);
}

} // namespace
} // namespace xxl::faults
