// Triggers by themselves and with those that belong to them: states that no legal path leads to, retries, shards.

#include "audit/trigger_rules.hpp"
#include "tests/audit/history.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace xxl::audit {
namespace {

using namespace test;
using state = trigger_state;

// ---- one row

/// A row that succeeded, changed.
template <class F> audit_trigger row(F change) {
  audit_trigger t;
  t.id = trigger_id{5};
  t.state = state::succeeded;
  t.session = session_id{7};
  t.epoch = epoch_id{3};
  t.claimed = zero;
  t.started = zero + 100ms;
  t.ended = zero + 200ms;
  change(t);
  return t;
}
template <class F> std::string why(F change) { return illegal(row(change)); }

void open(audit_trigger& t, state s) {
  t.state = s;
  t.ended.reset();
  if (s < state::running) t.started.reset();
  if (s == state::waiting) t.session = {};
}

TEST(LegalRow, OfEachState) {
  for (auto s : {state::waiting, state::claimed, state::sent, state::running})
    EXPECT_EQ(why([&](auto& t) { open(t, s); }), "") << to_string(s);
  for (auto s : {state::succeeded, state::failed, state::timed_out, state::killed, state::lost})
    EXPECT_EQ(why([&](auto& t) { t.state = s; }), "") << to_string(s);
  for (auto s : {state::failed, state::killed, state::discarded, state::missed})
    EXPECT_EQ(why([&](auto& t) { t.state = s, t.session = {}, t.claimed.reset(), t.started.reset(); }), "")
        << to_string(s) << " without ever being on an executor";
  EXPECT_EQ(why([](auto& t) { t.state = state::lost, t.started.reset(); }), "") << "nobody knows whether it began";
}

TEST(LegalRow, OfEachOrigin) {
  auto of = [](const char* origin, trigger_cause cause) {
    return why([&](auto& t) { t.origin = origin, t.cause = cause; });
  };
  EXPECT_EQ(of("", trigger_cause::schedule), "");
  EXPECT_EQ(of("", trigger_cause::misfire), "");
  EXPECT_EQ(of("m5", trigger_cause::manual), "");
  EXPECT_EQ(of("r5", trigger_cause::rerun), "");
  EXPECT_EQ(of("b5", trigger_cause::backfill), "");
  EXPECT_EQ(of("p5", trigger_cause::parent), "");
  EXPECT_EQ(of("j5", trigger_cause::parent), "");
  EXPECT_EQ(of("", trigger_cause::manual), "the cause manual does not go with the origin \"\"");
  EXPECT_EQ(of("m5", trigger_cause::schedule), "the cause schedule does not go with the origin \"m5\"");
  EXPECT_EQ(of("x5", trigger_cause::manual), "the cause manual does not go with the origin \"x5\"");
}

TEST(LegalRow, OfABroadcastsParentHasNoSession) {
  auto parent = [](state s) {
    return why([&](auto& t) { t.shards = 2, t.session = {}, t.started.reset(), t.state = s; });
  };
  EXPECT_EQ(parent(state::succeeded), "");
  EXPECT_EQ(why([](auto& t) { open(t, state::running), t.shards = 2, t.session = {}, t.started.reset(); }), "");
}

TEST(IllegalRow, HasANumberWithoutAName) {
  EXPECT_EQ(why([](auto& t) { t.state = state{77}; }), "its state is unknown(77)");
  EXPECT_EQ(why([](auto& t) { t.cause = trigger_cause{77}; }), "its cause is unknown(77)");
  EXPECT_EQ(why([](auto& t) { t.attempt = 0; }), "its attempt is 0");
  EXPECT_EQ(why([](auto& t) { t.shard = -2; }), "its shard is -2 of 0");
}

TEST(IllegalRow, IsARetryByItsNumberOrItsCauseAlone) {
  EXPECT_EQ(why([](auto& t) { t.attempt = 2; }), "attempt 2 has the cause schedule");
  EXPECT_EQ(why([](auto& t) { t.cause = trigger_cause::retry; }), "attempt 1 has the cause retry");
}

TEST(IllegalRow, WasHeldByNobody) {
  EXPECT_EQ(why([](auto& t) { open(t, state::waiting), t.session = session_id{7}; }), "it waits and has a session");
  for (auto s : {state::claimed, state::sent, state::running})
    EXPECT_EQ(why([&](auto& t) { open(t, s), t.session = {}; }), "it is " + to_string(s) + " and has no session");
  EXPECT_EQ(why([](auto& t) { open(t, state::sent), t.claimed.reset(); }), "it is sent and was never claimed");
  EXPECT_EQ(why([](auto& t) { open(t, state::sent), t.epoch = {}; }), "it is sent and was never claimed");
  EXPECT_EQ(why([](auto& t) { t.claimed.reset(); }), "a session had it, but it was never claimed");
  EXPECT_EQ(why([](auto& t) { t.state = state::lost, t.session = {}, t.started.reset(); }),
            "it is lost, but no session had it");
}

TEST(IllegalRow, StartedOrDidNot) {
  EXPECT_EQ(why([](auto& t) { open(t, state::waiting), t.started = zero; }),
            "it waits although its handler had started");
  EXPECT_EQ(why([](auto& t) { t.state = state::killed, t.session = {}; }),
            "its handler started, but no session had it");
  EXPECT_EQ(why([](auto& t) { t.state = state::discarded; }), "it is discarded although its handler had started");
  EXPECT_EQ(why([](auto& t) { t.state = state::missed; }), "it is missed although its handler had started");
  EXPECT_EQ(why([](auto& t) { t.started.reset(); }), "it is succeeded, but its handler never started");
  EXPECT_EQ(why([](auto& t) { t.state = state::timed_out, t.started.reset(); }),
            "it is timed_out, but its handler never started");
}

TEST(IllegalRow, EndedWithoutAFinalState) {
  EXPECT_EQ(why([](auto& t) { t.state = state::running; }), "it has ended, but is running");
}

TEST(Times, OfOneRowMayDifferByASecondOfClocks) {
  auto order = [](auto change) { return out_of_order(row(change)); };
  EXPECT_EQ(order([](auto&) {}), "");
  EXPECT_EQ(order([](auto& t) { t.started = zero - 1s; }), "");
  EXPECT_EQ(order([](auto& t) { t.started = zero - 1'001ms; }), "started 1001 ms before it was claimed");
  EXPECT_EQ(order([](auto& t) { t.sent = zero + 2s; }), "started 1900 ms before it was sent");
  EXPECT_EQ(order([](auto& t) { t.ended = zero - 2s, t.sent = zero; }), "ended 2100 ms before it was started");
  EXPECT_EQ(order([](auto& t) { t.claimed.reset(), t.started.reset(), t.ended = zero - 1h; }), "");
}

// ---- several rows

class Triggers : public ::testing::Test {
protected:
  Triggers() {
    h.apply([](job_spec& s) { s.retry = {2, true, true, false}; }, zero);
    h.run_until(zero + 3s);
    h.claim(zero + 4s);
    for (auto t = h.open_trigger(); t; t = h.open_trigger()) h.complete(t, zero + 4s + 10ms, state::failed);
    h.run_until(zero + 6s);
  }
  history h{every_schedule{1s, {}}, zero};

  report audited() { return audit_of(h, zero, zero + 7s); }
  std::vector<kind> errors() {
    std::vector<kind> all;
    auto r = audited();
    for (auto& e : r.found.errors()) all.push_back(e.what);
    return all;
  }
  /// That attempt of the fire that failed three times.
  audit_trigger& attempt(int n) {
    return *std::find_if(h.triggers.begin(), h.triggers.end(),
                         [&](auto& t) { return t.fire == zero + 4s && t.attempt == n; });
  }
  void erase(trigger_id id) {
    std::erase_if(h.triggers, [&](auto& t) { return t.id == id; });
  }
  using kinds = std::vector<kind>;
};

TEST_F(Triggers, ThatFailedThreeTimesAreClean) { EXPECT_EQ(errors(), kinds{}); }

TEST_F(Triggers, AnIllegalStateIsToldWithItsTrigger) {
  h.triggers.at(1).claimed.reset();
  auto r = audited();
  ASSERT_EQ(r.found.error_count(), 1u);
  auto& f = r.found.errors()[0];
  EXPECT_EQ(f.what, kind::illegal_state);
  EXPECT_EQ(f.trigger, h.triggers.at(1).id);
  EXPECT_EQ(f.text,
            "orders/close-stale: trigger 12001, the fire of 2026-03-01T00:00:02Z, is illegal: a session had it, but "
            "it was never claimed");
}

TEST_F(Triggers, AFinalStateWithoutAnEndIsToldSo) {
  h.triggers.at(1).ended.reset();
  EXPECT_EQ(errors(), kinds{kind::final_without_end});
}

TEST_F(Triggers, TimesThatContradictEachOtherAreANote) {
  h.triggers.at(1).ended = zero;
  auto r = audited();
  EXPECT_EQ(r.found.error_count(), 0u);
  EXPECT_EQ(r.found.count(kind::times_out_of_order), 1u);
}

TEST_F(Triggers, ARetryWithoutTheAttemptBeforeItIsToldSo) {
  erase(attempt(2).id);
  EXPECT_EQ(errors(), kinds{kind::attempt_missing});
  EXPECT_EQ(
      audited().found.errors()[0].text,
      "orders/close-stale: trigger 12005, the fire of 2026-03-01T00:00:04Z, attempt 3, has no attempt 2 before it");
}

TEST_F(Triggers, ARetryWithoutAFirstAttemptLeavesTheFireMissing) {
  erase(attempt(1).id);
  auto found = errors();
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (kinds{kind::missing_fire, kind::attempt_missing}));
}

TEST_F(Triggers, AnAttemptThatStandsTwiceIsDoubled) {
  auto twin = attempt(2);
  twin.id = trigger_id{99};
  h.triggers.push_back(twin);
  EXPECT_EQ(errors(), kinds{kind::attempt_doubled});
}

TEST_F(Triggers, AnAttemptAfterASuccessWasNotAsked) {
  attempt(1).state = state::succeeded;
  EXPECT_EQ(errors(), kinds{kind::retry_not_asked});
  EXPECT_EQ(
      audited().found.errors()[0].text,
      "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:04Z, attempt 2, follows attempt 1, which is "
      "succeeded: nothing may follow it");
}

TEST_F(Triggers, AnAttemptAfterAKillOrALossThatIsNotRetriedWasNotAsked) {
  for (auto s : {state::killed, state::lost}) {
    attempt(1).state = s;
    EXPECT_EQ(errors(), kinds{kind::retry_not_asked}) << to_string(s);
  }
}

TEST_F(Triggers, AnAttemptAfterAnOpenOneWasNotAsked) {
  attempt(2).state = state::running;
  attempt(2).ended.reset();
  EXPECT_EQ(errors(), kinds{kind::retry_not_asked});
}

TEST_F(Triggers, MoreAttemptsThanTheRuleHasWereNotAsked) {
  auto fourth = attempt(3);
  fourth.id = trigger_id{99};
  fourth.attempt = 4;
  h.triggers.push_back(fourth);
  EXPECT_EQ(errors(), kinds{kind::retry_not_asked});
}

TEST_F(Triggers, ARetryThatNeverFollowedIsMissing) {
  erase(attempt(3).id);
  EXPECT_EQ(errors(), kinds{kind::retry_missing});
  EXPECT_EQ(audited().found.errors()[0].text,
            "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:04Z, attempt "
            "2, is failed, and attempt 3 never followed");
}

TEST_F(Triggers, TheRuleIsThatOfTheirVersion) {
  h.apply([](job_spec& s) { s.retry = {}; }, zero + 6s);
  EXPECT_EQ(errors(), kinds{});
}

TEST_F(Triggers, OfASpecificationThatCannotBeReadMayBeFollowedOrNot) {
  h.versions.at(1).schedule.reset();
  h.versions.at(1).problem = "damaged";
  erase(attempt(3).id);
  EXPECT_EQ(errors(), kinds{kind::version_unusable});
}

TEST_F(Triggers, ByHandStandOnceEach) {
  auto t = h.trigger_by_hand(zero + 3s + 500ms);
  EXPECT_EQ(errors(), kinds{}) << "it waits";
  t.id = trigger_id{99};
  h.triggers.push_back(t);
  EXPECT_EQ(errors(), kinds{kind::attempt_doubled});
}

TEST_F(Triggers, ByHandAreLookedAtBehindThePlanToo) {
  h.trigger_by_hand(zero + 20s).session = session_id{7};
  EXPECT_EQ(audit_of(h, zero, zero + 30s).found.count(kind::illegal_state), 1u);
}

// ---- broadcasts

class Broadcast : public ::testing::Test {
protected:
  Broadcast() {
    auto* parent = h.claim(zero + 1s);
    parent->shards = 3;
    parent->session = {};
    parent->state = state::running;
    auto p = *parent;
    for (std::int16_t shard = 0; shard < 3; ++shard) {
      auto t = p;
      t.id = trigger_id{100 + shard};
      t.shard = shard;
      t.session = session_id{7};
      t.state = state::claimed;
      h.triggers.push_back(t);
    }
  }
  history h{every_schedule{1s, {}}, zero};
  std::vector<std::string> errors() {
    std::vector<std::string> all;
    auto r = audit_of(h, zero, zero + 2s);
    for (auto& e : r.found.errors()) all.push_back(std::string{name_of(e.what)} + " " + to_string(e.trigger));
    return all;
  }
  audit_trigger& shard(std::int16_t n) { return h.trigger(trigger_id{100 + n}); }
  void erase(std::int16_t n) {
    std::erase_if(h.triggers, [&](auto& t) { return t.shard == n; });
  }
  using texts = std::vector<std::string>;
};

TEST_F(Broadcast, IsOneFireWithItsShards) {
  EXPECT_EQ(errors(), texts{});
  EXPECT_EQ(audit_of(h, zero, zero + 2s).seen.first_attempts, 1u);
}

TEST_F(Broadcast, EachShardMayBeTriedAgain) {
  h.versions.at(0).retry = {1, true, true, false};
  shard(1).state = state::failed;
  shard(1).ended = zero + 2s;
  EXPECT_EQ(errors(), texts{"retry_missing 101"});
  auto again = shard(1);
  again.id = trigger_id{201};
  again.attempt = 2;
  again.cause = trigger_cause::retry;
  again.state = state::claimed;
  again.ended.reset();
  h.triggers.push_back(again);
  EXPECT_EQ(errors(), texts{});
}

TEST_F(Broadcast, AMissingShardIsToldWhereverItStood) {
  auto whole = h.triggers;
  for (std::int16_t n = 0; n < 3; ++n) {
    h.triggers = whole;
    erase(n);
    EXPECT_EQ(errors(), texts{"shard_missing 12000"}) << n;
  }
}

TEST_F(Broadcast, AShardWithoutAParentWasNotAsked) {
  shard(2).shard = 3;
  EXPECT_EQ(errors(), (texts{"shard_unasked 102", "shard_missing 12000"}));
  std::erase_if(h.triggers, [](auto& t) { return t.shard < 0; });
  EXPECT_EQ(errors(), (texts{"shard_unasked 100", "shard_unasked 101", "shard_unasked 102", "missing_fire 0"}));
}

TEST_F(Broadcast, OneThatWaitsHasNotAskedForItsShardsYet) {
  auto& parent = h.triggers.at(0);
  parent.state = state::waiting;
  parent.claimed.reset();
  for (std::int16_t n = 0; n < 3; ++n) erase(n);
  EXPECT_EQ(errors(), texts{});
}

} // namespace
} // namespace xxl::audit
