// Who leads, who lives, and what is remembered of takeovers, on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class cluster_conformance : public conformance {
protected:
  void say_present(const std::string& node, std::optional<milliseconds> offset = {}) {
    leadership->say_present({node, node + ":7788", "0.1.0", from_ms(1'000), offset});
  }
  /// As if the node had fallen silent that long ago.
  void silent_for(const std::string& node, int ms) {
    sql("UPDATE node SET seen_ms = seen_ms - " + std::to_string(ms) + " WHERE node = '" + node + "'");
  }
};

TEST_P(cluster_conformance, TheFirstLeaderTookOverFromNobody) {
  const auto view = catalog->cluster();
  EXPECT_EQ(view.leader, "node-1");
  EXPECT_EQ(view.epoch, epoch);
  EXPECT_FALSE(view.paused);
  ASSERT_THAT(view.takeovers, SizeIs(1));
  EXPECT_EQ(view.takeovers[0].cause, takeover_cause::first);
  EXPECT_EQ(view.takeovers[0].epoch, epoch);
  EXPECT_EQ(view.takeovers[0].before, "");
  EXPECT_EQ(view.takeovers[0].gap, std::nullopt);
}

TEST_P(cluster_conformance, ALeaderThatFellSilentWasLostAndTheGapCountsFromItsLastWord) {
  say_present("node-1");
  silent_for("node-1", 1'700);
  const auto next = leadership->raise_epoch("node-2", from_ms(2'000));
  const auto view = catalog->cluster();
  EXPECT_EQ(view.leader, "node-2");
  ASSERT_THAT(view.takeovers, SizeIs(2));
  EXPECT_EQ(view.takeovers[0].epoch, next);
  EXPECT_EQ(view.takeovers[0].node, "node-2");
  EXPECT_EQ(view.takeovers[0].before, "node-1");
  EXPECT_EQ(view.takeovers[0].cause, takeover_cause::lost);
  ASSERT_TRUE(view.takeovers[0].gap);
  EXPECT_GE(*view.takeovers[0].gap, milliseconds{1'700});
}

TEST_P(cluster_conformance, ALeaderThatGaveTheLockBackHandedOver) {
  say_present("node-1");
  silent_for("node-1", 60'000);
  leadership->hand_over(epoch);
  leadership->connect();
  ASSERT_TRUE(leadership->try_lock());
  leadership->raise_epoch("node-2", from_ms(2'000));
  const auto newest = catalog->cluster().takeovers.at(0);
  EXPECT_EQ(newest.cause, takeover_cause::handed_over);
  ASSERT_TRUE(newest.gap);
  EXPECT_LT(*newest.gap, milliseconds{60'000}) << "from the moment it gave the lock back";
}

TEST_P(cluster_conformance, NodesAreThoseSeenWithinADay) {
  say_present("node-1", milliseconds{-12});
  say_present("node-2");
  say_present("node-3");
  silent_for("node-3", 86'400'001);
  const auto view = catalog->cluster();
  ASSERT_THAT(view.nodes, SizeIs(2));
  EXPECT_EQ(view.nodes[0].node, "node-1");
  EXPECT_EQ(view.nodes[0].address, "node-1:7788");
  EXPECT_TRUE(view.nodes[0].leads);
  EXPECT_FALSE(view.nodes[1].leads);
  EXPECT_LE(view.nodes[0].seen, view.now);
  if (GetParam() == dialect::postgres) {
    EXPECT_EQ(view.nodes[0].clock_offset, milliseconds{-12});
    EXPECT_EQ(view.nodes[1].clock_offset, std::nullopt);
  }
}

TEST_P(cluster_conformance, TheLagIsThatOfTheEarliestFireNobodyClaimed) {
  EXPECT_EQ(catalog->cluster().lag, milliseconds{0});
  const auto now = catalog->cluster().now;
  make_job("late", now - milliseconds{3'000});
  make_job("later", now + std::chrono::hours{1});
  EXPECT_GE(catalog->cluster().lag, milliseconds{3'000});
}

XXL_ON_BOTH_DATABASES(cluster_conformance);

} // namespace
} // namespace xxl::storage
