#include "actors/admin/dead_rows.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr epoch_id epoch{101};
constexpr session_id ann{11};
constexpr instant now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

storage::open_row row(std::int64_t trigger, std::int16_t attempt = 1) {
  storage::open_row r;
  r.trigger = {trigger};
  r.job = {1};
  r.version = 1;
  r.session = ann;
  r.fire = now - 5s;
  r.attempt = attempt;
  r.handed = 3;
  return r;
}

TEST(DeadRows, WithoutAJournalAllAreLost) {
  auto fates = settle(epoch, std::vector{row(7), row(8)}, std::nullopt, {}, now);
  EXPECT_THAT(fates.back.rows, IsEmpty());
  ASSERT_THAT(fates.ended.rows, SizeIs(2));
  EXPECT_EQ(fates.ended.epoch, epoch) << "a leader's verdict carries the fence";
  auto& verdict = fates.ended.rows[0];
  EXPECT_EQ(verdict.trigger, trigger_id{7});
  EXPECT_EQ(verdict.session, ann);
  EXPECT_EQ(verdict.state, trigger_state::lost);
  EXPECT_EQ(verdict.reason, state_reason::session_ended);
  EXPECT_EQ(verdict.ended, now);
  EXPECT_THAT(fates.ended.fires, ElementsAre(now - 5s, now - 5s));
}

TEST(DeadRows, WhatTheJournalDoesNotNameNeverStartedAndGoesBack) {
  auto fates = settle(epoch, std::vector{row(7), row(8)}, trigger_ids{{7}}, {}, now);
  ASSERT_THAT(fates.ended.rows, SizeIs(1));
  EXPECT_EQ(fates.ended.rows[0].trigger, trigger_id{7});
  ASSERT_THAT(fates.back.rows, SizeIs(1));
  auto& back = fates.back.rows[0];
  EXPECT_EQ(back.trigger, trigger_id{8});
  EXPECT_EQ(back.session, ann);
  EXPECT_EQ(back.due, now);
  EXPECT_EQ(back.handed, 3) << "the guard of a hand-back";
  EXPECT_EQ(fates.back.epoch, epoch);
}

TEST(DeadRows, AnEmptyJournalLosesNothing) {
  auto fates = settle(epoch, std::vector{row(7)}, trigger_ids{}, {}, now);
  EXPECT_THAT(fates.ended.rows, IsEmpty());
  EXPECT_THAT(fates.back.rows, SizeIs(1));
}

TEST(DeadRows, ALostRunIsRepeatedOnlyWhereTheJobSaysSo) {
  auto job = std::make_shared<armed_job>(*make_job(1));
  job->spec.retry.retries = 1;
  EXPECT_THAT(settle(epoch, std::vector{row(7)}, std::nullopt, {job}, now).ended.retries, IsEmpty());
  job->spec.retry.on_lost = true;
  EXPECT_THAT(settle(epoch, std::vector{row(7), row(8, 2)}, std::nullopt, {job}, now).ended.retries, ElementsAre(0))
      << "the second attempt of 8 was its last";
}

} // namespace
} // namespace xxl::admin::test
