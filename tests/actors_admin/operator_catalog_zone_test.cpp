// Newer zone data: the catalog plans anew what is not due yet.

#include "tests/actors_admin/operator_catalog_fixture.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const schedule_spec hourly = cron_schedule{"0 0 * * * ?", "Europe/Berlin"};

class ZoneData : public CatalogTest {
protected:
  bool changed = false;
  catalog_actor watching = spawn_catalog(
      sys, {db, borrowed(clock), wall, listener, counters, false, [this] { return std::exchange(changed, false); }});

  ZoneData() {
    self->send_exit(catalog, caf::exit_reason::user_shutdown); // it looks at the real zone data
    settle();
    catalog = watching;
    apply({group("orders")}, {job("in-berlin", hourly), job("each-minute")});
    planned = *db->jobs[0].next;
    heard->jobs.clear();
  }
  ~ZoneData() override { watching = nullptr; }

  /// As if the next fire had been planned by other clocks.
  void plan_otherwise() { db->jobs[0].next = planned + 17min; }
  instant planned{};
};

TEST_F(ZoneData, OfAnotherVersionMovesNextFires) {
  advance(61s); // the look at the start
  plan_otherwise();
  advance(120s);
  EXPECT_EQ(db->jobs[0].next, planned + 17min) << "nobody said that the zone data had changed";
  changed = true;
  advance(60s);
  EXPECT_EQ(db->jobs[0].next, planned);
  EXPECT_EQ(db->notes.back().what, "zone data");
  EXPECT_THAT(heard->jobs, ElementsAre(job_id{1}));
}

TEST_F(ZoneData, ThatCameWhileNoAdminWasThereIsFoundAtTheStart) {
  plan_otherwise();
  advance(59s);
  EXPECT_EQ(db->jobs[0].next, planned + 17min);
  advance(2s);
  EXPECT_EQ(db->jobs[0].next, planned);
}

TEST_F(ZoneData, ThatChangesNothingWritesNothing) {
  auto notes = db->notes.size();
  changed = true;
  advance(61s);
  EXPECT_EQ(db->notes.size(), notes);
  EXPECT_EQ(db->calls["edit_job"], 0);
  EXPECT_THAT(heard->jobs, IsEmpty());
}

TEST_F(ZoneData, WaitsForTheDatabase) {
  plan_otherwise();
  for (int i = 0; i < 20; ++i) db->faults.push_back({"list_jobs", storage::error_kind::unavailable});
  advance(61s);
  EXPECT_EQ(db->jobs[0].next, planned + 17min);
  advance(2s);
  EXPECT_EQ(db->jobs[0].next, planned);
}

TEST_F(ZoneData, GoesThroughAllJobsPageByPage) {
  std::vector<job_spec> many;
  for (int i = 0; i < 1'500; ++i) many.push_back(job("j" + std::to_string(i), hourly));
  for (std::size_t i = 0; i < many.size(); i += 500)
    apply({}, {many.begin() + static_cast<std::ptrdiff_t>(i), many.begin() + static_cast<std::ptrdiff_t>(i) + 500});
  for (auto& row : db->jobs)
    if (row.name != "each-minute") row.next = planned + 17min;
  advance(61s);
  for (auto& row : db->jobs) {
    if (row.name == "each-minute") continue;
    ASSERT_EQ(row.next, planned) << row.name;
  }
  EXPECT_EQ(db->calls["list_jobs"], 2);
}

} // namespace
} // namespace xxl::admin::test
