#include "actors/admin/reconciler.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr session_id ann{11};

class ReconcilerTest : public SchedulerTest {
protected:
  std::vector<reconcile_request> requests;
  reconcile_report report;
  bool database_answers = true;
  std::vector<storage::dead_session> dead; ///< that have open rows
  std::vector<storage::open_row> open;     ///< theirs
  std::vector<session_id> asked;
  std::vector<complete_work> verdicts;
  std::vector<hand_back_work> back;
  std::vector<life_settled> settled;
  std::vector<set_next_work> nexts;
  std::vector<session_over> overs;
  std::vector<candidate_left> gone;
  std::vector<armed_job_ptr> specs{make_job(1, {.schedule = after_schedule{30s}})};

  ledger_actor ledger = play<ledger_actor>(
      [this](reconcile_request r) -> caf::result<reconcile_report> {
        requests.push_back(r);
        if (!database_answers) return make_error(errc::unavailable, "database: gone");
        auto answer = std::exchange(report, {});
        answer.dead = dead;
        return answer;
      },
      [this](open_rows_request r) {
        asked.push_back(r.session);
        return open;
      },
      keep(nexts), keep(verdicts), keep(back));
  spec_source_actor source = play<spec_source_actor>([this](const specs_request&) { return specs; });
  registry_actor registry = play<registry_actor>(keep(overs));
  reign_actor reign = play<reign_actor>(keep(gone));
  link_actor link = play<link_actor>(keep(settled));
  reconciler_actor reconciler = start();

  reconciler_actor start() {
    reconciler_config settings;
    settings.epoch = epoch;
    settings.ledger = ledger;
    settings.specs = source;
    settings.registry = registry;
    settings.reign = reign;
    settings.time = borrowed(clock);
    settings.stats = stats;
    return watch_over(spawn_reconciler(sys, std::move(settings)));
  }
  void dies(session_end how) {
    dead = {{ann, how}};
    open.clear();
    for (std::int64_t id : {7, 8}) {
      storage::open_row row;
      row.trigger = {id};
      row.session = ann;
      open.push_back(row);
    }
  }
  void journal(std::vector<trigger_id> started) {
    self->send(reconciler, life_ended{ann, std::move(started), link});
    settle();
  }
  std::vector<std::int64_t> lost() const {
    std::vector<std::int64_t> ids;
    for (auto& work : verdicts)
      for (auto& row : work.rows) ids.push_back(row.trigger.value);
    return ids;
  }
  std::vector<std::int64_t> handed_back() const {
    std::vector<std::int64_t> ids;
    for (auto& work : back)
      for (auto& row : work.rows) ids.push_back(row.trigger.value);
    return ids;
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

TEST_F(ReconcilerTest, AnEndWhoseAnswerDidNotComeIsToldOnceWithTheRowsThatAreLeft) {
  dies(session_end::lease_expired);
  advance(3s);
  ASSERT_THAT(overs, SizeIs(1));
  EXPECT_EQ(overs[0].session, ann);
  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_EQ(gone[0].session, ann);
}

TEST_F(ReconcilerTest, WithoutAJournalRowsAreLostAfterAWhile) {
  dies(session_end::lease_expired);
  advance(1s);
  clock.step(1h);
  advance(2s); // seen for 2 s by now
  EXPECT_THAT(lost(), IsEmpty()) << "results may be on their way";
  advance(1s);
  EXPECT_THAT(lost(), ElementsAre(7, 8));
  EXPECT_THAT(handed_back(), IsEmpty());
}

TEST_F(ReconcilerTest, ARestartedProcessHasAFullLeaseToBringItsJournal) {
  dies(session_end::restarted);
  advance(10s);
  EXPECT_THAT(lost(), IsEmpty());
  advance(1s);
  EXPECT_THAT(lost(), ElementsAre(7, 8));
}

TEST_F(ReconcilerTest, AJournalIsActedOnAtOnceAndSettledWhenNoRowIsLeft) {
  dies(session_end::restarted);
  journal({{7}, {99}});
  advance(0ms);
  EXPECT_THAT(lost(), ElementsAre(7));
  EXPECT_THAT(handed_back(), ElementsAre(8));
  EXPECT_THAT(settled, IsEmpty()) << "nothing is committed yet";
  dead.clear();
  advance(20ms);
  ASSERT_THAT(settled, SizeIs(1));
  EXPECT_EQ(settled[0].life, ann);
  advance(2s);
  EXPECT_THAT(settled, SizeIs(1));
}

TEST_F(ReconcilerTest, AJournalWithoutOpenRowsIsSettledByTheNextLook) {
  journal({});
  EXPECT_THAT(settled, IsEmpty());
  advance(0ms);
  EXPECT_THAT(settled, SizeIs(1));
}

TEST_F(ReconcilerTest, ALookThatBeganBeforeTheJournalSettlesNothing) {
  std::vector<caf::typed_response_promise<reconcile_report>> promises;
  auto slow = watch_over(sys.spawn([&promises](caf::event_based_actor* a) -> caf::behavior {
    return {[a, &promises](reconcile_request) {
              promises.push_back(a->make_response_promise<reconcile_report>());
              return promises.back();
            },
            [&promises](caf::ok_atom) { promises.back().deliver(reconcile_report{}); }};
  }));
  end(reconciler);
  ledger = caf::actor_cast<ledger_actor>(slow);
  reconciler = start();
  advance(1s); // the look is under way: the old life has not ended in what it sees
  ASSERT_THAT(promises, SizeIs(1));
  journal({{7}});
  self->send(slow, caf::ok_atom_v);
  settle();
  EXPECT_THAT(settled, IsEmpty());
  advance(20ms);
  ASSERT_THAT(promises, SizeIs(2));
  self->send(slow, caf::ok_atom_v);
  settle();
  EXPECT_THAT(settled, SizeIs(1));
}

TEST_F(ReconcilerTest, AfterAGoodbyeNothingHadStarted) {
  dies(session_end::stopped);
  advance(1s);
  EXPECT_THAT(lost(), IsEmpty());
  EXPECT_THAT(handed_back(), ElementsAre(7, 8));
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
