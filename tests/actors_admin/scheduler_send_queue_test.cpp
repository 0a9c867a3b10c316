#include "actors/admin/send_queue.hpp"
#include "protocol/wire_size.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr instant noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h};
constexpr std::size_t much_credit = 1'000'000;

std::vector<order> many(std::int64_t n, instant planned) {
  std::vector<order> orders;
  for (std::int64_t i = 1; i <= n; ++i) orders.push_back(make_order(i, planned));
  return orders;
}

TEST(SendQueue, EachOrderLeavesAtItsOwnTime) {
  send_queue q;
  q.put({make_order(1, noon + 2ms), make_order(2, noon), make_order(3, noon + 1ms)});
  EXPECT_THAT(q.take(noon - 1ms, much_credit), IsEmpty());
  EXPECT_THAT(ids_of(q.take(noon + 1ms, much_credit)), ElementsAre(2, 3));
  EXPECT_EQ(q.next(), noon + 2ms);
  EXPECT_EQ(q.size(), 1u);
}

TEST(SendQueue, NothingLeavesWithoutCredit) {
  send_queue q;
  q.put(many(5, noon));
  EXPECT_THAT(q.take(noon, 0), IsEmpty());
  EXPECT_THAT(ids_of(q.take(noon, 2)), ElementsAre(1, 2));
  EXPECT_THAT(ids_of(q.take(noon, 9)), ElementsAre(3, 4, 5));
}

TEST(SendQueue, OneMessageHasAtMostTheItemsOfABatch) {
  send_queue q;
  q.put(many(1'001, noon));
  EXPECT_THAT(q.take(noon, much_credit), SizeIs(1'000));
  EXPECT_THAT(ids_of(q.take(noon, much_credit)), ElementsAre(1'001));
}

TEST(SendQueue, OneMessageHasAtMostTheBytesOfABatch) {
  auto heavy = many(300, noon);
  for (auto& o : heavy) o.params.assign(limits::params_bytes, 'x');
  auto each = wire_size(heavy.front());
  send_queue q;
  q.put(std::move(heavy));
  auto first = q.take(noon, much_credit);
  EXPECT_EQ(first.size(), limits::batch_bytes / each);
  EXPECT_EQ(q.size(), 300 - first.size());
  EXPECT_THAT(ids_of(q.take(noon, 1)), ElementsAre(static_cast<std::int64_t>(first.size()) + 1)) << "order was lost";
}

TEST(SendQueue, AnOrderAboveTheBytesOfABatchGoesAlone) {
  auto orders = many(2, noon);
  orders[0].params.assign(limits::batch_bytes + 1, 'x');
  send_queue q;
  q.put(std::move(orders));
  EXPECT_THAT(ids_of(q.take(noon, much_credit)), ElementsAre(1));
  EXPECT_THAT(ids_of(q.take(noon, much_credit)), ElementsAre(2));
}

TEST(SendQueue, AnIdIsQueuedOnce) {
  send_queue q;
  q.put({make_order(1, noon)});
  q.put({make_order(1, noon + 1ms)});
  EXPECT_EQ(q.size(), 1u);
  EXPECT_TRUE(q.contains({1}));
  EXPECT_THAT(q.take(noon + 1s, much_credit), SizeIs(1));
  EXPECT_FALSE(q.contains({1}));
}

TEST(SendQueue, DrainGivesEverythingAndForgetsIt) {
  send_queue q;
  q.put({make_order(2, noon + 1h), make_order(1, noon)});
  EXPECT_THAT(ids_of(q.drain()), ElementsAre(1, 2));
  EXPECT_EQ(q.size(), 0u);
  EXPECT_EQ(q.next(), std::nullopt);
  EXPECT_FALSE(q.contains({1}));
  q.put({make_order(1, noon)}); // handed back and claimed anew
  EXPECT_EQ(q.size(), 1u);
}

} // namespace
} // namespace xxl::admin::test
