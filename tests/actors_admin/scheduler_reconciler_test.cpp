#include "actors/admin/reconciler.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::SizeIs;

constexpr session_id ann{11};

class ReconcilerTest : public SchedulerTest {
protected:
  std::vector<reconcile_request> requests;
  reconcile_report report;
  bool database_answers = true;
  std::vector<set_next_work> nexts;
  std::vector<session_over> overs;
  std::vector<candidate_left> gone;
  std::vector<armed_job_ptr> specs{make_job(1, {.schedule = after_schedule{30s}})};

  ledger_actor ledger = play<ledger_actor>(
      [this](reconcile_request r) -> caf::result<reconcile_report> {
        requests.push_back(r);
        if (!database_answers) return make_error(errc::unavailable, "database: gone");
        return std::exchange(report, {});
      },
      keep(nexts));
  spec_source_actor source = play<spec_source_actor>([this](const specs_request&) { return specs; });
  registry_actor registry = play<registry_actor>(keep(overs));
  reign_actor reign = play<reign_actor>(keep(gone));
  reconciler_actor reconciler = start();

  reconciler_actor start() {
    reconciler_config settings;
    settings.epoch = epoch;
    settings.ledger = ledger;
    settings.specs = source;
    settings.registry = registry;
    settings.reign = reign;
    settings.time = &clock;
    return watch_over(spawn_reconciler(sys, std::move(settings)));
  }
};

TEST_F(ReconcilerTest, LooksOnceASecondUnderItsEpoch) {
  advance(3s);
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(requests[0].epoch, epoch);
}

TEST_F(ReconcilerTest, ASessionWhoseLeaseRanOutIsTold) {
  report.ended = {ann};
  advance(1s);
  ASSERT_THAT(overs, SizeIs(1));
  EXPECT_EQ(overs[0].session, ann);
  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_EQ(gone[0].session, ann);
  EXPECT_FALSE(gone[0].link) << "whichever link it has";
}

TEST_F(ReconcilerTest, AMissedEndGetsItsNextFire) {
  report.awaiting = {{{1}, 1, clock.now() - 1min}, {{2}, 1, clock.now()}};
  advance(1s);
  ASSERT_THAT(nexts, SizeIs(1));
  ASSERT_THAT(nexts[0].rows, SizeIs(1)) << "a job without a readable specification stays as it is";
  EXPECT_EQ(nexts[0].rows[0].first.job, job_id{1});
  EXPECT_EQ(nexts[0].rows[0].second, clock.now() + 30s);
}

TEST_F(ReconcilerTest, GoesOnWhenTheDatabaseDoesNotAnswer) {
  database_answers = false;
  advance(2s);
  database_answers = true;
  report.ended = {ann};
  advance(1s);
  EXPECT_THAT(overs, SizeIs(1));
}

} // namespace
} // namespace xxl::admin::test
