#include "tests/faults/takeover.hpp"

#include <gtest/gtest.h>

namespace xxl::faults {
namespace {

e2e::ledger_row row(std::int64_t fire_ms, std::int64_t started_ms) {
  e2e::ledger_row r;
  r.key = {"faults/a", fire_ms, "", -1, 1};
  r.started_ms = started_ms;
  return r;
}

TEST(Takeover, EndsWithTheFirstStartOfAFireThatWasDueAfterTheLeaderWasHit) {
  EXPECT_EQ(takeover_ms({row(900, 1'010), row(1'200, 1'700), row(1'100, 1'650), row(1'900, 1'901)}, 1'000), 650);
}

TEST(Takeover, DoesNotCountRetriesAndWhatWasStartedByHand) {
  auto retry = row(1'100, 1'101), by_hand = row(1'100, 1'102);
  retry.key.attempt = 2;
  by_hand.key.origin = "m1";
  EXPECT_EQ(takeover_ms({retry, by_hand, row(1'100, 1'500)}, 1'000), 500);
}

TEST(Takeover, IsNoneIfNothingStartsAnyMore) {
  EXPECT_EQ(takeover_ms({row(900, 901), row(1'100, 0)}, 1'000), std::nullopt);
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
