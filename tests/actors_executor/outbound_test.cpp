#include "actors/executor/outbound.hpp"
#include "protocol/limits.hpp"
#include "protocol/validate.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <gmock/gmock.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using test::make_order;
using test::our_session;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr epoch_id epoch{3};

std::vector<trigger_id> ids(std::int64_t n) {
  std::vector<trigger_id> all;
  for (std::int64_t id = 1; id <= n; ++id) all.push_back({id});
  return all;
}

runs_given_back given_back(std::int64_t n, session_id session = our_session) {
  runs_given_back back{state_reason::queue_full, {}};
  back.runs.reserve(static_cast<std::size_t>(n));
  for (std::int64_t id = 1; id <= n; ++id)
    back.runs.push_back(std::make_shared<run>(make_order(id), session, epoch, 1, boot_time{1h}));
  return back;
}

/// How many orders each batch has.
std::vector<std::size_t> sizes(const std::vector<return_batch>& batches) {
  std::vector<std::size_t> all;
  all.reserve(batches.size());
  for (auto& b : batches) all.push_back(b.orders.size());
  return all;
}

order_batch orders(std::int64_t n) {
  order_batch batch{epoch, our_session, {}};
  batch.orders.reserve(static_cast<std::size_t>(n));
  for (std::int64_t id = 1; id <= n; ++id) batch.orders.push_back(make_order(id));
  return batch;
}

TEST(Inventory, OfNothingIsOneLastPiece) {
  auto pieces = inventory_pieces(our_session, epoch, {});
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_THAT(pieces[0].held, IsEmpty());
  EXPECT_TRUE(pieces[0].last);
}

TEST(LifeReport, OfALifeThatStartedNothingIsOneLastPiece) {
  auto pieces = life_reports(our_session, epoch, {9}, {});
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_TRUE(pieces[0].last);
  EXPECT_EQ(pieces[0].life, session_id{9});
}

TEST(LifeReport, EndsWithItsLastPiece) {
  auto pieces = life_reports(our_session, epoch, {9}, ids(10'001));
  ASSERT_EQ(pieces.size(), 3u);
  for (auto& p : pieces) {
    EXPECT_EQ(invalid(p), std::nullopt);
    EXPECT_EQ(p.last, &p == &pieces.back());
  }
}

TEST(Inventory, EndsWithItsLastPiece) {
  auto all = ids(10'001);
  auto pieces = inventory_pieces(our_session, epoch, all);
  ASSERT_EQ(pieces.size(), 3u);
  std::vector<trigger_id> told;
  for (auto& p : pieces) {
    EXPECT_EQ(invalid(p), std::nullopt);
    EXPECT_EQ(p.last, &p == &pieces.back());
    told.insert(told.end(), p.held.begin(), p.held.end());
  }
  EXPECT_EQ(told, all);
}

TEST(Inventory, ThatFillsItsPiecesHasNoEmptyOne) {
  auto pieces = inventory_pieces(our_session, epoch, ids(5'000));
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_TRUE(pieces[0].last);
}

TEST(Progress, IsToldInBatchesOfAThousand) {
  std::vector<progress> open(1'500, {{1}, trigger_state::running, test::a_fire});
  auto batches = progress_batches(our_session, open);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0].triggers.size(), 1'000u);
  EXPECT_EQ(batches[1].triggers.size(), 500u);
  EXPECT_THAT(progress_batches(our_session, {}), IsEmpty());
}

TEST(Returns, AreCutAtAThousand) {
  auto batches = returns_of(given_back(1'500));
  EXPECT_THAT(sizes(batches), ElementsAre(1'000u, 500u));
  for (auto& b : batches) EXPECT_EQ(invalid(b), std::nullopt);
  EXPECT_EQ(batches[1].orders[0].trigger, trigger_id{1'001});
  EXPECT_EQ(batches[1].orders[0].reason, state_reason::queue_full);
}

TEST(Returns, OfTwoLivesNeverShareABatch) {
  auto back = given_back(2, {1});
  for (auto& r : given_back(1, {2}).runs) back.runs.push_back(r);
  auto batches = returns_of(back);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0].session, session_id{1});
  EXPECT_EQ(batches[1].session, session_id{2});
  EXPECT_THAT(sizes(batches), ElementsAre(2u, 1u));
}

TEST(Refusals, OfABatchAboveTheLimitComeInPieces) {
  EXPECT_THAT(sizes(refusals_of(orders(1'001), state_reason::refused)), ElementsAre(1'000u, 1u));
}

TEST(Refusals, LeaveOutWhatCannotBeNamed) {
  auto batch = orders(3);
  batch.orders[1].trigger = {0};
  auto batches = refusals_of(batch, state_reason::refused);
  ASSERT_THAT(sizes(batches), ElementsAre(2u));
  EXPECT_EQ(batches[0].orders[1].trigger, trigger_id{3});
  batch.session = {0};
  EXPECT_THAT(refusals_of(batch, state_reason::refused), IsEmpty()) << "no admin would take such a message";
}

} // namespace
} // namespace xxl::executor
