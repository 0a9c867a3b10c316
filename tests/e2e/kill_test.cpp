// xxlctl kill and xxlctl cluster, with real processes: a kill reaches what runs, what waits, and what nobody has yet,
// and outlives the leader that was told of it.

#include "tests/e2e/harness/nodes.hpp"
#include "tests/support/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace xxl::e2e {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Runs until it is killed; says so in a file, should it ever end by itself.
constexpr auto jobs = R"yaml(version: 1
groups:
  - {name: orders}
jobs:
  - name: endless
    group: orders
    retries: 3
    retry_on: [failed, timed_out, lost]
    script: {language: shell, source: "echo running; sleep 600; echo survived"}
)yaml";

class Kill : public ::testing::Test {
protected:
  workspace place;
  test::postgres_server server{[] {
    test::postgres_server::options o;
    o.tcp = true;
    return o;
  }()};
  std::string url = server.tcp_url(server.fresh_database());
  admin_at one{free_port()}, other{free_port()};
  process first = start_admin(one), second = start_admin(other);
  process executor = start_node(place, {"--role=executor", "--group=orders", "--executor-name=host", "--data=host",
                                        "--admins=" + one.endpoint() + "," + other.endpoint()});

  void SetUp() override {
    one.wait_until_it_answers();
    other.wait_until_it_answers();
    one.ask({"apply", place.write("jobs.yaml", jobs).string()});
    one.wait_for_executors(1);
    other.wait_for_executors(1);
  }
  process start_admin(const admin_at& at) {
    auto port = std::to_string(at.port());
    return start_node(place, {"--role=admin", "--listen=" + at.endpoint(), "--database=" + url, "--data=admin-" + port,
                              "--node=admin-" + port});
  }
  process& program_of(const admin_at& at) { return at.port() == one.port() ? first : second; }
  static std::string trigger(const admin_at& at) {
    return std::to_string(at.json({"trigger", "endless"})["trigger"].get<std::int64_t>());
  }
  static std::vector<std::string> states(const admin_at& at) {
    std::vector<std::string> all;
    for (auto& t : at.json({"get", "triggers"})) all.push_back(t["state"]);
    return all;
  }
  static void wait_until_it_runs(const admin_at& at, const std::string& id) {
    ASSERT_TRUE(eventually([&] { return at.ctl({"logs", id}).output.find("running") != std::string::npos; }, patience));
  }
};

TEST_F(Kill, EndsWhatRunsAndWhatWaitsAndNothingFollows) {
  auto running = trigger(one);
  wait_until_it_runs(one, running);
  trigger(one); // waits in the executor's queue
  trigger(other);
  EXPECT_THAT(one.ask({"kill", "endless"}), HasSubstr("job orders/endless: "));
  ASSERT_TRUE(eventually([&] { return states(one) == std::vector<std::string>(3, "killed"); }, patience));
  auto log = one.ask({"logs", running});
  EXPECT_THAT(log, ::testing::Not(HasSubstr("survived")));
  EXPECT_THAT(one.ask({"kill", "trigger", running}), HasSubstr("has ended already: killed"));
  EXPECT_THAT(one.ask({"kill", "endless"}), HasSubstr("nothing is open"));
}

TEST_F(Kill, OfAWaitingTriggerNeedsNoExecutor) {
  one.ask({"pause", "endless"});
  auto held = trigger(one);
  EXPECT_EQ(other.ask({"kill", "trigger", held}), "trigger " + held + ": killed before it was sent\n");
  ASSERT_TRUE(eventually([&] { return states(one) == std::vector<std::string>{"killed"}; }, patience));
  one.ask({"resume", "endless"});
  EXPECT_THAT(states(one), ElementsAre("killed"));
}

TEST_F(Kill, OutlivesTheLeaderThatShouldHaveToldIt) {
  auto& leader = leader_of(one, other);
  auto& follower = leader.port() == one.port() ? other : one;
  auto running = trigger(leader);
  wait_until_it_runs(leader, running);
  program_of(leader).signal(SIGSTOP);
  follower.ask({"kill", "trigger", running});
  ASSERT_TRUE(eventually([&] { return states(follower) == std::vector<std::string>{"killed"}; }, patience));
  program_of(leader).signal(SIGCONT);
}

TEST_F(Kill, TheClusterTellsWhoLeadsAndHowItCameToThat) {
  auto& leader = leader_of(one, other);
  auto& follower = leader.port() == one.port() ? other : one;
  auto name = [](const admin_at& at) { return "admin-" + std::to_string(at.port()); };
  auto before = follower.json({"cluster"});
  EXPECT_EQ(before["leader"], name(leader));
  EXPECT_EQ(before["takeovers"][0]["cause"], "first");
  ASSERT_TRUE(eventually(
      [&] {
        auto nodes = follower.json({"cluster"})["nodes"];
        return nodes.size() == 2 && !nodes[0]["clock_offset"].is_null() && !nodes[1]["clock_offset"].is_null();
      },
      patience));
  auto measured = follower.json({"cluster"});
  for (auto& node : measured["nodes"])
    EXPECT_LT(std::abs(node["clock_offset"].get<int>()), 1'000) << "they run on one host";

  program_of(leader).kill9();
  ASSERT_TRUE(eventually([&] { return follower.leads(); }, patience));
  auto after = follower.json({"cluster"});
  EXPECT_EQ(after["leader"], name(follower));
  EXPECT_EQ(after["takeovers"][0]["cause"], "lost");
  EXPECT_EQ(after["takeovers"][0]["before"], name(leader));
  EXPECT_GT(after["epoch"].get<std::int64_t>(), before["epoch"].get<std::int64_t>());

  program_of(leader) = start_admin(leader);
  leader.wait_until_it_answers();
  program_of(follower).signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return leader.leads(); }, patience));
  EXPECT_EQ(leader.json({"cluster"})["takeovers"][0]["cause"], "handed over");
}

} // namespace
} // namespace xxl::e2e
