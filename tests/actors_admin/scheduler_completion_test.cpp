#include "actors/admin/completion.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr session_id ann{11};

class CompletionTest : public SchedulerTest {
protected:
  std::vector<complete_work> works;
  std::vector<std::uint64_t> acks;
  std::vector<specs_request> asked_specs;
  bool specs_answer = true;
  std::vector<armed_job_ptr> specs{make_job(1, {.schedule = after_schedule{30s}})};

  ledger_actor ledger = play<ledger_actor>(keep(works));
  link_actor link = play<link_actor>([this](ack_atom, std::uint64_t number) { acks.push_back(number); });
  spec_source_actor source =
      play<spec_source_actor>([this](specs_request& r) -> caf::result<std::vector<armed_job_ptr>> {
        asked_specs.push_back(std::move(r));
        if (!specs_answer) return make_error(errc::unavailable, "database: gone");
        return specs;
      });
  completion_actor completion = watch_over(spawn_completion(sys, {ledger, source, borrowed(clock), stats}));

  void callback(std::uint64_t number, std::int64_t first_trigger, std::size_t n = 1, bool follows = false) {
    callback_batch batch{ann, number, {}};
    for (std::size_t i = 0; i < n; ++i) {
      outcome o;
      o.trigger = {first_trigger + static_cast<std::int64_t>(i)};
      o.job = {1};
      o.version = 1;
      o.fire = clock.now();
      o.started = clock.now() - 2s;
      o.ended = clock.now() - 1h; // another host's clock
      o.state = trigger_state::failed;
      o.reason = state_reason::handler_error;
      o.message = "why";
      o.follows = follows;
      batch.outcomes.push_back(o);
    }
    self->send(completion, link_callbacks{std::move(batch), link});
    settle();
  }
  void committed(std::size_t i) {
    self->send(completion, complete_done{works.at(i).number});
    settle();
  }
};

TEST_F(CompletionTest, WhatComesWithinFiveMillisecondsIsOneStatement) {
  callback(1, 100);
  advance(4ms);
  callback(2, 200, 3);
  EXPECT_THAT(works, IsEmpty());
  advance(1ms);
  ASSERT_THAT(works, SizeIs(1));
  EXPECT_THAT(works[0].rows, SizeIs(4));
  EXPECT_THAT(works[0].fires, SizeIs(4));
  EXPECT_FALSE(works[0].epoch) << "a callback needs no leader";
}

TEST_F(CompletionTest, AFullBatchDoesNotWait) {
  callback(1, 1, 1'000);
  EXPECT_THAT(works, SizeIs(1));
}

TEST_F(CompletionTest, ABatchIsNotMixedAboveTheLimit) {
  callback(1, 1, 600);
  callback(2, 1'001, 600);
  ASSERT_THAT(works, SizeIs(2));
  EXPECT_THAT(works[0].rows, SizeIs(600));
  EXPECT_THAT(works[1].rows, SizeIs(600));
}

TEST_F(CompletionTest, ARowSaysWhatTheExecutorSaid) {
  auto ended = clock.now() - 1h;
  callback(1, 100);
  advance(5ms);
  ASSERT_THAT(works, SizeIs(1));
  auto& row = works[0].rows[0];
  EXPECT_EQ(row.trigger, trigger_id{100});
  EXPECT_EQ(row.session, ann);
  EXPECT_EQ(row.state, trigger_state::failed);
  EXPECT_EQ(row.reason, state_reason::handler_error);
  EXPECT_EQ(row.message, "why");
  EXPECT_EQ(row.ended, ended);
  EXPECT_EQ(row.next, std::nullopt);
}

TEST_F(CompletionTest, IsAcknowledgedOnlyAfterTheCommit) {
  callback(7, 100);
  advance(1min);
  EXPECT_THAT(acks, IsEmpty());
  committed(0);
  EXPECT_THAT(acks, ElementsAre(7u));
  committed(0);
  EXPECT_THAT(acks, SizeIs(1)) << "an answer came twice";
}

TEST_F(CompletionTest, AtMostTwoBatchesAreWithTheLedger) {
  for (std::uint64_t i = 1; i <= 5; ++i) callback(i, static_cast<std::int64_t>(i) * 10'000, 1'000);
  EXPECT_THAT(works, SizeIs(2));
  EXPECT_EQ(stat("completion.waiting"), 3'000);
  committed(0);
  EXPECT_THAT(works, SizeIs(3));
  EXPECT_THAT(acks, ElementsAre(1u));
}

TEST_F(CompletionTest, AtMostTwoBatchesWaitForTheirSpecifications) {
  for (std::uint64_t i = 1; i <= 5; ++i)
    self->send(completion, link_callbacks{{ann, i,
                                           std::vector<outcome>(1'000,
                                                                [] {
                                                                  outcome o;
                                                                  o.job = {1};
                                                                  o.follows = true;
                                                                  return o;
                                                                }())},
                                          link});
  settle();
  EXPECT_THAT(asked_specs, SizeIs(2));
  EXPECT_THAT(works, SizeIs(2));
}

TEST_F(CompletionTest, AFixedDelayCountsFromThisAdminsClock) {
  callback(1, 100, 1, true);
  advance(5ms);
  ASSERT_THAT(works, SizeIs(1));
  EXPECT_EQ(works[0].rows[0].next, clock.now() + 30s) << "not from the end that the executor's clock says";
}

TEST_F(CompletionTest, SpecificationsAreReadOnlyWhereSomethingFollows) {
  callback(1, 100);
  advance(5ms);
  EXPECT_THAT(asked_specs, IsEmpty());
  callback(2, 200, 1, true);
  advance(5ms);
  ASSERT_THAT(asked_specs, SizeIs(1));
  ASSERT_THAT(asked_specs[0].keys, SizeIs(1));
  EXPECT_EQ(asked_specs[0].keys[0].job, job_id{1});
  EXPECT_EQ(asked_specs[0].keys[0].version, 1);
}

TEST_F(CompletionTest, AnEndWaitsUntilWhatFollowsItCanBeRead) {
  specs_answer = false;
  callback(1, 100, 1, true);
  advance(5ms);
  EXPECT_THAT(works, IsEmpty()) << "its retry would be lost";
  specs_answer = true;
  advance(200ms);
  ASSERT_THAT(works, SizeIs(1));
  EXPECT_TRUE(works[0].rows[0].next);
}

} // namespace
} // namespace xxl::admin::test
