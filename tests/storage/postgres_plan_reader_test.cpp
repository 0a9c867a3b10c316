#include "storage/postgres_store.hpp"
#include "tests/storage/postgres_fixture.hpp"

#include <gmock/gmock.h>

#include <array>

namespace xxl::test {
namespace {

using namespace storage;
using testing::ElementsAre;
using testing::IsEmpty;

class PostgresPlanReader : public PostgresTest {
protected:
  PostgresPlanReader() { insert_jobs(psql, 5, day_one); }

  std::unique_ptr<plan_reader> reader = open_postgres_plan_reader(url, "n1");
  static constexpr std::size_t many = 5'000;

  std::vector<job_id> due(instant until, instant after, job_id after_job, std::size_t most) {
    std::vector<job_id> jobs;
    for (const auto& d : reader->due(until, after, after_job, most)) jobs.push_back(d.job);
    return jobs;
  }
  void insert_waiting(int id, int job, instant due_at, const std::string& more_columns = "",
                      const std::string& more = "") {
    psql.rows("INSERT INTO trigger_open (trigger_id, job_id, fire_ms, due_ms, epoch, version, state, cause" +
              more_columns + ") VALUES (" + std::to_string(id) + ", " + std::to_string(job) + ", " +
              std::to_string(id) + ", " + std::to_string(to_ms(due_at)) + ", 9, 1, 0, 3" + more + ")");
  }
  std::vector<trigger_id> waiting() {
    std::vector<trigger_id> ids;
    for (const auto& w : reader->waiting(day_one + second, instant{}, {}, many)) ids.push_back(w.trigger);
    return ids;
  }
};

TEST_F(PostgresPlanReader, WhatIsDueComesInOrderAndPageByPage) {
  psql.rows("UPDATE job_fire SET next_ms = next_ms - 1000, last_ms = 5 WHERE job_id = 4");
  psql.rows("UPDATE job_fire SET next_ms = NULL WHERE job_id = 3");
  const auto until = day_one + std::chrono::milliseconds{1};
  EXPECT_THAT(due(until, instant{}, {}, many), ElementsAre(job_id{4}, job_id{1}, job_id{2}, job_id{5}));
  EXPECT_THAT(due(until, instant{}, {}, 2), ElementsAre(job_id{4}, job_id{1}));
  EXPECT_THAT(due(until, day_one, {1}, 2), ElementsAre(job_id{2}, job_id{5}));
  EXPECT_THAT(due(day_one, instant{}, {}, many), ElementsAre(job_id{4}));
  const auto first = reader->due(until, instant{}, {}, 1).at(0);
  EXPECT_EQ(first.next, day_one - second);
  EXPECT_EQ(first.last, from_ms(5));
  EXPECT_EQ(first.version, 1);
}

TEST_F(PostgresPlanReader, APauseHoldsWaitingRowsUnlessTheyAreToBeKilledOrDiscarded) {
  insert_waiting(21, 1, day_one);
  insert_waiting(22, 2, day_one);
  insert_waiting(23, 3, day_one, ", kill_ms", ", 5");
  insert_waiting(24, 4, day_one);
  psql.rows("UPDATE job SET paused = true WHERE job_id IN (2, 3, 4)");
  psql.rows("UPDATE job SET deleted_ms = 5 WHERE job_id = 4");
  EXPECT_THAT(waiting(), ElementsAre(trigger_id{21}, trigger_id{23}, trigger_id{24}));
  psql.rows("UPDATE executor_group SET paused = true");
  EXPECT_THAT(waiting(), ElementsAre(trigger_id{23}, trigger_id{24}));
}

TEST_F(PostgresPlanReader, AVersionWithoutASpecHasTheOneBefore) {
  psql.rows("INSERT INTO job_version (job_id, version, from_ms, spec, enabled, paused, tzdb, who) VALUES "
            "(1, 1, 0, '{\"a\": 1}', true, false, '', ''), (1, 2, 0, NULL, true, true, '', ''), "
            "(1, 3, 0, '{\"a\": 3}', true, false, '', ''), (2, 1, 0, '{\"b\": 1}', true, false, '', '')");
  const std::array keys{spec_key{{2}, 1}, spec_key{{1}, 2}, spec_key{{1}, 4}, spec_key{{9}, 1}};
  auto specs = reader->specs(keys);
  std::ranges::sort(specs, {}, &stored_spec::job);
  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(specs[0].version, 2);
  EXPECT_EQ(specs[0].spec, "{\"a\": 1}");
  EXPECT_EQ(specs[0].group, group_id{1});
  EXPECT_EQ(specs[0].group_name, "orders");
  EXPECT_EQ(specs[1].spec, "{\"b\": 1}");
  EXPECT_THAT(reader->specs({}), IsEmpty());
}

} // namespace
} // namespace xxl::test
