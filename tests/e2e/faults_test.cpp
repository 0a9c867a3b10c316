// Processes and the database die in the middle of firing. Whatever happens: nothing lost, nothing doubled, and firing
// goes on.

#include "tests/e2e/harness/fleet.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace xxl::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr int succeeded = 4;
/// guarantees.md §3, and what a busy test machine adds: recording goes on within this.
constexpr auto busy = 3s;

/// Runs recorded within about two seconds of undisturbed firing.
constexpr std::size_t two_seconds = 50;

TEST(Faults, AKilledExecutorComesBackAndNothingIsDoubled) {
  fleet f{{}};
  f.recorder().kill9();
  f.restart_recorder();
  f.wait_for_runs(two_seconds);
  auto ledger = f.come_to_rest(f.admins()[0]);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  f.expect_lost_had_started(ledger);
}

TEST(Faults, AKilledExecutorLosesNoneOfTheResultsItHadSpooled) {
  fleet f{{}};
  f.wait_for_runs(1);
  f.admins()[0].program.signal(SIGSTOP); // what it has not acknowledged by now waits in the spool
  auto ended = f.wait_until_idle();
  f.recorder().kill9();
  f.admins()[0].program.signal(SIGCONT);
  f.restart_recorder();
  f.wait_for_runs(two_seconds);
  auto ledger = f.come_to_rest(f.admins()[0]);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  fleet::expect_succeeded(ended, ledger);
}

TEST(Faults, WhatAKilledExecutorHadNotStartedRunsAfterItsRestart) {
  fleet f{{}};
  f.recorder().signal(SIGSTOP); // what is sent from now on lies in its socket
  ASSERT_TRUE(eventually([&] { return read_ledger(f.url()).open() >= 20; }, patience));
  f.recorder().kill9();
  f.restart_recorder();
  f.wait_for_runs(two_seconds);
  auto ledger = f.come_to_rest(f.admins()[0]);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  f.expect_lost_had_started(ledger);
}

TEST(Faults, AKilledLeaderIsReplacedByTheOtherAdmin) {
  fleet f{{.admins = 2}};
  auto first = f.leader();
  auto& other = f.admins()[1 - first];
  f.admins()[first].program.kill9();
  auto begin = steady_clock::now();
  ASSERT_TRUE(eventually([&] { return other.leads(); }, patience));
  EXPECT_LT(steady_clock::now() - begin, 2s + busy);
  f.wait_for_runs(two_seconds);
  auto ledger = f.come_to_rest(other);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  EXPECT_EQ(ledger.in_state(succeeded), ledger.rows.size()) << "the executor lived: every run must have succeeded";
}

TEST(Faults, AFrozenLeaderIsReplacedAndDoesNoHarmWhenItWakes) {
  fleet f{{.admins = 2}};
  auto first = f.leader();
  auto& frozen = f.admins()[first];
  auto& other = f.admins()[1 - first];
  frozen.program.signal(SIGSTOP);
  auto begin = steady_clock::now();
  ASSERT_TRUE(eventually([&] { return other.leads(); }, patience));
  EXPECT_LT(steady_clock::now() - begin, 4s + busy);
  f.wait_for_runs(two_seconds);
  frozen.program.signal(SIGCONT);
  f.wait_for_runs(two_seconds);
  EXPECT_FALSE(frozen.leads());
  auto ledger = f.come_to_rest(other);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
}

TEST(Faults, AStoppedLeaderHandsOverAtOnce) {
  fleet f{{.admins = 2}};
  auto first = f.leader();
  auto& other = f.admins()[1 - first];
  f.admins()[first].program.signal(SIGTERM);
  EXPECT_EQ(f.admins()[first].program.wait_exit().code, 0);
  ASSERT_TRUE(eventually([&] { return other.leads(); }, patience));
  f.restart_admin(first);
  f.wait_for_runs(two_seconds);
  auto ledger = f.come_to_rest(other);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  EXPECT_EQ(ledger.in_state(succeeded), ledger.rows.size()) << "nobody was killed: every run must have succeeded";
}

TEST(Faults, ARestartOfPostgresInTheMiddleOfFiringLosesAndDoublesNothing) {
  fleet f{{.fsync = true}};
  for (int i = 0; i < 2; ++i) {
    f.database().restart();
    f.wait_for_runs(two_seconds);
  }
  auto ledger = f.come_to_rest(f.admins()[0]);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  EXPECT_EQ(ledger.in_state(succeeded), ledger.rows.size());
}

TEST(Faults, AKilledPostgresRecoversAndLosesAndDoublesNothing) {
  fleet f{{.fsync = true}};
  f.database().kill9();
  f.database().start();
  f.wait_for_runs(two_seconds);
  auto ledger = f.come_to_rest(f.admins()[0]);
  f.expect_nothing_doubled();
  f.expect_nothing_lost(ledger);
  EXPECT_EQ(ledger.in_state(succeeded), ledger.rows.size());
}

} // namespace
} // namespace xxl::e2e
