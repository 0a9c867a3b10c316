#include "tests/actors_executor/executor_node_fixture.hpp"

#include <gmock/gmock.h>

namespace xxl::executor::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- connections and session

TEST_F(ExecutorNodeTest, RegistersWithEveryAdminUnderOneSessionAndGrantsCredit) {
  begin(config());
  for (auto& admin : {one, two}) {
    ASSERT_THAT(admin->hellos, SizeIs(1));
    EXPECT_EQ(admin->hellos[0].session, our_session);
    EXPECT_EQ(admin->hellos[0].name, "node-1");
    EXPECT_THAT(admin->credits, ElementsAre(10));
    EXPECT_THAT(admin->beats, SizeIs(1)) << "the first beat is sent at once";
  }
}

TEST_F(ExecutorNodeTest, TheGateOfThisProcessIsAnAdminLikeOthers) {
  auto c = config();
  c.admins.clear();
  c.local_gate = gates->at(1);
  begin(std::move(c));
  EXPECT_THAT(one->hellos, SizeIs(1));
  EXPECT_THAT(*dialed, IsEmpty());
}

TEST_F(ExecutorNodeTest, BeatsOncePerSecondToEveryAdmin) {
  begin(config());
  advance(10s);
  EXPECT_THAT(one->beats, SizeIs(11));
  EXPECT_THAT(two->beats, SizeIs(11));
}

TEST_F(ExecutorNodeTest, AnAdminThatIsDownIsDialedForEverWithBackoff) {
  self->send_exit(gates->at(2), caf::exit_reason::kill);
  auto closed = gates->extract(2);
  closed.mapped() = nullptr;
  begin(config());
  advance(10s);
  auto tries = std::count(dialed->begin(), dialed->end(), 2);
  EXPECT_GE(tries, 9) << "at least every two seconds, faster at first";
  EXPECT_LE(tries, 30);
  EXPECT_EQ(std::count(dialed->begin(), dialed->end(), 1), 1) << "the other one is not disturbed";
  open(2, two);
  advance(2s);
  EXPECT_THAT(two->hellos, SizeIs(1));
}

TEST_F(ExecutorNodeTest, ALostLinkIsDialedAgainAndTheOldRelayIsStopped) {
  begin_led();
  auto old = one->executors.back();
  self->monitor(old);
  self->send_exit(one->links.back(), caf::exit_reason::kill);
  advance(50ms);
  EXPECT_TRUE(next<caf::down_msg>());
  EXPECT_THAT(one->hellos, SizeIs(2));
  EXPECT_EQ(one->hellos[1].highest_epoch, epoch_id{5});
}

TEST_F(ExecutorNodeTest, AnAdminThatAnswersNoBeatIsGivenUpAfterFiveSeconds) {
  begin(config());
  two->answer_beats = false;
  advance(7s);
  EXPECT_THAT(one->hellos, SizeIs(1));
  EXPECT_GE(two->hellos.size(), 2u);
}

TEST_F(ExecutorNodeTest, AnAdminOfAnotherProtocolIsAskedAgainLater) {
  one->refuse_hello = true;
  begin(config());
  EXPECT_THAT(one->hellos, IsEmpty());
  one->refuse_hello = false;
  advance(2s);
  EXPECT_THAT(one->hellos, SizeIs(1));
}

TEST_F(ExecutorNodeTest, AWelcomeWithALeaseShorterThanTheMarginIsRefused) {
  one->lease = 2s;
  begin(config());
  EXPECT_THAT(one->credits, IsEmpty());
}

TEST_F(ExecutorNodeTest, ASessionThatHasEndedIsReplacedOnAllConnections) {
  begin_led();
  one->ended_session = our_session;
  one->leads = false;
  advance(1'100ms);
  ASSERT_THAT(told->sessions, SizeIs(1));
  EXPECT_NE(told->sessions[0], our_session);
  EXPECT_THAT(told->given_back, ElementsAre(state_reason::session_ended)) << "the queue is dropped";
  for (auto& admin : {one, two}) {
    ASSERT_GE(admin->hellos.size(), 2u);
    EXPECT_NE(admin->hellos[1].session, our_session);
  }
  EXPECT_FALSE(trust->trusted(clock.boot()));
}

TEST_F(ExecutorNodeTest, ANameInUseIsAskedForAgainUnderTheSameSession) {
  one->refuse_register = errc::name_in_use;
  begin(config());
  one->refuse_register.reset();
  advance(2s);
  ASSERT_THAT(one->hellos, SizeIs(2));
  EXPECT_EQ(one->hellos[1].session, our_session);
}

// ---- lease

TEST_F(ExecutorNodeTest, OnlyBeatsToTheLeaderRenewTheLease) {
  one->leads = false;
  begin(config());
  advance(3s);
  EXPECT_FALSE(trust->trusted(clock.boot()));
  one->leads = true;
  advance(1s);
  EXPECT_TRUE(trust->trusted(clock.boot()));
  EXPECT_EQ(told->started, 1) << "what waited may start";
}

TEST_F(ExecutorNodeTest, ALeaderOfALowerEpochRenewsNothing) {
  begin_led();
  lead(two, {6});
  two->leads = false;
  trust->begin(our_session); // none any more
  advance(2s);
  EXPECT_FALSE(trust->trusted(clock.boot())) << "admin one still says that it leads, with epoch 5";
}

TEST_F(ExecutorNodeTest, WithoutTrustWhatWaitsGoesBack) {
  begin_led();
  one->answer_beats = false;
  advance(7'999ms);
  EXPECT_THAT(told->given_back, IsEmpty());
  advance(1ms);
  EXPECT_THAT(told->given_back, ElementsAre(state_reason::not_started));
  EXPECT_FALSE(trust->trusted(clock.boot()));
}

TEST_F(ExecutorNodeTest, OrdersThatComeWithoutTrustGoBackAfterASecond) {
  one->answer_beats = false;
  begin_led();
  send_orders(one, {make_order(1)});
  EXPECT_THAT(told->accepted(), ElementsAre(1)) << "the first beat's answer may be on its way";
  advance(1s);
  EXPECT_THAT(told->given_back, ElementsAre(state_reason::not_started));
}

// ---- epoch, known ids, inventory

TEST_F(ExecutorNodeTest, OrdersCountOnlyAfterTheEpochWasAdoptedOnThatConnection) {
  begin(config());
  send_orders(one, {make_order(1)});
  EXPECT_THAT(told->accepted(), IsEmpty());
  ASSERT_THAT(one->returned(), SizeIs(1));
  EXPECT_EQ(one->returned()[0].reason, state_reason::refused);
  lead(one, {5});
  send_orders(one, {make_order(1)});
  EXPECT_THAT(told->accepted(), ElementsAre(1));
}

TEST_F(ExecutorNodeTest, ALowerEpochIsRefusedToItsSender) {
  begin_led();
  lead(two, {6});
  send_orders(one, {make_order(1)});
  EXPECT_THAT(told->accepted(), IsEmpty());
  ASSERT_THAT(one->returns, SizeIs(1));
  EXPECT_EQ(one->returns[0].epoch, epoch_id{5});
  EXPECT_THAT(two->returns, IsEmpty());
  lead(one, {5});
  EXPECT_THAT(one->pieces, SizeIs(1)) << "adopted once; the second time it was below the highest";
}

TEST_F(ExecutorNodeTest, AnotherSessionsOrdersAreRefused) {
  begin_led();
  send_orders(one, {make_order(1)}, {5}, {1234});
  EXPECT_THAT(told->accepted(), IsEmpty());
  ASSERT_THAT(one->returns, SizeIs(1));
  EXPECT_EQ(one->returns[0].session, session_id{1234});
}

TEST_F(ExecutorNodeTest, OrdersOfAnOlderConnectionDoNotCount) {
  begin_led();
  auto old = one->executors.back();
  self->send_exit(one->links.back(), caf::exit_reason::kill);
  advance(50ms);
  lead(one, {5});
  self->send(old, run_atom_v, order_batch{{5}, our_session, {make_order(1)}});
  settle();
  EXPECT_THAT(told->accepted(), IsEmpty());
}

TEST_F(ExecutorNodeTest, AnInvalidBatchIsRefusedWhole) {
  begin_led();
  auto bad = make_order(2);
  bad.cause = static_cast<trigger_cause>(99);
  send_orders(one, {make_order(1), bad});
  EXPECT_THAT(told->accepted(), IsEmpty());
  EXPECT_THAT(one->returned(), SizeIs(2));
  EXPECT_EQ(metric("executor.orders_refused"), 2);
}

TEST_F(ExecutorNodeTest, AnOrderSentTwiceRunsOnce) {
  begin_led();
  send_orders(one, {make_order(1)});
  send_orders(one, {make_order(1), make_order(2)});
  finish({make_outcome(1)});
  send_orders(one, {make_order(1)});
  EXPECT_THAT(told->accepted(), ElementsAre(1, 2));
  EXPECT_THAT(one->returned(), IsEmpty()) << "nobody may hand back what runs or ran";
}

TEST_F(ExecutorNodeTest, AReturnedOrderIsReturnedAgainUnlessItWasHandedAnew) {
  begin_led();
  auto o = make_order(1);
  send_orders(one, {o});
  give_back({o});
  EXPECT_THAT(one->returned(), SizeIs(1));
  send_orders(one, {o});
  EXPECT_THAT(one->returned(), SizeIs(2)) << "the first return may have been lost";
  o.handed = 1;
  send_orders(one, {o});
  EXPECT_THAT(told->accepted(), ElementsAre(1, 1));
}

TEST_F(ExecutorNodeTest, TheInventoryFollowsEachAdoption) {
  begin_led();
  ASSERT_THAT(one->pieces, SizeIs(1));
  EXPECT_THAT(one->pieces[0].held, IsEmpty());
  EXPECT_TRUE(one->pieces[0].last);
  one->acknowledge = false;
  send_orders(one, {make_order(1), make_order(2), make_order(3)});
  finish({make_outcome(3)});
  give_back({make_order(2)});
  lead(two, {6});
  ASSERT_THAT(two->pieces, SizeIs(1));
  EXPECT_EQ(two->pieces[0].epoch, epoch_id{6});
  EXPECT_EQ(two->pieces[0].session, our_session);
  EXPECT_THAT(two->pieces[0].held, ::testing::UnorderedElementsAre(trigger_id{1}, trigger_id{3}))
      << "2 was returned and told";
}

TEST_F(ExecutorNodeTest, ALargeInventoryComesInPieces) {
  auto c = config();
  for (std::int64_t id = 1; id <= 6'000; ++id) c.earlier_results[{3}].push_back(make_outcome(id));
  one->acknowledge = two->acknowledge = false;
  begin(std::move(c));
  lead(one, {5});
  ASSERT_THAT(one->pieces, SizeIs(2));
  EXPECT_FALSE(one->pieces[0].last);
  EXPECT_TRUE(one->pieces[1].last);
  EXPECT_EQ(one->pieces[0].held.size() + one->pieces[1].held.size(), 6'000u);
}

TEST_F(ExecutorNodeTest, AReturnWithoutAnAdminWaitsForOneAndIsInTheInventoryUntilThen) {
  begin_led();
  auto o = make_order(1);
  send_orders(one, {o});
  auto away = *gates;
  gates->clear();
  for (auto& admin : {one, two}) self->send_exit(admin->links.back(), caf::exit_reason::kill);
  settle();
  give_back({o});
  *gates = away;
  one->returns.clear();
  two->returns.clear();
  advance(3s);
  EXPECT_EQ(one->returned().size() + two->returned().size(), 1u);
}

// ---- credit

TEST_F(ExecutorNodeTest, CreditIsGrantedAgainAtHalf) {
  begin_led();
  send_orders(one, {make_order(1), make_order(2), make_order(3), make_order(4)});
  EXPECT_THAT(one->credits, ElementsAre(10));
  send_orders(one, {make_order(5)});
  EXPECT_THAT(one->credits, ElementsAre(10, 5));
}

TEST_F(ExecutorNodeTest, RefusedAndDuplicateOrdersGiveTheirCreditBack) {
  begin_led();
  std::vector<order> five;
  for (std::int64_t id = 1; id <= 5; ++id) five.push_back(make_order(id));
  send_orders(one, five);
  send_orders(one, five);
  send_orders(one, five, {4});
  EXPECT_THAT(one->credits, ElementsAre(10, 5, 5, 5));
}

TEST_F(ExecutorNodeTest, NoCreditIsGrantedWhileTheSpoolCannotBeWritten) {
  begin_led();
  self->send(node, spool_health{false});
  std::vector<order> six;
  for (std::int64_t id = 1; id <= 6; ++id) six.push_back(make_order(id));
  send_orders(one, six);
  EXPECT_THAT(one->credits, ElementsAre(10));
  self->send(node, spool_health{true});
  settle();
  EXPECT_THAT(one->credits, ElementsAre(10, 6));
}

TEST_F(ExecutorNodeTest, NoCreditIsGrantedWhileTooMuchIsOpen) {
  auto c = config();
  c.max_open = 6;
  begin(std::move(c));
  lead(one, {5});
  std::vector<order> six;
  for (std::int64_t id = 1; id <= 6; ++id) six.push_back(make_order(id));
  send_orders(one, six);
  EXPECT_THAT(one->credits, ElementsAre(10));
  finish({make_outcome(1)});
  advance(5ms);
  EXPECT_THAT(one->credits, ElementsAre(10, 6)) << "one was acknowledged";
}

// ---- results

TEST_F(ExecutorNodeTest, ResultsGoToTheLeaderAndAreForgottenByTheSpoolWhenAcknowledged) {
  begin_led();
  finish({make_outcome(1), make_outcome(2)});
  advance(5ms);
  EXPECT_THAT(one->called_back(), ElementsAre(1, 2));
  EXPECT_THAT(two->callbacks, IsEmpty());
  ASSERT_THAT(told->committed, SizeIs(1));
  EXPECT_EQ(told->committed[0].session, our_session);
  EXPECT_THAT(told->committed[0].triggers, ElementsAre(trigger_id{1}, trigger_id{2}));
}

TEST_F(ExecutorNodeTest, WithoutALeaderAnyAdminGetsTheResults) {
  begin(config());
  finish({make_outcome(1)});
  advance(5ms);
  EXPECT_EQ(one->called_back().size() + two->called_back().size(), 1u);
}

TEST_F(ExecutorNodeTest, AnUnacknowledgedBatchIsSentAgainAfterFiveSeconds) {
  begin_led();
  one->acknowledge = false;
  finish({make_outcome(1)});
  advance(5s);
  EXPECT_THAT(one->callbacks, SizeIs(1));
  one->acknowledge = true;
  advance(5ms);
  ASSERT_THAT(one->callbacks, SizeIs(2));
  EXPECT_EQ(one->callbacks[0].number, one->callbacks[1].number);
  EXPECT_THAT(told->committed, SizeIs(1));
  advance(20s);
  EXPECT_THAT(one->callbacks, SizeIs(2));
}

TEST_F(ExecutorNodeTest, WhatWasInFlightOnALostLinkGoesToTheOtherAdminAtOnce) {
  begin_led();
  one->acknowledge = false;
  finish({make_outcome(1)});
  advance(5ms);
  self->send_exit(one->links.back(), caf::exit_reason::kill);
  settle();
  EXPECT_THAT(two->called_back(), ElementsAre(1));
  EXPECT_THAT(told->committed, SizeIs(1));
}

TEST_F(ExecutorNodeTest, EarlierLivesResultsGoFirstUnderTheirOwnSession) {
  auto c = config();
  c.earlier_results[{3}] = {make_outcome(1)};
  begin(std::move(c));
  lead(one, {5});
  finish({make_outcome(2)});
  advance(5ms);
  auto all = one->callbacks;
  all.insert(all.end(), two->callbacks.begin(), two->callbacks.end());
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].session, session_id{3});
  EXPECT_EQ(all[1].session, our_session);
  send_orders(one, {make_order(1)});
  EXPECT_THAT(told->accepted(), IsEmpty()) << "it has run already";
}

TEST_F(ExecutorNodeTest, OpenRunsAreReportedToTheLeader) {
  begin_led();
  self->send(node, open_report{{{trigger_id{1}, trigger_state::running, test::a_fire}}});
  settle();
  ASSERT_THAT(one->reports, SizeIs(1));
  EXPECT_EQ(one->reports[0].session, our_session);
  EXPECT_THAT(two->reports, IsEmpty());
}

TEST_F(ExecutorNodeTest, LogsAndScriptsPassThrough) {
  begin_led();
  auto chunk = ask<log_chunk>(one->executors.back(), log_atom_v, log_query{{1}, test::a_fire, 1, 10});
  ASSERT_TRUE(chunk);
  EXPECT_THAT(chunk->lines, ElementsAre("a line"));
  one->source = script_source{{1}, 1, script_language::shell, "true"};
  auto source = ask<script_source>(node, script_atom_v, job_id{1}, spec_version{1}, std::uint64_t{999});
  ASSERT_TRUE(source) << "the connection is gone; the leader has it too";
  EXPECT_EQ(source->source, "true");
}

// ---- the end

TEST_F(ExecutorNodeTest, ADrainedNodeSaysGoodbyeOnceEverythingWasTold) {
  begin_led();
  send_orders(one, {make_order(1), make_order(2)});
  auto drained = self->request(node, caf::infinite, drain_request{});
  settle();
  EXPECT_THAT(told->given_back, ElementsAre(state_reason::shutdown));
  give_back({make_order(2)}, state_reason::shutdown);
  EXPECT_THAT(one->byes, IsEmpty()) << "one run goes on";
  send_orders(one, {make_order(3)});
  EXPECT_EQ(one->returned().back().reason, state_reason::shutdown);
  auto returned = one->returned().size();
  send_orders(one, {make_order(1)});
  EXPECT_EQ(one->returned().size(), returned) << "what runs here does not go back, whoever sends it again";
  finish({make_outcome(1)});
  EXPECT_THAT(one->byes, IsEmpty()) << "its result is not acknowledged";
  advance(5ms);
  EXPECT_THAT(one->byes, ElementsAre(our_session));
  EXPECT_THAT(two->byes, ElementsAre(our_session));
  std::optional<bool> all;
  drained.receive([&](bool x) { all = x; }, [](const caf::error&) {});
  EXPECT_EQ(all, true);
  advance(60s);
  EXPECT_THAT(*dialed, SizeIs(2)) << "the links ended with the goodbye: nobody is dialled again";
}

TEST_F(ExecutorNodeTest, ADrainWithoutAnAdminLeavesTheResultsInTheSpool) {
  auto c = config();
  c.admins = {{"nowhere", 9}};
  c.earlier_results[{3}] = {make_outcome(1)};
  begin(std::move(c));
  auto told_all = ask<bool>(node, drain_request{});
  ASSERT_TRUE(told_all);
  EXPECT_FALSE(*told_all);
}

} // namespace
} // namespace xxl::executor::test
