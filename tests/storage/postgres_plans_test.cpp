// How PostgreSQL runs the hot statements: by index, in id order, whatever the statistics say (storage.md §3).

#include "storage/postgres_connection.hpp"
#include "storage/postgres_statements.hpp"
#include "tests/storage/postgres_fixture.hpp"

#include <algorithm>
#include <string>

namespace xxl::test {
namespace {

using namespace storage::postgres;

class PostgresPlans : public PostgresTest {
protected:
  /// The plan of a prepared statement on a connection with the ledger's settings, all parameters empty arrays but
  /// `scalars`.
  std::string plan(const statement& s, int parameters, const std::vector<int>& scalars) {
    connection c{url, {.application = "test", .server = sql::planner_settings(), .statements = {&s}}};
    c.open();
    std::string arguments;
    for (int i = 1; i <= parameters; ++i) {
      const bool scalar = std::find(scalars.begin(), scalars.end(), i) != scalars.end();
      arguments += (i == 1 ? "" : ", ") + std::string{scalar ? "1" : "'{}'"};
    }
    const auto r =
        c.query("EXPLAIN (COSTS OFF) EXECUTE " + std::string{s.name} + "(" + arguments + ")", on_loss::repeatable);
    std::string text;
    for (int row = 0; row < r.rows(); ++row) text += std::string{r.text(row, 0)} + '\n';
    return text;
  }

  static void expect_array_lookup(const std::string& plan, const std::string& scan, const std::string& condition) {
    EXPECT_EQ(plan.find("Seq Scan on job_fire"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("Seq Scan on trigger_open"), std::string::npos) << plan;
    const auto at = plan.find(scan);
    ASSERT_NE(at, std::string::npos) << plan;
    const auto next_line = plan.substr(plan.find('\n', at) + 1);
    EXPECT_EQ(next_line.substr(next_line.find_first_not_of(' ')).find("Index Cond: (" + condition), 0U) << plan;
  }
};

TEST_F(PostgresPlans, AClaimLooksUpItsJobsByTheArray) {
  const auto p = plan(sql::claim, 21, {1, 12});
  expect_array_lookup(p, "job_fire_pkey on job_fire j", "job_id = ANY (");
  EXPECT_EQ(p.find("job_fire_next"), std::string::npos) << p;
}

TEST_F(PostgresPlans, AClaimOfWaitingRowsLooksThemUpByTheArray) {
  const auto p = plan(sql::claim_waiting, 10, {1, 2});
  expect_array_lookup(p, "trigger_open_pkey on trigger_open o", "trigger_id = ANY (");
  EXPECT_EQ(p.find("trigger_open_due"), std::string::npos) << p;
}

TEST_F(PostgresPlans, ACompletionLooksUpItsTriggersByTheArray) {
  expect_array_lookup(plan(sql::complete, 22, {1, 22}), "trigger_open_pkey on trigger_open o", "trigger_id = ANY (");
}

TEST_F(PostgresPlans, HandBackReportAndLookUpUseTheArray) {
  expect_array_lookup(plan(sql::hand_back, 6, {1}), "trigger_open_pkey on trigger_open o", "trigger_id = ANY (");
  expect_array_lookup(plan(sql::report, 5, {}), "trigger_open_pkey on trigger_open o", "trigger_id = ANY (");
  expect_array_lookup(plan(sql::claimed_before, 3, {1}), "trigger_open_pkey on trigger_open o", "trigger_id = ANY (");
}

} // namespace
} // namespace xxl::test
