// How PostgreSQL runs the hot statements: by index, in id order, whatever the statistics say (storage.md §3).

#include "storage/postgres_connection.hpp"
#include "storage/postgres_statements.hpp"
#include "storage/store.hpp"
#include "tests/storage/postgres_fixture.hpp"

#include <algorithm>
#include <chrono>
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

TEST_F(PostgresPlans, AnAuditReadsHistoryByItsKeyWhateverTheStatisticsSay) {
  const auto from = day_one, to = from + std::chrono::hours{1};
  const auto ms = [](instant t) { return std::to_string(to_ms(t)); };
  storage::open_store(url, "test")->open_catalog()->ensure_days(from, from);
  psql.rows("INSERT INTO trigger_history (trigger_id, job_id, fire_ms, epoch, ended_ms, version, origin, shard, shards,"
            " attempt, state, cause, reason) SELECT j * 1000 + n, j, " +
            ms(from) +
            " + n * 1000, 9, 0, 1, '', -1, 0, 1, 4, 1, 0 FROM generate_series(1, 20) j, generate_series(1, 999) n");
  {
    auto catalog = storage::open_store(url, "test")->open_catalog();
    audit_query q{{1}, {20}, from, to, {}, 1'000};
    EXPECT_EQ(catalog->audit_triggers(q).size(), 1'000U);
    q.after = audit_place{{7}, 0, from + std::chrono::seconds{500}, "", -1, 1, 1};
    EXPECT_EQ(catalog->audit_triggers(q).at(0).fire, from + std::chrono::seconds{501});
  }
  // A connection tells what it read when it ends.
  const auto read = [&](const std::string& from_what) {
    return psql.number("SELECT " + from_what + " WHERE relname LIKE 'trigger_history_%'");
  };
  const auto by_index = [&] { return read("sum(idx_tup_read) FROM pg_stat_user_indexes"); };
  for (int looks = 0; looks < 500 && by_index() < 1'500; ++looks) psql.rows("SELECT pg_sleep(0.02)");
  EXPECT_LT(by_index(), 2'100) << "of 19,980 rows: two pages, and no more";
  EXPECT_EQ(read("sum(seq_tup_read) FROM pg_stat_user_tables"), 0);
}

} // namespace
} // namespace xxl::test
