// Admins and executors as processes of their own, on PostgreSQL: what the README shows.

#include "tests/e2e/harness/ledger.hpp"
#include "tests/e2e/harness/nodes.hpp"
#include "tests/support/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace xxl::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto jobs = R"yaml(version: 1
groups:
  - {name: orders, title: Order service}
jobs:
  - {name: by-handler, group: orders, schedule: {every: 500ms}, handler: demo}
  - name: by-shell
    group: orders
    schedule: {every: 500ms}
    script: {language: shell, source: "echo out of a shell"}
  - name: by-python
    group: orders
    schedule: {after: 200ms}
    script: {language: python, source: "print('out of python')"}
)yaml";

class Cluster : public ::testing::Test {
protected:
  workspace place;
  test::postgres_server server{[] {
    test::postgres_server::options o;
    o.tcp = true;
    return o;
  }()};
  std::string url = server.tcp_url(server.fresh_database());
  admin_at one{free_port()}, other{free_port()};

  process start_admin(const admin_at& at, const words& more = {}) {
    auto port = std::to_string(at.port());
    words flags{"--role=admin", "--listen=" + at.endpoint(), "--database=" + url, "--data=admin-" + port,
                "--node=admin-" + port};
    flags.insert(flags.end(), more.begin(), more.end());
    return start_node(place, flags);
  }
  process start_executor(const std::string& name) {
    return start_node(place, {"--role=executor", "--group=orders", "--executor-name=" + name, "--data=" + name,
                              "--admins=" + one.endpoint() + "," + other.endpoint(), "--print-runs"});
  }
  std::string job_file() { return place.write("jobs.yaml", jobs).string(); }
};

TEST_F(Cluster, AnExecutorRunsJobsOfThreeKindsForAnAdmin) {
  auto admin = start_admin(one);
  one.wait_until_it_answers();
  auto executor = start_executor("orders-1");
  one.ask({"apply", job_file()});
  for (auto* kind : {"by-handler handler", "by-shell shell", "by-python python"})
    executor.wait_line(std::string{"^\\S+ orders/"} + kind + " succeeded lateness=\\d+");
  executor.signal(SIGTERM);
  EXPECT_EQ(executor.wait_exit().code, 0) << executor.errors();
  admin.signal(SIGTERM);
  EXPECT_EQ(admin.wait_exit().code, 0) << admin.errors();
  auto ledger = read_ledger(url);
  EXPECT_GE(ledger.in_state(4), 3u);
}

TEST_F(Cluster, AnExecutorThatStartsFirstConnectsWhenItsAdminComes) {
  auto executor = start_executor("orders-1");
  executor.wait_line("executor orders/orders-1");
  auto admin = start_admin(one);
  one.wait_until_it_answers();
  one.ask({"apply", job_file()});
  executor.wait_line("by-shell shell succeeded");
}

TEST_F(Cluster, OneOfTwoAdminsLeadsAndAnEditOnTheOtherCounts) {
  auto first = start_admin(one);
  one.wait_until_it_answers();
  auto second = start_admin(other);
  other.wait_until_it_answers();
  auto& leader = leader_of(one, other);
  auto& follower = &leader == &one ? other : one;
  EXPECT_FALSE(follower.leads());
  auto executor = start_executor("orders-1");
  follower.ask({"apply", job_file()});
  executor.wait_line("by-handler handler succeeded");
}

TEST_F(Cluster, RunsAreSpreadOverTwoExecutors) {
  auto admin = start_admin(one);
  one.wait_until_it_answers();
  auto left = start_executor("orders-1");
  auto right = start_executor("orders-2");
  one.ask({"apply", job_file()});
  left.wait_line("by-handler handler succeeded");
  right.wait_line("by-handler handler succeeded");
}

TEST_F(Cluster, ASecondExecutorOnTheSameDataIsRefusedWithThePidOfTheFirst) {
  auto admin = start_admin(one);
  one.wait_until_it_answers();
  auto first = start_executor("orders-1");
  first.wait_line("executor orders/orders-1");
  auto second = start_executor("orders-1");
  EXPECT_NE(second.wait_exit().code, 0);
  EXPECT_THAT(second.errors(), HasSubstr(std::to_string(first.pid())));
}

TEST_F(Cluster, AnExecutorThatIsToldToStopGoesWithoutAWarningOnEitherSide) {
  auto first = start_admin(one), second = start_admin(other);
  one.wait_until_it_answers();
  other.wait_until_it_answers();
  one.ask({"apply", job_file()});
  auto executor = start_executor("orders-1");
  one.wait_for_executors(1);
  other.wait_for_executors(1);
  executor.wait_line("by-handler handler succeeded");
  executor.signal(SIGTERM);
  EXPECT_EQ(executor.wait_exit().code, 0);
  EXPECT_THAT(executor.lines(" (warning|error) "), IsEmpty());
  one.wait_for_executors(0);
  other.wait_for_executors(0);
  EXPECT_THAT(first.lines(" (warning|error) "), IsEmpty());
  EXPECT_THAT(second.lines(" (warning|error) "), IsEmpty());
}

TEST_F(Cluster, AResultWhoseMessageIsNotTextIsTakenAllTheSame) {
  auto admin = start_admin(one);
  one.wait_until_it_answers();
  one.ask({"apply", place
                        .write("garble.yaml", R"yaml(version: 1
groups:
  - {name: orders, title: Order service}
jobs:
  - {name: garbled, group: orders, schedule: none, handler: garble}
)yaml")
                        .string()});
  process executor{
      {{program("e2e_recorder"), "orders", "orders-1", (place / "recorder").string(), one.endpoint()}, {}, "/"}};
  auto id = one.json({"trigger", "garbled"}).at("trigger").dump();
  nlohmann::json run;
  ASSERT_TRUE(eventually(
      [&] {
        run = one.json({"describe", "trigger", id});
        return run.at("state") == "failed";
      },
      patience))
      << run;
  EXPECT_EQ(run.at("message"), "caf\xEF\xBF\xBD  \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_F(Cluster, SighupAppliesTheJobFilesOnTheLeaderAlone) {
  auto file = "--jobs=" + place.write("jobs.yaml", jobs).string();
  std::map<const admin_at*, process> admins;
  for (auto* at : {&one, &other}) admins.emplace(at, start_admin(*at, {file}));
  one.wait_until_it_answers();
  other.wait_until_it_answers();
  auto& leader = leader_of(one, other);
  auto& follower = &leader == &one ? other : one;
  ASSERT_TRUE(eventually([&] { return leader.json({"get", "jobs"}).size() == 3; }, patience));
  place.write("jobs.yaml", std::string{jobs} + "  - {name: added, group: orders, schedule: none, handler: demo}\n");
  admins.at(&follower).signal(SIGHUP);
  admins.at(&follower).wait_line("SIGHUP: another admin leads");
  EXPECT_EQ(leader.json({"get", "jobs"}).size(), 3u);
  admins.at(&leader).signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return leader.json({"get", "jobs"}).size() == 4; }, patience));
}

TEST_F(Cluster, AnAdminWaitsForADatabaseThatIsNotUpYet) {
  server.stop();
  auto admin = start_admin(one);
  admin.wait_line("does not answer");
  server.start();
  one.wait_until_it_answers();
}

TEST_F(Cluster, ThePasswordOfTheDatabaseIsNeverShown) {
  auto secret = url;
  secret.insert(secret.find('@'), ":hunter2");
  auto admin =
      start_node(place, {"--role=admin", "--listen=" + one.endpoint(), "--database=" + secret, "--data=admin"});
  one.wait_until_it_answers();
  EXPECT_THAT(admin.output() + admin.errors(), Not(HasSubstr("hunter2")));
}

} // namespace
} // namespace xxl::e2e
