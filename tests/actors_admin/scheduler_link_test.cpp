#include "protocol/limits.hpp"
#include "tests/actors_admin/scheduler_link_fixture.hpp"

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- registration and beats

TEST_F(LinkTest, AHelloIsWelcomedWithTheTermsOfTheLease) {
  auto welcome = ask<executor_welcome>(link, register_atom_v, hello());
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->admin, "admin-1");
  EXPECT_EQ(welcome->beat, 1s);
  EXPECT_EQ(welcome->lease, 10s);
}

TEST_F(LinkTest, AHelloThatIsNoneIsRefused) {
  auto bad = hello();
  bad.session = {};
  EXPECT_EQ(code(ask<executor_welcome>(link, register_atom_v, bad)), errc::invalid_argument);
}

TEST_F(LinkTest, WhatTheRegistryRefusesIsTold) {
  registry_says = make_error(errc::not_found, "group orders does not exist");
  auto answer = ask<executor_welcome>(link, register_atom_v, hello());
  EXPECT_EQ(code(answer), errc::not_found);
  EXPECT_EQ(text_of(answer.error()), "group orders does not exist");
}

TEST_F(LinkTest, AConnectionRegistersOnce) {
  enlist();
  auto second = hello();
  second.session = {12};
  EXPECT_EQ(code(ask<executor_welcome>(link, register_atom_v, second)), errc::invalid_argument);
}

TEST_F(LinkTest, OnlyALeaderRenewsALease) {
  enlist();
  auto answer = ask<beat_answer>(link, beat_atom_v, ann, std::uint64_t{3});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sequence, 3u);
  EXPECT_FALSE(answer->leads);
  EXPECT_THAT(beats, IsEmpty());
  begin();
  answer = ask<beat_answer>(link, beat_atom_v, ann, std::uint64_t{4});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->leads);
  EXPECT_EQ(answer->epoch, epoch);
  EXPECT_THAT(beats, SizeIs(1));
}

TEST_F(LinkTest, ALeaderWithoutTrustRenewsNothing) {
  ready();
  leads->resign(epoch);
  auto answer = ask<beat_answer>(link, beat_atom_v, ann, std::uint64_t{4});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->leads);
  EXPECT_THAT(beats, IsEmpty());
}

TEST_F(LinkTest, ABeatOfAnotherSessionIsAnsweredEnded) {
  enlist();
  EXPECT_EQ(code(ask<beat_answer>(link, beat_atom_v, session_id{99}, std::uint64_t{1})), errc::session_ended);
}

// ---- takeover

TEST_F(LinkTest, ATakeoverReadsTheRowsOnlyAfterTheInventory) {
  enlist();
  begin();
  EXPECT_THAT(steps, ElementsAre("open", "lead"));
  holds({{1}}, false);
  EXPECT_THAT(steps, SizeIs(2)) << "it was not the last piece";
  holds({{2}});
  EXPECT_THAT(steps, ElementsAre("open", "lead", "open rows", "candidate"));
  EXPECT_THAT(leads_told, ElementsAre(epoch));
  ASSERT_THAT(joined, SizeIs(1));
  EXPECT_EQ(joined[0].group, group);
  EXPECT_EQ(joined[0].session, ann);
  EXPECT_EQ(joined[0].name, "ann");
  EXPECT_EQ(joined[0].link, link);
}

TEST_F(LinkTest, ASessionIsOpenedWithWhatTheExecutorSaid) {
  enlist();
  begin();
  ASSERT_THAT(openings, SizeIs(1));
  EXPECT_EQ(openings[0].epoch, epoch);
  auto& s = openings[0].session;
  EXPECT_EQ(s.session, ann);
  EXPECT_EQ(s.group, group);
  EXPECT_EQ(s.name, "ann");
  EXPECT_EQ(s.address, "host-1:4711");
  EXPECT_EQ(s.version, "0.1.0");
  EXPECT_EQ(s.labels, R"({"zone":"a"})");
}

TEST_F(LinkTest, OnlyWhatTheInventoryLacksIsSentAgain) {
  specs = {make_job(1)};
  open = {row(5), row(6), row(7)};
  open[2].kill = true;
  open[0].handed = 2;
  enlist();
  tell(credit_atom_v, std::uint32_t{10});
  begin();
  holds({{6}});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5)));
  EXPECT_EQ(batches[0].orders[0].handed, 2);
  EXPECT_EQ(batches[0].epoch, epoch);
  EXPECT_EQ(batches[0].session, ann);
  EXPECT_EQ(stat("link.sent_again"), 1);
}

TEST_F(LinkTest, AnInventoryOfAnotherEpochDoesNotCount) {
  enlist();
  begin();
  holds({}, true, later_epoch);
  EXPECT_THAT(joined, IsEmpty());
}

TEST_F(LinkTest, ASessionThatCannotBeOpenedYetIsTriedAgain) {
  database_answers = false;
  enlist();
  begin();
  advance(499ms);
  EXPECT_THAT(openings, SizeIs(1));
  database_answers = true;
  advance(1ms);
  EXPECT_THAT(openings, SizeIs(2));
  EXPECT_THAT(leads_told, ElementsAre(epoch));
}

TEST_F(LinkTest, AFencedOpeningDeposes) {
  opening = {false, {}, false, false, {}};
  enlist();
  begin();
  EXPECT_FALSE(leads->holds(epoch));
  EXPECT_THAT(leads_told, IsEmpty());
}

TEST_F(LinkTest, ASessionThatHasEndedNeverComesBack) {
  opening = {true, {}, false, true, {}};
  enlist();
  begin();
  EXPECT_THAT(leads_told, IsEmpty());
  EXPECT_EQ(code(ask<beat_answer>(link, beat_atom_v, ann, std::uint64_t{1})), errc::session_ended);
}

TEST_F(LinkTest, WhatADiskRefusedIsTriedAgainASecondLater) {
  ready();
  tell(return_atom_v,
       return_batch{ann, epoch, {{{5}, 0, state_reason::journal_failed}, {{6}, 0, state_reason::not_started}}});
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_EQ(back[0].rows[0].due, clock.now() + 1s);
  EXPECT_EQ(back[0].rows[1].due, clock.now());
}

TEST_F(LinkTest, ANewReignBeginsAnewWithTheInventory) {
  ready();
  claimed({make_order(5, clock.now() + 1h)});
  leads->begin(later_epoch, clock.boot() + 1h);
  begin(later_epoch);
  holds({}, true, epoch); // a late piece
  EXPECT_THAT(joined, SizeIs(1));
  holds({}, true, later_epoch);
  EXPECT_THAT(joined, SizeIs(2));
  EXPECT_THAT(leads_told, ElementsAre(epoch, later_epoch));
  EXPECT_THAT(back, IsEmpty()) << "the row is open: the inventory decides about it";
}

TEST_F(LinkTest, AnOldReignDoesNotReplaceANewerOne) {
  leads->begin(later_epoch, clock.boot() + 1h);
  enlist();
  begin(later_epoch);
  begin(epoch);
  EXPECT_THAT(openings, SizeIs(1));
}

TEST_F(LinkTest, WithoutARegistrationNoReignBegins) {
  begin();
  EXPECT_THAT(openings, IsEmpty());
}

// ---- sending

TEST_F(LinkTest, AnOrderLeavesAtItsPlannedTime) {
  ready();
  auto at = clock.now() + 100ms;
  claimed({make_order(5, at), make_order(6, at + 3ms)});
  advance(99ms);
  EXPECT_THAT(batches, IsEmpty());
  advance(1ms);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5)));
  advance(3ms);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5), ElementsAre(6)));
}

TEST_F(LinkTest, ALinkAnswersHowManyOrdersItTook) {
  ready();
  auto two = ask<std::uint64_t>(link, claimed_orders{epoch, {make_order(5, clock.now()), make_order(6, clock.now())}});
  ASSERT_TRUE(two) << "a success that no handler takes reads as an error";
  EXPECT_EQ(*two, 2u);
  auto none = ask<std::uint64_t>(link, claimed_orders{{100}, {make_order(7, clock.now())}});
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, 0u);
}

TEST_F(LinkTest, AnEarlierOrderMovesTheAlarm) {
  ready();
  claimed({make_order(5, clock.now() + 1s)});
  claimed({make_order(6, clock.now() + 10ms)});
  advance(10ms);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(6)));
  advance(990ms);
  EXPECT_THAT(sent(), SizeIs(2));
}

TEST_F(LinkTest, NoMoreLeavesThanTheExecutorTakes) {
  ready(2);
  claimed({make_order(5, clock.now()), make_order(6, clock.now()), make_order(7, clock.now())});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5, 6)));
  advance(1min);
  EXPECT_THAT(batches, SizeIs(1));
  tell(credit_atom_v, std::uint32_t{5});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5, 6), ElementsAre(7)));
}

TEST_F(LinkTest, ManyOrdersAreCutIntoMessages) {
  ready(5'000);
  std::vector<order> many;
  for (std::int64_t i = 1; i <= 2'500; ++i) many.push_back(make_order(i, clock.now()));
  claimed(std::move(many));
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_THAT(batches[0].orders, SizeIs(1'000));
  EXPECT_THAT(batches[2].orders, SizeIs(500));
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].orders, 2'500u);
  EXPECT_EQ(left[0].group, group);
  EXPECT_EQ(left[0].session, ann);
}

TEST_F(LinkTest, TrustIsAskedBeforeEachSend) {
  ready();
  claimed({make_order(5, clock.now() + 1s)});
  leads->resign(epoch);
  advance(20s); // the timers of answered requests are over, too
  EXPECT_THAT(batches, IsEmpty());
  EXPECT_TRUE(sched.clock().schedule().empty()) << "an alarm for what may never be sent";
}

TEST_F(LinkTest, OrdersOfAnOldEpochAreDropped) {
  ready();
  claimed({make_order(5, clock.now())}, epoch_id{100});
  EXPECT_THAT(batches, IsEmpty());
  EXPECT_THAT(back, IsEmpty());
}

TEST_F(LinkTest, BeforeTheInventoryNothingIsSent) {
  enlist();
  tell(credit_atom_v, std::uint32_t{10});
  begin();
  claimed({make_order(5, clock.now())});
  EXPECT_THAT(batches, IsEmpty());
  holds({});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5)));
}

TEST_F(LinkTest, ARowInTheQueueIsNotSentTwiceByTheTakeover) {
  specs = {make_job(1)};
  open = {row(5)};
  enlist();
  tell(credit_atom_v, std::uint32_t{10});
  begin();
  claimed({make_order(5, clock.now())});
  holds({});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5)));
}

// ---- from the executor

TEST_F(LinkTest, CallbacksGoToCompletionAndTheirAcknowledgementBack) {
  enlist();
  tell(callback_atom_v, callback_batch{ann, 3, {ended(5)}});
  ASSERT_THAT(callbacks, SizeIs(1));
  EXPECT_EQ(callbacks[0].batch.number, 3u);
  EXPECT_EQ(callbacks[0].link, link);
  tell(ack_atom_v, std::uint64_t{3});
  EXPECT_THAT(acks, ElementsAre(3u));
}

TEST_F(LinkTest, AMessageThatTheDatabaseWouldRefuseIsCleanedAndItsResultTaken) {
  enlist();
  auto o = ended(5);
  auto garbled = o, endless = o;
  o.message = "exit code 3";
  garbled.message = {"a\0\xFF", 3};
  endless.message.assign(5'000, 'x');
  tell(callback_atom_v, callback_batch{ann, 3, {o, garbled, endless}});
  ASSERT_THAT(callbacks, SizeIs(1));
  auto& taken = callbacks[0].batch.outcomes;
  EXPECT_EQ(taken[0].message, "exit code 3");
  EXPECT_EQ(taken[1].message, "a\xEF\xBF\xBD");
  EXPECT_EQ(taken[2].message.size(), limits::message_bytes);
  EXPECT_TRUE(link_lives());
}

TEST_F(LinkTest, ReportsCarryTheirSession) {
  enlist();
  tell(progress_atom_v, progress_batch{ann, {{{5}, trigger_state::running, clock.now()}}});
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].rows[0].trigger, trigger_id{5});
  EXPECT_EQ(reports[0].rows[0].session, ann);
  EXPECT_EQ(reports[0].rows[0].started, clock.now());
}

TEST_F(LinkTest, ReturnedOrdersGoBackUnderTheirCount) {
  ready();
  tell(return_atom_v, return_batch{ann, epoch, {{{5}, 2, state_reason::shutdown}}});
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_EQ(back[0].epoch, epoch);
  auto& r = back[0].rows[0];
  EXPECT_EQ(r.trigger, trigger_id{5});
  EXPECT_EQ(r.session, ann);
  EXPECT_EQ(r.handed, 2);
  EXPECT_EQ(r.reason, state_reason::shutdown);
  EXPECT_EQ(r.due, clock.now());
}

TEST_F(LinkTest, WhatAnOlderReignSentComesBackToThisOne) {
  ready();
  // Held when this epoch was adopted, so it was in the inventory and is not sent again: nobody else would take it back.
  tell(return_atom_v, return_batch{{10}, {100}, {{{5}, 0, state_reason::not_started}}});
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_EQ(back[0].epoch, epoch);
  EXPECT_EQ(back[0].rows[0].session, session_id{10});
}

TEST_F(LinkTest, ARefusalOfAnotherReignsOrderGivesNothingBack) {
  ready();
  tell(return_atom_v, return_batch{ann, {100}, {{{5}, 0, state_reason::refused}}});
  EXPECT_THAT(back, IsEmpty()) << "another reign may have sent the same id, and it runs";
  tell(return_atom_v, return_batch{ann, epoch, {{{5}, 0, state_reason::refused}}});
  EXPECT_THAT(back, SizeIs(1));
}

TEST_F(LinkTest, WhatBreaksTheProtocolEndsTheConnection) {
  ready();
  tell(progress_atom_v, progress_batch{ann, {{{5}, trigger_state::succeeded, {}}}});
  EXPECT_FALSE(link_lives());
  EXPECT_THAT(reports, IsEmpty());
  EXPECT_EQ(stat("link.refused"), 1);
}

TEST_F(LinkTest, NothingCountsBeforeTheRegistration) {
  tell(callback_atom_v, callback_batch{ann, 3, {ended(5)}});
  EXPECT_THAT(callbacks, IsEmpty());
  EXPECT_FALSE(link_lives());
}

TEST_F(LinkTest, AScriptsSourceComesFromItsSpecification) {
  enlist();
  specs = {make_job(1, {.work = script_work{script_language::python, "print(1)"}})};
  auto answer = ask<script_source>(link, script_atom_v, job_id{1}, spec_version{1});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->source, "print(1)");
  EXPECT_EQ(answer->language, script_language::python);
  specs = {make_job(1)};
  auto none = ask<script_source>(link, script_atom_v, job_id{1}, spec_version{1});
  EXPECT_EQ(code(none), errc::not_found);
  EXPECT_EQ(text_of(none.error()), "job 1 version 1 has no script");
}

TEST_F(LinkTest, LogsAreReadFromTheExecutor) {
  auto chunk = ask<log_chunk>(link, link_log_query{log_query{{5}, {}, 1, 10}});
  ASSERT_TRUE(chunk);
  EXPECT_THAT(chunk->lines, ElementsAre("a line"));
}

// ---- the end

TEST_F(LinkTest, WhatNeverLeftGoesBackWhenTheConnectionIsGone) {
  ready();
  claimed({make_order(5, clock.now()), make_order(6, clock.now() + 1s)});
  end(executor);
  EXPECT_THAT(handed_back(), ElementsAre(6));
  EXPECT_EQ(back[0].rows[0].reason, state_reason::not_started);
  ASSERT_THAT(gone, SizeIs(1));
  EXPECT_EQ(gone[0].session, ann);
  EXPECT_EQ(gone[0].link, link.address());
  EXPECT_FALSE(link_lives());
}

TEST_F(LinkTest, AGoodbyeEndsTheSessionAfterItsOrdersWentBack) {
  ready(0);
  claimed({make_order(6, clock.now())});
  tell(bye_atom_v, ann);
  EXPECT_THAT(handed_back(), ElementsAre(6));
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(ends[0].session, ann);
  EXPECT_EQ(ends[0].reason, session_end::stopped);
  EXPECT_EQ(ends[0].epoch, epoch);
  EXPECT_FALSE(link_lives());
}

TEST_F(LinkTest, AGoodbyeToAnAdminThatDoesNotLeadEndsItsLinkAlone) {
  enlist();
  tell(bye_atom_v, ann);
  EXPECT_THAT(ends, IsEmpty());
  EXPECT_FALSE(link_lives());
}

TEST_F(LinkTest, AGoodbyeInAnothersNameEndsNothing) {
  ready();
  tell(bye_atom_v, session_id{99});
  EXPECT_THAT(ends, IsEmpty());
  EXPECT_TRUE(link_lives());
}

TEST_F(LinkTest, ASessionThatEndedIsSentNothingMore) {
  ready(0);
  claimed({make_order(5, clock.now())});
  tell(session_over{ann});
  EXPECT_THAT(handed_back(), ElementsAre(5)) << "never on a wire: it would be lost with the session";
  claimed({make_order(6, clock.now())});
  EXPECT_THAT(handed_back(), ElementsAre(5, 6));
  tell(credit_atom_v, std::uint32_t{10});
  EXPECT_THAT(batches, IsEmpty());
  EXPECT_EQ(code(ask<beat_answer>(link, beat_atom_v, ann, std::uint64_t{1})), errc::session_ended);
}

} // namespace
} // namespace xxl::admin::test
