// What an audit reads (guarantees.md §2), on both databases: each record once, in the order of the keys, whatever moves
// between two pages.

#include "tests/storage/conformance.hpp"

#include <algorithm>
#include <tuple>

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class audit_conformance : public conformance {
protected:
  audit_query query{{1}, {1'000'000}, from_ms(0), from_ms(100'000), {}, 1'000};

  std::vector<trigger_id> triggers() {
    std::vector<trigger_id> ids;
    for (const auto& row : catalog->audit_triggers(query)) ids.push_back(row.id);
    return ids;
  }
  /// The place of the last row, given how often its key was read before the page.
  static audit_place behind(const std::vector<audit_trigger>& page, const std::optional<audit_place>& before) {
    const auto& last = page.back();
    audit_place at{last.job, 0, last.fire, last.origin, last.shard, last.attempt, 0};
    const auto key = [](const auto& x) { return std::tie(x.job, x.fire, x.origin, x.shard, x.attempt); };
    for (const auto& row : page) at.taken += key(row) == key(at);
    if (before && key(*before) == key(at)) at.taken += before->taken;
    return at;
  }
  /// All triggers in pages of that size.
  std::vector<trigger_id> paged(std::uint32_t size) {
    query.limit = size;
    query.after.reset();
    std::vector<trigger_id> ids;
    for (;;) {
      const auto page = catalog->audit_triggers(query);
      for (const auto& row : page) ids.push_back(row.id);
      if (page.size() < size) return ids;
      query.after = behind(page, query.after);
    }
  }
  void edit(job_id job, const job_edit& e) {
    catalog->edit_job(
        job, [&](const locked_job&) { return std::optional{e}; }, note);
  }
  /// Writes a gap row by an edit that leaves the rest of the job alone.
  void make_gap(job_id job, instant from, instant to, std::int64_t fires) {
    job_edit e;
    e.next = from_ms(90'000);
    e.gap = gap{from, to, fires, state_reason::edited};
    edit(job, e);
  }
  std::string yes() const { return GetParam() == dialect::sqlite ? "1" : "true"; }
};

// ---- jobs

TEST_P(audit_conformance, JobsShowHowFarTheirRecordReaches) {
  const auto a = make_job("a"), b = make_job("b", std::nullopt);
  claim_one(a, {101});
  sql("UPDATE job_fire SET awaits_end = " + yes() + " WHERE job_id = " + to_string(b));
  const auto jobs = catalog->audit_jobs(query);
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].id, a);
  EXPECT_EQ(jobs[0].group, "group");
  EXPECT_EQ(jobs[0].name, "a");
  EXPECT_EQ(jobs[0].version, 1);
  EXPECT_EQ(jobs[0].last, from_ms(5'000));
  EXPECT_EQ(jobs[0].next, from_ms(6'000));
  EXPECT_FALSE(jobs[0].awaits_end);
  EXPECT_FALSE(jobs[0].deleted);
  EXPECT_FALSE(jobs[0].group_paused);
  EXPECT_EQ(jobs[1].id, b);
  EXPECT_FALSE(jobs[1].last);
  EXPECT_FALSE(jobs[1].next);
  EXPECT_TRUE(jobs[1].awaits_end);
}

TEST_P(audit_conformance, ADeletedJobAndAPausedGroupAreShownAsSuch) {
  const auto a = make_job("a");
  sql("UPDATE executor_group SET paused = " + yes());
  sql("UPDATE job SET deleted_ms = 1 WHERE job_id = " + to_string(a));
  const auto jobs = catalog->audit_jobs(query);
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_TRUE(jobs[0].deleted);
  EXPECT_TRUE(jobs[0].group_paused);
}

TEST_P(audit_conformance, JobsComeInPagesBetweenTwoIds) {
  std::vector<job_id> made;
  for (const auto* name : {"a", "b", "c", "d"}) made.push_back(make_job(name));
  query.first = made[1];
  query.last = made[3];
  query.limit = 2;
  const auto ids = [&] {
    std::vector<job_id> all;
    for (const auto& row : catalog->audit_jobs(query)) all.push_back(row.id);
    return all;
  };
  EXPECT_THAT(ids(), ElementsAre(made[1], made[2]));
  query.after = audit_place{made[2], 0, {}, {}, 0, 0, 1};
  EXPECT_THAT(ids(), ElementsAre(made[3]));
  query.last = made[2];
  EXPECT_THAT(ids(), IsEmpty());
}

// ---- versions

TEST_P(audit_conformance, VersionsSayWhatEachEditWrote) {
  const auto a = make_job("a");
  claim_one(a, {101});
  note.now = from_ms(5'500);
  note.tzdb = "2025b";
  job_edit e;
  e.paused = true;
  e.move_last = from_ms(5'500);
  edit(a, e);
  const auto rows = catalog->audit_versions(query);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].job, a);
  EXPECT_EQ(rows[0].version, 1);
  EXPECT_EQ(rows[0].from, from_ms(1'000));
  EXPECT_FALSE(rows[0].after);
  EXPECT_EQ(rows[0].first_fire, from_ms(5'000));
  EXPECT_TRUE(rows[0].enabled);
  EXPECT_FALSE(rows[0].paused);
  EXPECT_EQ(rows[0].spec, "{}");
  EXPECT_EQ(rows[0].tzdb, "2024a");
  EXPECT_EQ(rows[1].version, 2);
  EXPECT_EQ(rows[1].from, from_ms(5'500));
  EXPECT_EQ(rows[1].after, from_ms(5'500));
  EXPECT_FALSE(rows[1].first_fire);
  EXPECT_TRUE(rows[1].paused);
  EXPECT_FALSE(rows[1].spec) << "as before";
  EXPECT_EQ(rows[1].tzdb, "2025b");
}

TEST_P(audit_conformance, VersionsSayHowManyRunsTheirScheduleHadHad) {
  const auto a = make_job("a");
  claim_one(a, {101});
  EXPECT_EQ(catalog->audit_jobs(query).at(0).fires, 1);
  job_edit ended;
  ended.paused = true;
  ended.ran_out = from_ms(5'000);
  edit(a, ended);
  job_edit other;
  other.restarts = true;
  edit(a, other);
  const auto rows = catalog->audit_versions(query);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fires, 0);
  EXPECT_EQ(rows[1].fires, 1);
  EXPECT_EQ(rows[1].ran_out, from_ms(5'000));
  EXPECT_EQ(rows[2].fires, 0);
  EXPECT_EQ(rows[2].ran_out, std::nullopt);
}

TEST_P(audit_conformance, NothingIsDueOfADisabledOrADeletedJob) {
  const auto a = make_job("a"), b = make_job("b");
  job_edit disabled;
  disabled.enabled = false;
  edit(a, disabled);
  job_edit deleted;
  deleted.deleted = from_ms(1'000);
  edit(b, deleted);
  const auto rows = catalog->audit_versions(query);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_FALSE(rows[1].enabled);
  EXPECT_FALSE(rows[3].enabled);
  EXPECT_EQ(number("SELECT CASE WHEN enabled THEN 1 ELSE 0 END FROM job WHERE job_id = " + to_string(b)), 1)
      << "the job itself comes back as it was";
}

TEST_P(audit_conformance, AScriptsSourceStaysInTheDatabase) {
  const auto a = make_job("a");
  job_edit e;
  e.spec = R"({"schedule":"none","script":{"language":"shell","source":")" + std::string(100'000, 'x') + R"("}})";
  edit(a, e);
  const auto rows = catalog->audit_versions(query);
  ASSERT_EQ(rows.size(), 2U);
  ASSERT_TRUE(rows[1].spec);
  EXPECT_LT(rows[1].spec->size(), 100U);
  EXPECT_THAT(*rows[1].spec, ::testing::HasSubstr("shell"));
}

TEST_P(audit_conformance, ASpecificationOfAnotherShapeHidesNoVersion) {
  const auto a = make_job("a");
  for (const auto* shape : {"7", R"({"script":"no object"})", R"([1])"}) {
    job_edit e;
    e.spec = shape;
    edit(a, e);
  }
  EXPECT_EQ(catalog->audit_versions(query).size(), 4U);
}

TEST_P(audit_conformance, VersionsComeInPages) {
  const auto a = make_job("a"), b = make_job("b");
  edit(a, {});
  query.limit = 2;
  auto rows = catalog->audit_versions(query);
  ASSERT_EQ(rows.size(), 2U);
  query.after = audit_place{a, 2, {}, {}, 0, 0, 1};
  rows = catalog->audit_versions(query);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].job, b);
}

// ---- gap rows

TEST_P(audit_conformance, GapRowsReachIntoThePeriod) {
  const auto a = make_job("a");
  make_gap(a, from_ms(10'000), from_ms(20'000), 11);
  make_gap(a, from_ms(30'000), from_ms(40'000), 12);
  const auto fires = [&](std::int64_t from, std::int64_t to) {
    query.from = from_ms(from);
    query.to = from_ms(to);
    std::vector<std::int64_t> all;
    for (const auto& row : catalog->audit_gaps(query)) all.push_back(row.fires);
    return all;
  };
  EXPECT_THAT(fires(0, 100'000), ElementsAre(11, 12));
  EXPECT_THAT(fires(20'000, 30'000), ElementsAre(11)) << "the last fire counts, the end of the period does not";
  EXPECT_THAT(fires(20'001, 30'001), ElementsAre(12));
  EXPECT_THAT(fires(15'000, 16'000), ElementsAre(11));
}

TEST_P(audit_conformance, AGapRowNamesTheVersionThatWasInForceAndItsReason) {
  const auto a = make_job("a");
  note.now = from_ms(25'000);
  make_gap(a, from_ms(10'000), from_ms(20'000), 11);
  const auto rows = catalog->audit_gaps(query);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].job, a);
  EXPECT_EQ(rows[0].from, from_ms(10'000));
  EXPECT_EQ(rows[0].to, from_ms(20'000));
  EXPECT_EQ(rows[0].at, from_ms(25'000));
  EXPECT_EQ(rows[0].version, 1);
  EXPECT_EQ(rows[0].reason, state_reason::edited);
}

TEST_P(audit_conformance, GapRowsComeInPages) {
  const auto a = make_job("a"), b = make_job("b");
  make_gap(b, from_ms(10'000), from_ms(10'000), 3);
  make_gap(a, from_ms(20'000), from_ms(20'000), 2);
  make_gap(a, from_ms(10'000), from_ms(10'000), 1);
  query.limit = 1;
  std::vector<std::int64_t> all;
  for (;;) {
    const auto page = catalog->audit_gaps(query);
    if (page.empty()) break;
    all.push_back(page[0].fires);
    query.after = audit_place{page[0].job, 0, page[0].from, {}, 0, 0, 1};
  }
  EXPECT_THAT(all, ElementsAre(1, 2, 3));
}

// ---- triggers

TEST_P(audit_conformance, AnOpenTriggerShowsWhatItsRowSays) {
  const auto a = make_job("a");
  claim_one(a, {101});
  const auto rows = catalog->audit_triggers(query);
  ASSERT_EQ(rows.size(), 1U);
  const auto& row = rows[0];
  EXPECT_EQ(row.id, trigger_id{101});
  EXPECT_EQ(row.job, a);
  EXPECT_EQ(row.fire, from_ms(5'000));
  EXPECT_EQ(row.origin, "");
  EXPECT_EQ(row.shard, -1);
  EXPECT_EQ(row.shards, 0);
  EXPECT_EQ(row.attempt, 1);
  EXPECT_EQ(row.handed, 0);
  EXPECT_EQ(row.state, trigger_state::claimed);
  EXPECT_EQ(row.cause, trigger_cause::schedule);
  EXPECT_EQ(row.session, session);
  EXPECT_EQ(row.epoch, epoch);
  EXPECT_EQ(row.version, 1);
  EXPECT_EQ(row.claimed, from_ms(5'000));
  EXPECT_FALSE(row.sent);
  EXPECT_FALSE(row.started);
  EXPECT_FALSE(row.ended);
}

TEST_P(audit_conformance, ATriggerThatCameBackShowsHowOften) {
  const auto a = make_job("a");
  claim_one(a, {101});
  hand_back back;
  back.trigger = {101};
  back.session = session;
  back.due = from_ms(5'100);
  ASSERT_THAT(claims->hand_back_rows(epoch, std::vector{back}), ElementsAre(trigger_id{101}));
  const auto rows = catalog->audit_triggers(query);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].handed, 1);
  EXPECT_EQ(rows[0].state, trigger_state::waiting);
  EXPECT_EQ(rows[0].reason, state_reason::not_started);
  EXPECT_EQ(rows[0].session, session_id{});
}

TEST_P(audit_conformance, AnEndedTriggerShowsItsEndAndTheRetryThatFollows) {
  claim_one(make_job("a"), {101});
  auto end = end_of({101}, trigger_state::timed_out);
  end.reason = state_reason::deadline;
  end.retry = {201};
  end.retry_due = from_ms(5'200);
  complete_one(end);
  const auto rows = catalog->audit_triggers(query);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, trigger_id{101});
  EXPECT_EQ(rows[0].state, trigger_state::timed_out);
  EXPECT_EQ(rows[0].reason, state_reason::deadline);
  EXPECT_EQ(rows[0].started, from_ms(5'010));
  EXPECT_EQ(rows[0].ended, from_ms(5'200));
  EXPECT_EQ(rows[1].id, trigger_id{201});
  EXPECT_EQ(rows[1].attempt, 2);
  EXPECT_EQ(rows[1].cause, trigger_cause::retry);
  EXPECT_EQ(rows[1].state, trigger_state::waiting);
}

TEST_P(audit_conformance, TriggersComeByJobFireOriginShardAndAttempt) {
  const auto a = make_job("a"), b = make_job("b");
  claim_one(b, {401});
  make_waiting(a, {301}, from_ms(5'000));
  const claim_batch broadcast{{fire_of(a, from_ms(5'000), from_ms(6'000))}, broadcast_of(a)};
  claims->claim(epoch, broadcast, from_ms(4'900), run::first);
  claim_one(a, {104}, from_ms(6'000), from_ms(7'000));
  auto end = end_of({102}, trigger_state::failed);
  end.retry = {202};
  end.retry_due = from_ms(5'200);
  complete_one(end);
  const auto all = triggers();
  EXPECT_THAT(all, ElementsAre(trigger_id{101}, trigger_id{102}, trigger_id{202}, trigger_id{103}, trigger_id{301},
                               trigger_id{104}, trigger_id{401}));
  for (std::uint32_t size = 1; size <= all.size() + 1; ++size) EXPECT_EQ(paged(size), all) << "pages of " << size;
}

TEST_P(audit_conformance, OriginsAreSortedByteByByte) {
  const auto a = make_job("a");
  make_waiting(a, {11}, from_ms(5'000));
  make_waiting(a, {101}, from_ms(5'000));
  make_waiting(a, {20}, from_ms(5'000));
  sql("UPDATE trigger_open SET origin = 'P20' WHERE trigger_id = 20");
  EXPECT_THAT(triggers(), ElementsAre(trigger_id{20}, trigger_id{101}, trigger_id{11})) << "P20, m101, m11";
}

TEST_P(audit_conformance, TriggersOfThePeriodAndOfTheJobsNamed) {
  const auto a = make_job("a"), b = make_job("b"), c = make_job("c");
  claim_one(a, {101});
  claim_one(b, {102});
  claim_one(b, {103}, from_ms(6'000), from_ms(7'000));
  claim_one(c, {104});
  complete_one(end_of({102}));
  query.first = query.last = b;
  EXPECT_THAT(triggers(), ElementsAre(trigger_id{102}, trigger_id{103}));
  query.to = from_ms(6'000);
  EXPECT_THAT(triggers(), ElementsAre(trigger_id{102}));
  query.from = from_ms(5'001);
  query.to = from_ms(6'001);
  EXPECT_THAT(triggers(), ElementsAre(trigger_id{103}));
}

TEST_P(audit_conformance, ATriggerThatEndsBetweenTwoPagesIsReadOnce) {
  const auto a = make_job("a"), b = make_job("b");
  claim_one(a, {101});
  claim_one(b, {102});
  query.limit = 1;
  auto page = catalog->audit_triggers(query);
  ASSERT_EQ(page.at(0).id, trigger_id{101});
  complete_one(end_of({101}));
  complete_one(end_of({102}));
  query.after = behind(page, query.after);
  page = catalog->audit_triggers(query);
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].id, trigger_id{102});
  query.after = behind(page, query.after);
  EXPECT_THAT(catalog->audit_triggers(query), IsEmpty());
}

TEST_P(audit_conformance, RowsOfOneKeyAreAllReadWhereverAPageEnds) {
  const auto a = make_job("a");
  claim_one(a, {101});
  claim_one(a, {102}, from_ms(6'000), from_ms(7'000));
  complete_one(end_of({101}));
  // The same key in both tables, as no statement of ours can make it.
  sql("UPDATE trigger_open SET fire_ms = 5000 WHERE trigger_id = 102");
  claim_one(a, {103}, from_ms(7'000), from_ms(8'000));
  const auto all = triggers();
  EXPECT_THAT(all, ElementsAre(trigger_id{101}, trigger_id{102}, trigger_id{103}));
  for (std::uint32_t size = 1; size <= 4; ++size) EXPECT_EQ(paged(size), all) << "pages of " << size;
}

TEST_P(audit_conformance, AnOriginThatIsNoTextIsRefused) {
  query.after = audit_place{{1}, 0, {}, std::string{"a\0b", 3}, 0, 0, 1};
  EXPECT_EQ(kind_thrown([&] { catalog->audit_triggers(query); }), error_kind::refused);
}

XXL_ON_BOTH_DATABASES(audit_conformance);

} // namespace
} // namespace xxl::storage
