#include "actors/admin/ledger.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

#include <numeric>

namespace xxl::admin::test {
namespace {

using storage::error_kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr session_id ann{11};

class LedgerTest : public SchedulerTest {
protected:
  std::shared_ptr<fake_ledger> db = std::make_shared<fake_ledger>();
  std::vector<batch_done> answers;
  std::vector<claimed_orders> orders;
  std::vector<jobs_changed> hints;
  router_actor router = play<router_actor>(keep(answers));
  link_actor link = play<link_actor>([this](claimed_orders& x) {
    orders.push_back(std::move(x));
    return std::uint64_t{1};
  });
  change_listener_actor listener = play<change_listener_actor>(keep(hints));
  ledger_actor ledger = start();

  ledger_actor start() {
    ledger_config settings;
    settings.db = db;
    settings.leads = leads;
    settings.time = borrowed(clock);
    settings.stats = stats;
    settings.listener = listener;
    settings.duty = "ledger";
    return watch_over(spawn_ledger(sys, std::move(settings), false));
  }
  template <class T> void tell(T message) {
    self->send(ledger, std::move(message));
    settle();
  }
  claim_work work_of(std::vector<std::int64_t> jobs) {
    claim_work work;
    work.epoch = epoch;
    work.group = {1};
    for (auto job : jobs) work.fires.push_back({make_due(make_job(job), clock.now() + 100ms), ann});
    work.links = {{ann, link}};
    work.router = router;
    return work;
  }
  void claim(std::vector<std::int64_t> jobs) { tell(work_of(std::move(jobs))); }
  /// A callback batch's completion, asked for by `self`.
  complete_work callback(std::uint64_t number, std::vector<std::int64_t> triggers) {
    complete_work work;
    work.number = number;
    for (auto id : triggers) {
      storage::completion c;
      c.trigger = {id};
      c.session = ann;
      c.state = trigger_state::succeeded;
      work.rows.push_back(c);
      work.fires.push_back(clock.now());
    }
    return work;
  }
  std::vector<std::string> asked(const std::string& call) const {
    std::vector<std::string> found;
    for (auto& c : db->calls)
      if (c.rfind(call, 0) == 0) found.push_back(c);
    return found;
  }
  std::vector<placement> placements() const {
    std::vector<placement> all;
    for (auto& a : answers)
      for (auto& f : a.fires) all.push_back(f.what);
    return all;
  }
};

TEST_F(LedgerTest, OrdersGoOutOnlyForClaimedIds) {
  db->edited = {{2}};
  claim({1, 2, 3});
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_EQ(orders[0].epoch, epoch);
  EXPECT_THAT(ids_of(orders[0].orders), ElementsAre(1, 3));
  EXPECT_THAT(placements(), ElementsAre(placement::taken, placement::not_taken, placement::taken));
}

TEST_F(LedgerTest, IdsComeFromBlocksOfAThousand) {
  std::vector<std::int64_t> jobs(1'000);
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i] = static_cast<std::int64_t>(i) + 1;
  claim(jobs);
  EXPECT_THAT(asked("take_ids"), SizeIs(1));
  claim({1});
  EXPECT_THAT(asked("take_ids"), SizeIs(2));
  ASSERT_THAT(orders, SizeIs(2));
  EXPECT_THAT(ids_of(orders[1].orders), ElementsAre(1'001));
}

TEST_F(LedgerTest, ClaimsThatCameWhileAStatementRanAreOne) {
  auto other = work_of({2});
  other.waiting.push_back({make_waiting(7, make_job(9), clock.now()), ann});
  self->send(ledger, work_of({1}));
  self->send(ledger, std::move(other));
  self->send(ledger, work_of({3}));
  settle();
  ASSERT_THAT(db->claims, SizeIs(1));
  EXPECT_THAT(db->claims[0].jobs, SizeIs(3));
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_THAT(ids_of(orders[0].orders), UnorderedElementsAre(1, 2, 3, 7));
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_THAT(placements(), ElementsAre(placement::taken, placement::taken, placement::taken));
}

TEST_F(LedgerTest, ClaimsThatWaitForTheDatabaseAreOneExceptTheOneThatWasTried) {
  db->faults.push_back({"claim", error_kind::unavailable, ""});
  for (std::int64_t job : {1, 2, 3}) claim({job});
  advance(50ms);
  ASSERT_THAT(db->claims, SizeIs(2));
  EXPECT_THAT(db->claims[0].jobs, SizeIs(1));
  EXPECT_THAT(db->claims[1].jobs, SizeIs(2));
}

TEST_F(LedgerTest, NoClaimGrowsOverItsLimit) {
  std::vector<std::int64_t> jobs(claim_chunk);
  std::iota(jobs.begin(), jobs.end(), 1);
  self->send(ledger, work_of({2'000}));
  self->send(ledger, work_of(jobs));
  settle();
  EXPECT_THAT(db->claims, SizeIs(2));
}

TEST_F(LedgerTest, ClaimsThatNameTwoLinksOfOneSessionStayApart) {
  auto reconnected = play<link_actor>([this](claimed_orders& x) {
    orders.push_back(std::move(x));
    return std::uint64_t{1};
  });
  auto other = work_of({2});
  other.links = {{ann, reconnected}};
  self->send(ledger, work_of({1}));
  self->send(ledger, std::move(other));
  settle();
  EXPECT_THAT(db->claims, SizeIs(2));
  EXPECT_THAT(orders, SizeIs(2));
}

TEST_F(LedgerTest, AClaimIsDoneBeforeWhatWasAskedForAfterIt) {
  self->send(ledger, work_of({1}));
  self->send(ledger, end_session_request{epoch, ann, session_end::restarted});
  self->send(ledger, work_of({2}));
  self->send(ledger, open_rows_request{ann});
  settle();
  std::vector<std::string> order;
  for (auto& call : db->calls)
    if (call == "claim" || call == "end_sessions" || call == "open_rows") order.push_back(call);
  EXPECT_THAT(order, ElementsAre("claim", "end_sessions", "claim", "open_rows"));
}

TEST_F(LedgerTest, WithoutTrustNothingIsClaimed) {
  leads->resign(epoch);
  claim({1});
  EXPECT_THAT(asked("claim"), IsEmpty());
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken));
}

TEST_F(LedgerTest, TrustIsAskedRightBeforeEachStatementOfAClaim) {
  std::string slow = "take_ids"; // as long as the trust lasts
  db->meanwhile = [&](const std::string& call) {
    if (call == slow) leads->resign(epoch);
  };
  claim({1});
  EXPECT_THAT(asked("claim"), IsEmpty());
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken));

  leads->begin(epoch, clock.boot() + 24h);
  slow = "claim";
  auto both = work_of({2});
  both.waiting.push_back({make_waiting(7, make_job(3), clock.now()), ann});
  tell(std::move(both));
  EXPECT_THAT(asked("claim"), ElementsAre("claim"));
  EXPECT_EQ(placements().back(), placement::taken) << "it is in the database; its link asks before it sends";
  EXPECT_EQ(answers.back().waiting.at(0).what, placement::not_taken);
}

TEST_F(LedgerTest, WorkWaitsForTheDatabaseAndIsDoneInOrder) {
  for (int i = 0; i < 3; ++i) db->faults.push_back({"claim", error_kind::unavailable, ""});
  claim({1});
  claim({2});
  tell(callback(1, {77}));
  EXPECT_THAT(asked("claim"), SizeIs(1)) << "a database that does not answer is asked by one batch only";
  advance(50ms); // and 100 ms, 200 ms
  EXPECT_THAT(asked("claim"), SizeIs(2));
  advance(99ms);
  EXPECT_THAT(asked("claim"), SizeIs(2));
  advance(201ms);
  ASSERT_THAT(db->claims, SizeIs(2));
  EXPECT_EQ(db->claims[0].jobs[0].job, job_id{1});
  EXPECT_EQ(db->claims[1].jobs[0].job, job_id{2});
  EXPECT_THAT(db->completions, SizeIs(1));
  EXPECT_EQ(db->calls.back(), "complete");
}

TEST_F(LedgerTest, ALostConnectionIsMadeAnew) {
  db->faults.push_back({"claim", error_kind::unavailable, ""});
  claim({1});
  EXPECT_THAT(asked("connect"), SizeIs(1));
  advance(50ms);
  EXPECT_THAT(asked("connect"), SizeIs(2));
  EXPECT_THAT(orders, SizeIs(1));
}

TEST_F(LedgerTest, TheBackoffEndsAtTwoSecondsAndStartsAnewAfterSuccess) {
  for (int i = 0; i < 9; ++i) db->faults.push_back({"claim", error_kind::retry, "53300"});
  claim({1});
  advance(50ms + 100ms + 200ms + 400ms + 800ms + 1'600ms); // then every 2 s
  EXPECT_THAT(asked("claim"), SizeIs(7));
  advance(4s);
  EXPECT_THAT(asked("claim"), SizeIs(9));
  advance(2s);
  EXPECT_THAT(orders, SizeIs(1));
  db->faults.push_back({"claim", error_kind::retry, "53300"});
  claim({2});
  advance(50ms);
  EXPECT_THAT(orders, SizeIs(2));
}

TEST_F(LedgerTest, AnUnknownClaimIsSettledUnderTheSameIds) {
  db->faults.push_back({"claim", error_kind::unknown_outcome, "57P01"});
  claim({1, 2});
  advance(50ms);
  EXPECT_THAT(asked("claim"), ElementsAre("claim", "claim (settle)"));
  EXPECT_THAT(asked("take_ids"), SizeIs(1));
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_THAT(ids_of(orders[0].orders), ElementsAre(1, 2));
}

TEST_F(LedgerTest, AnUnknownClaimIsSettledEvenWithoutTrust) {
  db->faults.push_back({"claim", error_kind::unknown_outcome, ""});
  claim({1});
  leads->resign(epoch);
  advance(50ms);
  EXPECT_THAT(asked("claim"), ElementsAre("claim", "claim (settle)"));
}

TEST_F(LedgerTest, OnlyTheUnknownHalfOfAClaimIsSettled) {
  auto work = work_of({1});
  work.waiting.push_back({make_waiting(7, make_job(9), clock.now()), ann});
  db->faults.push_back({"claim_waiting", error_kind::unknown_outcome, ""});
  tell(std::move(work));
  advance(50ms);
  EXPECT_THAT(asked("claim"), ElementsAre("claim", "claim_waiting", "claim_waiting (settle)"));
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_THAT(ids_of(orders[0].orders), UnorderedElementsAre(1, 7));
}

TEST_F(LedgerTest, ADeposedLeaderSendsNothingAndResigns) {
  db->fence = storage::fence::deposed;
  claim({1});
  EXPECT_THAT(orders, IsEmpty());
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken));
  EXPECT_FALSE(leads->holds(epoch));
}

TEST_F(LedgerTest, ADeposedClaimDoesNotGoOnToItsWaitingRows) {
  db->fence = storage::fence::deposed;
  auto work = work_of({1});
  work.waiting.push_back({make_waiting(7, make_job(9), clock.now()), ann});
  tell(std::move(work));
  EXPECT_THAT(asked("claim_waiting"), IsEmpty());
}

TEST_F(LedgerTest, AnOldEpochsEndDoesNotEndTheNextOne) {
  db->faults.push_back({"claim", error_kind::unknown_outcome, ""});
  claim({1});
  leads->begin(later_epoch, clock.boot() + 1h);
  db->fence = storage::fence::deposed;
  advance(50ms);
  EXPECT_TRUE(leads->holds(later_epoch));
}

TEST_F(LedgerTest, ALeaderThatOnlyEndsRowsLearnsThatItIsDeposed) {
  db->fence = storage::fence::deposed;
  auto verdict = callback(0, {7});
  verdict.epoch = epoch;
  tell(std::move(verdict));
  EXPECT_FALSE(leads->holds(epoch));
}

TEST_F(LedgerTest, ALeaderThatOnlyRenewsOrEndsSessionsLearnsThatItIsDeposed) {
  db->fence = storage::fence::deposed;
  tell(renew_request{epoch, {ann}});
  EXPECT_FALSE(leads->holds(epoch));
  leads->begin(later_epoch, clock.boot() + 1h);
  tell(end_session_request{later_epoch, ann, session_end::stopped});
  EXPECT_FALSE(leads->holds(later_epoch));
}

TEST_F(LedgerTest, APausedClusterClaimsNothingAndGoesOnLeading) {
  db->fence = storage::fence::paused;
  claim({1});
  EXPECT_THAT(orders, IsEmpty());
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken));
  EXPECT_TRUE(leads->holds(epoch));
}

TEST_F(LedgerTest, ALockedJobDoesNotStopTheOthers) {
  db->locked = {{2}};
  claim({1, 2, 3});
  EXPECT_THAT(asked("unlocked"), SizeIs(1));
  ASSERT_THAT(db->claims, SizeIs(1));
  EXPECT_THAT(db->claims[0].jobs, SizeIs(2));
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_THAT(ids_of(orders[0].orders), ElementsAre(1, 3));
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken, placement::taken, placement::taken));
  EXPECT_EQ(stat("ledger.locked"), 1);
}

TEST_F(LedgerTest, IfAllAreLockedNothingIsAskedFor) {
  db->locked = {{1}};
  claim({1});
  EXPECT_THAT(asked("claim"), SizeIs(1));
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken));
}

TEST_F(LedgerTest, ARefusedRowDoesNotForgetThoseThatWentThrough) {
  db->faults.push_back({"claim", error_kind::refused, "23514"}); // all others are claimed
  claim({1, 2});
  EXPECT_THAT(asked("claim"), ElementsAre("claim", "claim (settle)"));
  EXPECT_THAT(orders, SizeIs(1));
  EXPECT_EQ(stat("ledger.refused"), 1);
}

TEST_F(LedgerTest, RefusedForGoodThePartsAreToldAndTheNextOneGoesOn) {
  for (int i = 0; i < 2'000; ++i) db->faults.push_back({"claim", error_kind::refused, "23514"});
  claim({1});
  EXPECT_THAT(placements(), ElementsAre(placement::not_taken));
  db->faults.clear();
  claim({2});
  EXPECT_THAT(orders, SizeIs(1));
}

TEST_F(LedgerTest, AFatalErrorEndsIt) {
  db->faults.push_back({"connect", error_kind::fatal, "42501"});
  self->monitor(ledger);
  claim({1});
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(text_of(down->reason), "fault in connect");
}

TEST_F(LedgerTest, OrdersForALinkThatIsGoneGoBackAtOnce) {
  end(link);
  claim({1, 2});
  ASSERT_THAT(db->handed_back, SizeIs(2));
  EXPECT_EQ(db->handed_back[0].trigger, trigger_id{1});
  EXPECT_EQ(db->handed_back[0].session, ann);
  EXPECT_EQ(db->handed_back[0].reason, state_reason::not_started);
  EXPECT_EQ(db->handed_back[0].due, clock.now());
  EXPECT_THAT(hints, SizeIs(1)) << "the read-ahead looks at once";
}

TEST_F(LedgerTest, OrdersInTheMailboxOfADyingLinkGoBack) {
  auto dying = watch_over(sys.spawn([](caf::event_based_actor* a) -> caf::behavior {
    return {[a](const session_over&) { a->quit(make_error(errc::invalid_argument, "it broke the protocol")); },
            [](const claimed_orders&) { return std::uint64_t{1}; }};
  }));
  auto work = work_of({1});
  work.links = {{ann, caf::actor_cast<link_actor>(dying)}};
  self->send(dying, session_over{ann});
  self->send(ledger, std::move(work));
  ASSERT_TRUE(sched.prioritize(ledger));
  settle();
  EXPECT_THAT(db->handed_back, SizeIs(1));
}

TEST_F(LedgerTest, OrdersGoBackBeforeTheNextLinkReadsItsOpenRows) {
  end(link);
  self->send(ledger, work_of({1}));
  self->send(ledger, open_session_request{epoch, {}}); // the same session's next connection …
  settle();
  auto opened = std::find(db->calls.begin(), db->calls.end(), "open_session");
  auto handed = std::find(db->calls.begin(), db->calls.end(), "hand_back_rows");
  ASSERT_NE(handed, db->calls.end());
  ASSERT_NE(opened, db->calls.end());
  EXPECT_EQ(std::distance(opened, handed), 1) << "… which asks for them when it has that answer";
}

TEST_F(LedgerTest, ASlowLinkKeepsItsOrders) {
  auto silent = watch_over(sys.spawn([](caf::event_based_actor* a) -> caf::behavior {
    return {[a](const claimed_orders&) { return a->make_response_promise<std::uint64_t>(); }};
  }));
  auto work = work_of({1});
  work.links = {{ann, caf::actor_cast<link_actor>(silent)}};
  tell(std::move(work));
  advance(1min);
  EXPECT_THAT(db->handed_back, IsEmpty()) << "it may still send them, and two would run";
}

TEST_F(LedgerTest, ACallbackIsAnsweredAfterItsCommit) {
  db->faults.push_back({"complete", error_kind::unavailable, ""});
  self->send(ledger, callback(5, {77}));
  EXPECT_FALSE(next<complete_done>());
  advance(50ms);
  auto done = next<complete_done>();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->number, 5u);
  EXPECT_EQ(stat("ledger.completed"), 1);
}

TEST_F(LedgerTest, AnUnknownCompletionIsSettled) {
  db->faults.push_back({"complete", error_kind::unknown_outcome, ""});
  self->send(ledger, callback(5, {77}));
  advance(50ms);
  EXPECT_THAT(asked("complete"), ElementsAre("complete", "complete (settle)"));
  EXPECT_TRUE(next<complete_done>());
}

TEST_F(LedgerTest, RepeatedAndLateResultsAreCountedApartAndAnswered) {
  db->gone = {{77}, {78}, {79}, {80}};
  db->ended = {{{77}, trigger_state::succeeded}, {{79}, trigger_state::lost}, {{80}, trigger_state::killed}};
  self->send(ledger, callback(5, {76, 77, 78, 79, 80}));
  EXPECT_TRUE(next<complete_done>());
  EXPECT_EQ(stat("ledger.completed"), 1);
  EXPECT_EQ(stat("ledger.repeated"), 2) << "77, and 80, which a mark has decided";
  EXPECT_EQ(stat("ledger.late"), 2) << "78 has no row under that session, 79 was given up as lost";
}

TEST_F(LedgerTest, ARefusedResultIsAnsweredOnceTheOthersAreSettled) {
  db->faults.push_back({"complete", error_kind::refused, "22001"});
  self->send(ledger, callback(5, {77}));
  EXPECT_TRUE(next<complete_done>());
  EXPECT_THAT(asked("complete"), ElementsAre("complete", "complete (settle)"));
}

TEST_F(LedgerTest, AFixedDelayThatComesUpSoonIsReadAtOnce) {
  auto work = callback(5, {77});
  work.rows[0].next = clock.now() + 100ms;
  tell(work);
  EXPECT_THAT(hints, SizeIs(1));
  work.rows[0].next = clock.now() + 30s;
  tell(work);
  EXPECT_THAT(hints, SizeIs(1)) << "the next pass is early enough";
}

TEST_F(LedgerTest, QuestionsAreAnsweredAtOnceOrNotAtAll) {
  db->faults.push_back({"claim", error_kind::unavailable, ""});
  claim({1});
  auto answer = ask<std::vector<storage::open_row>>(ledger, open_rows_request{ann});
  ASSERT_FALSE(answer);
  EXPECT_EQ(code_of(answer.error()), errc::unavailable);
  EXPECT_THAT(asked("open_rows"), IsEmpty());
}

TEST_F(LedgerTest, OpenRowsAreReadToTheLastPage) {
  for (std::int64_t id = 1; id <= 5'001; ++id) {
    storage::open_row row;
    row.trigger = {id};
    row.session = ann;
    db->open.push_back(row);
  }
  auto rows = ask<std::vector<storage::open_row>>(ledger, open_rows_request{ann});
  ASSERT_TRUE(rows);
  EXPECT_THAT(*rows, SizeIs(5'001));
}

TEST_F(LedgerTest, ATakeoverUnderAnOldEpochIsNone) {
  db->fence = storage::fence::deposed;
  auto live = ask<std::vector<session_id>>(ledger, lead_atom_v, epoch);
  ASSERT_FALSE(live);
  EXPECT_EQ(code_of(live.error()), errc::not_leader);
  EXPECT_FALSE(leads->holds(epoch));
}

TEST_F(LedgerTest, DeadSessionsWithOpenRowsAreReported) {
  db->dead = {{ann, session_end::restarted}};
  auto report = ask<reconcile_report>(ledger, reconcile_request{epoch});
  ASSERT_TRUE(report);
  EXPECT_THAT(report->dead, ElementsAre(storage::dead_session{ann, session_end::restarted}));
}

TEST_F(LedgerTest, ARetryGetsAnIdOnceAndIsDueNow) {
  complete_work work;
  work.rows.resize(2);
  work.rows[0].trigger = {7};
  work.rows[1].trigger = {8};
  work.fires.resize(2);
  work.retries = {1};
  db->faults.push_back({"complete", error_kind::unknown_outcome, ""});
  db->faults.push_back({"complete", error_kind::unavailable, ""});
  tell(std::move(work));
  advance(1s);
  ASSERT_THAT(db->completions, SizeIs(1));
  auto& rows = db->completions[0].rows;
  EXPECT_FALSE(rows[0].retry);
  EXPECT_TRUE(rows[1].retry);
  EXPECT_EQ(rows[1].retry_due, clock.now() - 1s) << "from the first try on, not from the one that went through";
  EXPECT_EQ(std::count(db->calls.begin(), db->calls.end(), "take_ids"), 1);
}

TEST_F(LedgerTest, LeasesGoByTheDatabasesClock) {
  db->wall = clock.now() + 1h;
  ask<std::vector<session_id>>(ledger, lead_atom_v, epoch);
  ask<storage::session_opened>(ledger, open_session_request{epoch, {}});
  tell(renew_request{epoch, {ann}});
  ask<reconcile_report>(ledger, reconcile_request{epoch});
  ASSERT_THAT(db->opened, SizeIs(1));
  EXPECT_EQ(db->opened[0].now, db->wall);
  EXPECT_EQ(db->opened[0].lease_until, db->wall + 10s);
  EXPECT_THAT(db->leases_until, ElementsAre(db->wall + 10s, db->wall + 10s)) << "takeover and renewal";
  EXPECT_THAT(db->looked_at, ElementsAre(db->wall));
}

TEST_F(LedgerTest, ASessionThatBeatWhileTheDatabaseWasDownIsRenewedBeforeAnyIsEnded) {
  db->wall = clock.now();
  db->faults.push_back({"claim", error_kind::unavailable, ""});
  claim({1});
  tell(renew_request{epoch, {ann}});
  EXPECT_THAT(db->renewed, IsEmpty());
  advance(4s);
  ask<reconcile_report>(ledger, reconcile_request{epoch});
  EXPECT_THAT(db->renewed, ElementsAre(ann));
  EXPECT_THAT(db->leases_until, ElementsAre(db->wall + 6s)) << "a lease from its beat on, not from now";
  advance(6s);
  ask<reconcile_report>(ledger, reconcile_request{epoch});
  EXPECT_THAT(db->renewed, ElementsAre(ann)) << "its last beat is a lease ago";
}

TEST_F(LedgerTest, WithoutTrustNoSessionIsEnded) {
  db->lease_over = {ann};
  leads->resign(epoch);
  auto report = ask<reconcile_report>(ledger, reconcile_request{epoch});
  ASSERT_TRUE(report);
  EXPECT_THAT(report->ended, IsEmpty());
  EXPECT_THAT(db->ended_sessions, IsEmpty());
}

TEST_F(LedgerTest, AFailedRenewalIsNotPiledUp) {
  db->faults.push_back({"claim", error_kind::unavailable, ""});
  claim({1});
  for (int i = 0; i < 100; ++i) tell(renew_request{epoch, {ann}});
  advance(50ms);
  EXPECT_THAT(db->renewed, IsEmpty());
  tell(renew_request{epoch, {ann}});
  EXPECT_THAT(db->renewed, ElementsAre(ann));
}

} // namespace
} // namespace xxl::admin::test
