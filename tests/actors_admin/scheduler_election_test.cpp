#include "actors/admin/election.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ElectionTest : public SchedulerTest {
protected:
  std::shared_ptr<fake_lock> lock = std::make_shared<fake_lock>();
  clock_watch_ptr wall = std::make_shared<clock_watch>(clock);
  std::vector<elected> won;
  std::vector<deposed> lost;
  node_actor node = play<node_actor>(keep(won), keep(lost));
  election_actor election;

  void SetUp() override { leads->resign(epoch); }
  void start() {
    election_config settings;
    settings.lock = lock;
    settings.node = "admin-1";
    settings.leads = leads;
    settings.time = borrowed(clock);
    settings.stats = stats;
    settings.wall = wall;
    settings.listener = node;
    election = watch_over(spawn_election(sys, std::move(settings), false));
  }
  /// Time passes without anybody noticing: a frozen process, a slow answer.
  void freeze(caf::timespan d) { sched.clock().current_time += d; }
  std::ptrdiff_t count(const char* call) const { return std::count(lock->calls.begin(), lock->calls.end(), call); }
};

TEST_F(ElectionTest, WhoGetsTheLockLeadsWithANewEpoch) {
  start();
  ASSERT_THAT(won, SizeIs(1));
  EXPECT_EQ(won[0].epoch, epoch_id{101});
  EXPECT_TRUE(leads->holds({101}));
  EXPECT_THAT(lock->calls, ElementsAre("connect", "try_lock", "raise_epoch"));
  EXPECT_EQ(stat("election.leads"), 1);
  EXPECT_EQ(stat("election.epoch"), 101);
}

TEST_F(ElectionTest, AFollowerTriesEveryTwoHundredMillisecondsGiveOrTakeAQuarter) {
  lock->free = false;
  std::vector<instant> tries;
  lock->meanwhile = [&] { tries.push_back(clock.now()); };
  start();
  advance(20s);
  ASSERT_GE(tries.size(), 80u);
  std::set<std::int64_t> pauses;
  for (std::size_t i = 1; i < tries.size(); ++i) {
    EXPECT_GE(tries[i] - tries[i - 1], 150ms);
    EXPECT_LE(tries[i] - tries[i - 1], 250ms);
    pauses.insert((tries[i] - tries[i - 1]).count());
  }
  EXPECT_GT(pauses.size(), 10u) << "followers that try in step";
  EXPECT_THAT(won, IsEmpty());
}

TEST_F(ElectionTest, AFollowerLeadsWhenTheLockIsFree) {
  lock->free = false;
  start();
  advance(5s);
  lock->free = true;
  advance(250ms);
  EXPECT_THAT(won, SizeIs(1));
}

TEST_F(ElectionTest, TrustCountsFromBeforeTheLockWasAskedFor) {
  lock->meanwhile = [&] { freeze(700ms); };
  auto sent = clock.boot();
  start();
  freeze(sent + 1'999ms - clock.boot());
  EXPECT_TRUE(leads->holds({101}));
  freeze(1ms);
  EXPECT_FALSE(leads->holds({101}));
}

TEST_F(ElectionTest, ABeatExtendsTrustFromWhenItWasSent) {
  start();
  boot_time sent;
  lock->meanwhile = [&] {
    sent = clock.boot();
    freeze(700ms);
  };
  advance(500ms);
  ASSERT_EQ(count("heartbeat"), 1);
  sched.clock().current_time = decltype(sched.clock().current_time){sent.time_since_epoch()} + 1'999ms;
  EXPECT_TRUE(leads->holds({101}));
  freeze(1ms);
  EXPECT_FALSE(leads->holds({101}));
}

TEST_F(ElectionTest, ALeaderBeatsTwiceASecondAndKeepsItsEpoch) {
  start();
  advance(10s);
  EXPECT_EQ(count("heartbeat"), 20);
  EXPECT_TRUE(leads->holds({101}));
  EXPECT_THAT(won, SizeIs(1));
  EXPECT_THAT(lost, IsEmpty());
}

TEST_F(ElectionTest, AnUnansweredBeatDeposes) {
  start();
  lock->beats = false;
  lock->free = false;
  advance(500ms);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].epoch, epoch_id{101});
  EXPECT_FALSE(leads->holds({101}));
  EXPECT_EQ(lock->calls.back(), "close");
  EXPECT_EQ(stat("election.leads"), 0);
}

TEST_F(ElectionTest, TrustThatRanOutComesBackOnlyWithANewEpoch) {
  start();
  freeze(3s); // the process was stopped; its lock is as it was
  advance(0s);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].why, "its trust ran out");
  EXPECT_EQ(count("heartbeat"), 0) << "an answer would make it believe again";
  EXPECT_EQ(count("close"), 1);
  advance(250ms);
  ASSERT_THAT(won, SizeIs(2));
  EXPECT_EQ(won[1].epoch, epoch_id{102});
  EXPECT_FALSE(leads->holds({101}));
  EXPECT_TRUE(leads->holds({102}));
}

TEST_F(ElectionTest, ABeatThatTookAsLongAsTrustDeposes) {
  start();
  lock->meanwhile = [&] { freeze(2s); };
  advance(500ms);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].why, "its trust ran out");
}

TEST_F(ElectionTest, WhoWasDeposedByTheFenceClosesItsLock) {
  start();
  leads->resign({101}); // the ledger found another epoch in force
  advance(500ms);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(count("close"), 1);
}

TEST_F(ElectionTest, ALeaderThatLosesTheDatabaseIsDeposedAndTriesAgain) {
  start();
  lock->reachable = false;
  advance(5s);
  EXPECT_THAT(lost, SizeIs(1));
  lock->reachable = true;
  advance(250ms);
  ASSERT_THAT(won, SizeIs(2));
  EXPECT_EQ(won[1].epoch, epoch_id{102});
}

TEST_F(ElectionTest, ADatabaseThatComesUpLateIsWaitedFor) {
  lock->reachable = false;
  start();
  advance(10s);
  lock->reachable = true;
  advance(250ms);
  EXPECT_THAT(won, SizeIs(1));
}

TEST_F(ElectionTest, AnEndGivesTheLockBackAtOnce) {
  start();
  end(election);
  EXPECT_EQ(lock->calls.back(), "close");
  EXPECT_FALSE(leads->holds({101}));
}

TEST_F(ElectionTest, EveryNodeSaysTwiceASecondThatItLives) {
  lock->free = false;
  start();
  advance(10s);
  EXPECT_GE(lock->present.size(), 15u);
  EXPECT_LE(lock->present.size(), 20u);
  EXPECT_EQ(lock->present[0].node, "admin-1");
  EXPECT_EQ(lock->present[0].clock_offset, std::nullopt) << "not measured yet";
  EXPECT_EQ(lock->present[1].clock_offset, 0ms);
}

TEST_F(ElectionTest, ANodeWhoseClockIsAstrayDoesNotTryToLead) {
  lock->database_now = [this] { return clock.now() - 1'001ms; };
  start();
  advance(5s);
  EXPECT_THAT(won, IsEmpty());
  EXPECT_EQ(count("try_lock"), 0);
  lock->database_now = [this] { return clock.now() - 999ms; };
  advance(1s);
  EXPECT_THAT(won, SizeIs(1));
}

TEST_F(ElectionTest, ALeaderWhoseClockIsSetFarHandsOver) {
  lock->database_now = [this, offset = clock.now() - clock.now()]() { return clock.now() - offset; };
  start();
  ASSERT_THAT(won, SizeIs(1));
  auto right = clock.now() - instant{} - (clock.boot() - boot_time{});
  lock->database_now = [this, right] {
    return instant{} + std::chrono::duration_cast<std::chrono::milliseconds>(right + (clock.boot() - boot_time{}));
  };
  clock.step(1h);
  advance(600ms);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_THAT(lost[0].why, ::testing::HasSubstr("its clock is 3600000 ms off the database's"));
  EXPECT_EQ(count("hand_over"), 1);
  EXPECT_FALSE(leads->holds({101}));
  advance(5s);
  EXPECT_THAT(won, SizeIs(1)) << "it does not lead again until its clock is right";
}

} // namespace
} // namespace xxl::admin::test
