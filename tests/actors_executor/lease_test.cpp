#include "actors/executor/backoff.hpp"
#include "actors/executor/lease.hpp"

#include <gtest/gtest.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

constexpr boot_time start{1h};

TEST(Lease, IsNotTrustedBeforeTheFirstAnsweredBeat) { EXPECT_FALSE(lease{}.trusted(start)); }

TEST(Lease, CountsFromWhenTheBeatWasSentLessTheMargin) {
  lease l;
  l.renew(start, 10s);
  EXPECT_TRUE(l.trusted(start + 8s - 1ns));
  EXPECT_FALSE(l.trusted(start + 8s));
}

TEST(Lease, AnAnswerToAnOlderBeatDoesNotShortenTheTrust) {
  lease l;
  l.renew(start + 1s, 10s);
  l.renew(start, 10s);
  EXPECT_TRUE(l.trusted(start + 9s - 1ns));
}

TEST(Lease, EndsAtOnceWithItsSession) {
  lease l;
  l.begin({1});
  l.renew(start, 10s);
  l.begin({2});
  EXPECT_FALSE(l.trusted(start));
}

TEST(Lease, TrustInANewSessionIsNoneInAnOlderOne) {
  lease l;
  l.begin({1});
  l.renew(start, 10s);
  EXPECT_TRUE(l.trusted(start, {1}));
  l.begin({2});
  l.renew(start, 10s);
  EXPECT_TRUE(l.trusted(start, {2}));
  EXPECT_FALSE(l.trusted(start, {1}));
}

TEST(Backoff, DoublesUpToTheMostAndStaysWithinHalfAndWholeOfTheStep) {
  backoff b{7};
  auto step = 50ms;
  for (int i = 0; i < 12; ++i, step = std::min(step * 2, 2'000ms)) {
    auto wait = b.next();
    EXPECT_GE(wait, step / 2);
    EXPECT_LE(wait, step);
  }
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  backoff b{7};
  for (int i = 0; i < 10; ++i) b.next();
  b.reset();
  EXPECT_LE(b.next(), 50ms);
}

TEST(Backoff, TwoExecutorsDoNotComeBackTogether) {
  backoff one{1}, two{2};
  bool apart = false;
  for (int i = 0; i < 8; ++i) apart |= one.next() != two.next();
  EXPECT_TRUE(apart);
}

} // namespace
} // namespace xxl::executor
