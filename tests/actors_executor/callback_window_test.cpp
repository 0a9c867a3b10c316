#include "actors/executor/callback_window.hpp"
#include "protocol/validate.hpp"
#include "protocol/wire_size.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <gtest/gtest.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using test::make_outcome;
using test::our_session;

constexpr boot_time now{1h};

std::vector<outcome> outcomes(std::int64_t first, std::int64_t count, std::size_t message = 0) {
  std::vector<outcome> all;
  for (auto id = first; id < first + count; ++id) all.push_back(make_outcome(id, std::string(message, 'x')));
  return all;
}

TEST(CallbackWindow, AResultWaitsFiveMillisecondsForCompany) {
  callback_window w;
  w.add(our_session, outcomes(1, 1), now);
  EXPECT_EQ(w.due(), now + 5ms);
  EXPECT_EQ(w.take(1, now + 4ms), nullptr);
  w.add(our_session, outcomes(2, 1), now + 4ms);
  auto* batch = w.take(1, now + 5ms);
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->outcomes.size(), 2u);
  EXPECT_EQ(batch->session, our_session);
}

TEST(CallbackWindow, AFullBatchGoesAtOnceAndIsCutAtThousandItems) {
  callback_window w;
  w.add(our_session, outcomes(1, 1'500), now);
  auto* batch = w.take(1, now);
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->outcomes.size(), 1'000u);
  EXPECT_EQ(batch->outcomes.front().trigger, trigger_id{1});
  EXPECT_EQ(w.take(1, now), nullptr) << "the rest waits for company";
  EXPECT_EQ(w.take(1, now + 5ms)->outcomes.size(), 500u);
}

TEST(CallbackWindow, ABatchIsCutAtItsBytes) {
  callback_window w;
  w.add(our_session, outcomes(1, 200, 2'000), now);
  auto* batch = w.take(1, now);
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->outcomes.size(), limits::batch_bytes / wire_size(batch->outcomes.front()));
  EXPECT_EQ(invalid(*batch), std::nullopt) << "an admin would refuse it, again and again";
}

TEST(CallbackWindow, ResultsOfTwoLivesNeverShareABatch) {
  callback_window w;
  w.add({1}, outcomes(1, 2), now);
  w.add({2}, outcomes(3, 2), now);
  auto* earlier = w.take(1, now);
  ASSERT_NE(earlier, nullptr) << "it cannot grow any more";
  EXPECT_EQ(earlier->session, session_id{1});
  EXPECT_EQ(w.take(1, now + 5ms)->session, session_id{2});
}

TEST(CallbackWindow, NoMoreThanFourBatchesAreWithoutAcknowledgement) {
  callback_window w;
  w.add(our_session, outcomes(1, 5'000), now);
  std::uint64_t first = 0;
  for (int i = 0; i < 4; ++i) {
    auto* batch = w.take(1, now);
    ASSERT_NE(batch, nullptr);
    if (first == 0) first = batch->number;
  }
  EXPECT_EQ(w.take(1, now), nullptr);
  EXPECT_EQ(w.due(), now + 5s) << "only an acknowledgement or the time of a repetition changes that";
  EXPECT_TRUE(w.acknowledge(first));
  EXPECT_NE(w.take(1, now), nullptr);
}

TEST(CallbackWindow, AnUnansweredBatchIsSentAgainAfterFiveSecondsUnderItsNumber) {
  callback_window w;
  w.add(our_session, outcomes(1, 1), now);
  auto number = w.take(1, now + 5ms)->number;
  EXPECT_EQ(w.take(1, now + 5'004ms), nullptr);
  auto* again = w.take(2, now + 5'005ms);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->number, number);
  EXPECT_EQ(again->outcomes.size(), 1u);
}

TEST(CallbackWindow, WhatWasInFlightOverALostConnectionIsDueAtOnce) {
  callback_window w;
  w.add(our_session, outcomes(1, 1), now);
  auto number = w.take(1, now + 5ms)->number;
  w.lost(2);
  EXPECT_EQ(w.take(2, now + 6ms), nullptr) << "another connection was lost";
  w.lost(1);
  auto* again = w.take(2, now + 6ms);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->number, number);
}

TEST(CallbackWindow, AnAcknowledgementCountsOnce) {
  callback_window w;
  w.add(our_session, outcomes(1, 3), now);
  auto number = w.take(1, now + 5ms)->number;
  EXPECT_EQ(w.pending(), 3u);
  auto done = w.acknowledge(number);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->outcomes.size(), 3u);
  EXPECT_EQ(w.pending(), 0u);
  EXPECT_FALSE(w.acknowledge(number));
  EXPECT_FALSE(w.due());
}

} // namespace
} // namespace xxl::executor
