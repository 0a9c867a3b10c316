// The handlers' own record: its lines, and what it says against the ledger.

#include "tests/audit/history.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace xxl::audit {
namespace {

using namespace test;
using state = trigger_state;

// ---- the file

handler_record read(const std::string& text) {
  std::istringstream in{text};
  return handler_record::read(in, "starts.txt");
}

std::string problem(const std::string& text) {
  try {
    read(text);
  } catch (const handler_record::bad_line& e) {
    return e.what();
  }
  return "none";
}

TEST(HandlerRecord, IsSortedByJobAndKey) {
  auto r = read("orders/b 2026-03-01T00:00:02.000Z - -1 1 7\n"
                "orders/a 2026-03-01T00:00:02.000Z m17 0 2 8\n"
                "orders/b 2026-03-01T00:00:01.250Z - 3 1 9\n");
  EXPECT_EQ(r.jobs(), (std::vector<std::string>{"orders/a", "orders/b"}));
  ASSERT_EQ(r.starts_of("orders/b").size(), 2u);
  auto& first = r.starts_of("orders/b")[0];
  EXPECT_EQ(first.fire, zero + 1s + 250ms);
  EXPECT_EQ(first.origin, "");
  EXPECT_EQ(first.shard, 3);
  EXPECT_EQ(first.attempt, 1);
  EXPECT_EQ(first.session, session_id{9});
  EXPECT_EQ(r.starts_of("orders/b")[1].shard, 0) << "what is no shard counts as shard 0";
  EXPECT_EQ(r.starts_of("orders/a")[0].origin, "m17");
  EXPECT_TRUE(r.starts_of("orders/c").empty());
}

TEST(HandlerRecord, ABadLineIsNamedWithItsPlace) {
  const std::string good = "orders/a 2026-03-01T00:00:02.000Z - -1 1 7";
  const std::string tail = "; a line is JOB FIRE ORIGIN SHARD ATTEMPT SESSION";
  EXPECT_EQ(problem(good + "\n" + good), "none") << "the last line may lack its end";
  EXPECT_EQ(problem(good + "\n\n" + good), "starts.txt:2: FIRE is missing" + tail);
  EXPECT_EQ(problem("orders/a 2026-03-01T00:00:02.000Z - -1 1"), "starts.txt:1: SESSION is missing" + tail);
  EXPECT_EQ(problem(good + " 8"), "starts.txt:1: something follows SESSION" + tail);
  EXPECT_EQ(problem("orders/a  - -1 1 7"), "starts.txt:1: FIRE is empty" + tail);
  EXPECT_EQ(problem("a 2026-03-01T00:00:02.000Z - -1 1 7"), "starts.txt:1: JOB \"a\" is not group/name" + tail);
  EXPECT_EQ(problem("orders/a 1772323202000 - -1 1 7").find("starts.txt:1: FIRE \"1772323202000\": "), 0u);
  auto with = [&](const std::string& rest) { return problem("orders/a 2026-03-01T00:00:02.000Z - " + rest); };
  EXPECT_EQ(with("-2 1 7"), "starts.txt:1: SHARD \"-2\" is not a whole number from -1" + tail);
  EXPECT_EQ(with("x 1 7"), "starts.txt:1: SHARD \"x\" is not a whole number from -1" + tail);
  EXPECT_EQ(with("0 0 7"), "starts.txt:1: ATTEMPT \"0\" is not a whole number from 1" + tail);
  EXPECT_EQ(with("0 1 0"), "starts.txt:1: SESSION \"0\" is not a whole number from 1" + tail);
  EXPECT_EQ(with("0 1 7x"), "starts.txt:1: SESSION \"7x\" is not a whole number from 1" + tail);
}

// ---- against the ledger

class Handlers : public ::testing::Test {
protected:
  Handlers() { h.run_until(zero + 10s); }
  history h{every_schedule{1s, {}}, zero};
  std::string name = "orders/close-stale";

  /// What handlers would have noted of each row that ran.
  handler_record noted() {
    handler_record record;
    for (auto& t : h.triggers)
      if (t.started) record.add(name, start_of(t));
    record.sort();
    return record;
  }
  /// noted(), changed.
  template <class F> handler_record noted_but(F change) {
    auto all = noted();
    auto starts = all.starts_of(name);
    std::vector<handler_start> copy{starts.begin(), starts.end()};
    change(copy);
    handler_record record;
    for (auto& s : copy) record.add(name, s);
    record.sort();
    return record;
  }
  report audited(const handler_record& record) { return audit_of(h, zero, zero + 11s, &record); }
  static finding only_error(const report& r) {
    EXPECT_EQ(r.found.error_count(), 1u);
    for (auto& error : r.found.errors()) EXPECT_EQ(&error, &r.found.errors().front()) << error.text;
    return r.found.errors().empty() ? finding{} : r.found.errors().front();
  }
};

TEST_F(Handlers, ThatAgreeAreCounted) {
  h.complete(h.trigger_by_hand(zero + 3s).id, zero + 3s);
  auto r = audited(noted());
  EXPECT_EQ(r.found.error_count(), 0u);
  EXPECT_EQ(r.found.note_count(), 0u);
  EXPECT_EQ(r.seen.starts, 11u);
  EXPECT_EQ(r.seen.triggers, 11u);
}

TEST_F(Handlers, AStartThatStandsTwiceIsDoubled) {
  auto f = only_error(audited(noted_but([](auto& s) { s.push_back(s[4]); })));
  EXPECT_EQ(f.what, kind::handler_doubled);
  EXPECT_EQ(f.text, "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:05Z, attempt 1, started 2 times");
}

TEST_F(Handlers, AStartInTwoSessionsIsDoubledAndElsewhere) {
  auto r = audited(noted_but([](auto& s) {
    s.push_back(s[4]);
    s.back().session = session_id{8};
  }));
  EXPECT_EQ(r.found.error_count(), 2u);
  EXPECT_EQ(r.found.count(kind::handler_doubled), 1u);
  EXPECT_EQ(r.found.count(kind::handler_elsewhere), 1u);
}

TEST_F(Handlers, AStartInAnotherSessionIsElsewhere) {
  auto f = only_error(audited(noted_but([](auto& s) { s[4].session = session_id{8}; })));
  EXPECT_EQ(f.what, kind::handler_elsewhere);
  EXPECT_EQ(f.text,
            "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:05Z, attempt 1, was started by session "
            "8, but session 7 had it");
}

TEST_F(Handlers, AStartThatTheLedgerDoesNotKnowHasNoRow) {
  for (auto add : {-500ms, 500ms, 4'500ms}) { // before, between and behind the rows
    auto f = only_error(audited(noted_but([&](auto& s) {
      s.push_back(s[0]);
      s.back().fire = zero + 5s + add;
      s.back().origin = "m17";
    })));
    EXPECT_EQ(f.what, kind::handler_without_row);
    EXPECT_EQ(f.first, zero + 5s + add);
  }
  auto f = only_error(audited(noted_but([](auto& s) {
    s.push_back(s[4]);
    s.back().attempt = 2;
  })));
  EXPECT_EQ(f.text,
            "orders/close-stale: session 7 started the fire of 2026-03-01T00:00:05Z, attempt 2, which the ledger "
            "does not know");
}

TEST_F(Handlers, ARunThatNobodyNotedHasNoHandler) {
  auto without = noted_but([](auto& s) { s.erase(s.begin() + 4); });
  for (auto end : {state::succeeded, state::failed, state::timed_out, state::killed}) {
    h.triggers.at(4).state = end;
    auto f = only_error(audited(without));
    EXPECT_EQ(f.what, kind::start_without_handler) << to_string(end);
  }
  h.triggers.at(4).state = state::lost;
  EXPECT_EQ(audited(without).found.error_count(), 0u) << "a lost run may have started or not";
  EXPECT_EQ(audited(noted()).found.error_count(), 0u);
}

TEST_F(Handlers, ARunThatTheLedgerSaysNeverStartedIsDenied) {
  auto& t = h.triggers.at(4);
  auto record = noted();
  t.started.reset();
  for (auto end : {state::failed, state::killed, state::discarded, state::missed}) {
    t.state = end;
    EXPECT_EQ(only_error(audited(record)).what, kind::handler_denied) << to_string(end);
  }
  t.state = state::waiting;
  t.ended.reset();
  t.session = {};
  EXPECT_EQ(
      only_error(audited(record)).text,
      "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:05Z, attempt 1, is waiting and never started, "
      "but a handler noted its start");
}

TEST_F(Handlers, AKilledRunWhoseExecutorDiedMayHaveStartedOrNot) {
  auto& t = h.triggers.at(4);
  auto with = noted(), without = noted_but([](auto&s) { s.erase(s.begin() + 4); });
  t.started.reset();
  t.state = state::killed;
  t.reason = state_reason::session_ended;
  EXPECT_EQ(audited(with).found.error_count(), 0u);
  EXPECT_EQ(audited(without).found.error_count(), 0u);
}

TEST_F(Handlers, AnOpenRunMayHaveStartedOrNot) {
  auto& t = h.triggers.at(4);
  auto with = noted(), without = noted_but([](auto&s) { s.erase(s.begin() + 4); });
  t.ended.reset();
  for (auto now : {state::claimed, state::sent, state::running}) {
    t.state = now;
    EXPECT_EQ(audited(with).found.error_count(), 0u) << to_string(now);
    EXPECT_EQ(audited(without).found.error_count(), 0u) << to_string(now);
  }
}

TEST_F(Handlers, StartsOutsideThePeriodOrBehindThePlanDoNotCount) {
  h.run_until(zero + 20s);
  auto record = noted();
  auto r = audit_of(h, zero + 3s, zero + 6s, &record);
  EXPECT_EQ(r.found.error_count(), 0u);
  EXPECT_EQ(r.seen.starts, 3u);
  h.job.next = zero + 11s; // as it was read before the last fires
  EXPECT_EQ(audit_of(h, zero, zero + 30s, &record).found.error_count(), 0u);
}

TEST_F(Handlers, ShardsAreNotedOneByOne) {
  auto* parent = h.claim(zero + 11s);
  parent->shards = 2;
  parent->session = {};
  parent->state = state::succeeded;
  parent->ended = zero + 12s;
  auto p = *parent;
  for (std::int16_t n = 0; n < 2; ++n) {
    auto t = p;
    t.id = trigger_id{100 + n};
    t.shard = n;
    t.session = session_id{7};
    t.started = zero + 11s;
    h.triggers.push_back(t);
  }
  auto record = noted();
  EXPECT_EQ(audit_of(h, zero, zero + 12s, &record).found.error_count(), 0u);
  auto fewer = noted_but([](auto& s) { s.pop_back(); });
  EXPECT_EQ(only_error(audit_of(h, zero, zero + 12s, &fewer)).shard, 1);
}

TEST_F(Handlers, AJobThatTheRecordDoesNotNameIsANote) {
  handler_record nobody;
  auto r = audited(nobody);
  EXPECT_EQ(r.found.error_count(), 0u);
  ASSERT_EQ(r.found.count(kind::handlers_silent), 1u);
  EXPECT_EQ(r.found.notes()[0].text, "orders/close-stale: 10 runs, and the handlers' record does not name the job");
}

TEST_F(Handlers, AJobThatDoesNotExistHasNoRows) {
  auto record = noted();
  record.add("orders/gone", {zero + 3s, {}, 0, 1, session_id{7}});
  record.add("orders/long-gone", {zero - 3s, {}, 0, 1, session_id{7}});
  record.sort();
  EXPECT_EQ(only_error(audited(record)).text, "orders/gone: the handlers' record names it, but there is no such job");
  memory_source some{{&h}};
  request r{zero, zero + 11s, zero + 11s, "2026a", &record, false};
  EXPECT_EQ(run(some, r).found.error_count(), 0u) << "the audit is of some jobs alone";
}

} // namespace
} // namespace xxl::audit
