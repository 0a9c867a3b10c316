#include "actors/admin/read_ahead.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto every_second = R"({"handler":"noop","schedule":{"every":1000}})";

/// A plan in memory. A pass begins where its waiting rows are read.
struct slow_plan final : storage::plan_reader {
  explicit slow_plan(const xxl::clock& c, std::function<void(std::chrono::milliseconds)> s)
      : time{c}, stall{std::move(s)} {}
  const xxl::clock& time;
  std::function<void(std::chrono::milliseconds)> stall;
  std::chrono::milliseconds takes{0}; ///< each pass
  bool reachable = true;
  std::vector<boot_time> begun;
  std::vector<instant> until;
  std::vector<storage::due_job> jobs;
  std::vector<storage::marked_row> marks;

  void connect() override {
    if (!reachable) throw storage::error{storage::error_kind::unavailable, "", "connection refused"};
  }
  std::vector<storage::waiting_row> waiting(instant, instant, trigger_id, std::size_t) override {
    begun.push_back(time.boot());
    stall(takes);
    return {};
  }
  std::vector<storage::due_job> due(instant horizon, instant, job_id after, std::size_t most) override {
    until.push_back(horizon);
    std::vector<storage::due_job> page;
    for (auto& job : jobs)
      if (job.job > after && page.size() < most) page.push_back(job);
    return page;
  }
  std::vector<storage::marked_row> marked(trigger_id after, std::size_t most) override {
    std::vector<storage::marked_row> page;
    for (auto& row : marks)
      if (row.trigger > after && page.size() < most) page.push_back(row);
    return page;
  }
  std::vector<storage::stored_spec> specs(std::span<const storage::spec_key> keys) override {
    std::vector<storage::stored_spec> found;
    for (auto& key : keys) found.push_back({key.job, key.version, {1}, "group1", every_second});
    return found;
  }
};

class ReadAheadTest : public SchedulerTest {
protected:
  std::vector<std::size_t> pages; ///< fires of each
  std::size_t entries = 0;        ///< what the ring says it holds
  ring_actor ring = play<ring_actor>([this](const plan_page& page) {
    pages.push_back(page.fires.size());
    return page_taken{entries};
  });
  std::shared_ptr<slow_plan> plan =
      std::make_shared<slow_plan>(clock, [this](std::chrono::milliseconds d) { sched.clock().current_time += d; });
  std::vector<kills_told> kills;
  reign_actor reign = play<reign_actor>(keep(kills));
  clock_watch_ptr wall = std::make_shared<clock_watch>(clock);
  read_ahead_actor reader;

  void start() {
    read_ahead_config settings;
    settings.db = plan;
    settings.cache = std::make_shared<armed_cache>(*stats);
    settings.ring = ring;
    settings.reign = reign;
    settings.wall = wall;
    settings.time = borrowed(clock);
    settings.stats = stats;
    settings.page = 2;
    settings.ring_most = 100;
    reader = watch_over(spawn_read_ahead(sys, std::move(settings), false));
    advance(0ms);
  }
  void TearDown() override {
    reader = nullptr;
    SchedulerTest::TearDown();
  }
  void change() {
    self->send(reader, jobs_changed{});
    settle();
  }
  /// From one pass's begin to the next one's.
  std::vector<std::int64_t> pauses() const {
    std::vector<std::int64_t> all;
    for (std::size_t i = 1; i < plan->begun.size(); ++i)
      all.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(plan->begun[i] - plan->begun[i - 1]).count());
    return all;
  }
};

TEST_F(ReadAheadTest, LooksTwoSecondsAheadTwiceASecond) {
  auto began = clock.now();
  start();
  advance(1s);
  EXPECT_THAT(pauses(), ElementsAre(500, 500));
  EXPECT_THAT(plan->until, ElementsAre(began + 2s, began + 2'500ms, began + 3s));
}

TEST_F(ReadAheadTest, APassThatTookLongIsFollowedByAPauseTenTimesAsLong) {
  plan->takes = 200ms;
  start();
  advance(2'500ms);
  EXPECT_THAT(pauses(), ElementsAre(2'000));
}

TEST_F(ReadAheadTest, ADatabaseThatWasSlowOnceIsReadAgainWithinTheHorizon) {
  plan->takes = 9s;
  start();
  plan->takes = 0ms;
  advance(9s + 3s);
  ASSERT_THAT(plan->begun, SizeIs(::testing::Ge(2u)));
  EXPECT_EQ(pauses()[0], 9'000 + 2'000) << "not after 90 s";
}

TEST_F(ReadAheadTest, AChangeIsReadAtOnce) {
  start();
  advance(100ms);
  change();
  advance(0ms);
  advance(499ms);
  EXPECT_THAT(pauses(), ElementsAre(100));
}

TEST_F(ReadAheadTest, ManyChangesAreReadTogether) {
  start();
  for (auto passed = 0ms; passed < 100ms; passed += 1ms) {
    change();
    advance(1ms);
  }
  EXPECT_THAT(pauses(), ElementsAre(20, 20, 20, 20, 20));
}

TEST_F(ReadAheadTest, ChangesDoNotKeepTheDatabaseBusy) {
  plan->takes = 30ms;
  start();
  for (auto passed = 0ms; passed < 1s; passed += 10ms) {
    change();
    advance(10ms);
  }
  EXPECT_THAT(pauses(), ElementsAre(300, 300, 300));
}

TEST_F(ReadAheadTest, PagesFollowEachOtherUntilTheRingIsFull) {
  for (std::int64_t id = 1; id <= 5; ++id) plan->jobs.push_back({{id}, clock.now(), std::nullopt, 1});
  start();
  EXPECT_THAT(pages, ElementsAre(2, 2, 1));
  pages.clear();
  entries = 100;
  advance(500ms);
  EXPECT_THAT(pages, ElementsAre(2));
  EXPECT_EQ(stat("plan.ring_full"), 1);
}

TEST_F(ReadAheadTest, TriesAgainWhileTheDatabaseDoesNotAnswer) {
  plan->reachable = false;
  start();
  for (auto i = 0; i < 10; ++i) change(); // nobody hurries a database that is away
  advance(1s);
  EXPECT_THAT(pages, IsEmpty());
  plan->reachable = true;
  advance(200ms);
  EXPECT_THAT(pages, SizeIs(1));
}

TEST_F(ReadAheadTest, WhatIsMarkedForKillingIsToldWholeWithEachPass) {
  for (std::int64_t id = 1; id <= 5; ++id) plan->marks.push_back({{id}, {1}, 1, clock.now(), 1, {11}});
  start();
  ASSERT_THAT(kills, SizeIs(1));
  EXPECT_THAT(kills[0].rows, SizeIs(5)) << "three pages of two";
  advance(500ms);
  EXPECT_THAT(kills, SizeIs(2));
}

TEST_F(ReadAheadTest, NothingIsReadByAClockThatWasSetUntilItIsMeasured) {
  wall->measured(0ms);
  start();
  auto passes = plan->begun.size();
  clock.step(1h);
  advance(2s);
  EXPECT_EQ(plan->begun.size(), passes);
  wall->measured(3ms);
  advance(500ms);
  EXPECT_GT(plan->begun.size(), passes);
}

} // namespace
} // namespace xxl::admin::test
