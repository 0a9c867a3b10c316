// Marks for killing (guarantees.md §2, Kill; storage.md §4d), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class kill_conformance : public conformance {
protected:
  kill_marks kill(std::vector<trigger_id> ids) { return catalog->kill(ids, note, "trigger 101"); }
  static std::vector<trigger_id> ids_of(const std::vector<kill_marks::row>& rows) {
    std::vector<trigger_id> ids;
    for (auto& row : rows) ids.push_back(row.trigger);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  std::vector<trigger_id> marked() {
    std::vector<trigger_id> ids;
    for (auto& row : plan->marked({}, 100)) ids.push_back(row.trigger);
    return ids;
  }
};

TEST_P(kill_conformance, AMarkTellsWhatWaitsFromWhatIsSent) {
  const auto job = make_job("a");
  claim_one(job, {101});
  make_waiting(job, {102}, from_ms(9'000));
  const auto marks = kill({{101}, {102}, {999}});
  EXPECT_THAT(ids_of(marks.sent), ElementsAre(trigger_id{101}));
  EXPECT_THAT(ids_of(marks.waiting), ElementsAre(trigger_id{102}));
  EXPECT_EQ(marks.sent[0].fire, from_ms(5'000));
  EXPECT_FALSE(marks.left);
  const auto again = kill({{101}, {102}});
  EXPECT_THAT(again.sent, IsEmpty());
  EXPECT_THAT(again.waiting, IsEmpty());
}

TEST_P(kill_conformance, MarkedRowsOfSessionsAreToldPageByPage) {
  claim_one(make_job("a"), {101});
  claim_one(make_job("b"), {102});
  claim_one(make_job("c"), {103});
  kill({{101}, {103}});
  const auto first = plan->marked({}, 1);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].trigger, trigger_id{101});
  EXPECT_EQ(first[0].session, session);
  EXPECT_EQ(first[0].version, 1);
  EXPECT_EQ(first[0].attempt, 1);
  EXPECT_EQ(first[0].fire, from_ms(5'000));
  const auto second = plan->marked({101}, 10);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].trigger, trigger_id{103});
}

TEST_P(kill_conformance, AMarkedWaitingRowIsNotClaimedAnyMore) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  kill({{101}});
  const std::vector rows{waiting_claim{{101}, session, 0}};
  EXPECT_THAT(claims->claim_waiting(epoch, rows, from_ms(5'100), run::first).claimed, IsEmpty());
  EXPECT_THAT(marked(), IsEmpty()) << "it has no session: whoever marked it ends it";
  const auto waiting = plan->waiting(from_ms(9'000), from_ms(0), {}, 10);
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_TRUE(waiting[0].kill);
}

TEST_P(kill_conformance, AMarkedRowEndsAsKilledWhateverIsReportedAndNothingFollows) {
  claim_one(make_job("a"), {101});
  kill({{101}});
  auto end = end_of({101}, trigger_state::failed);
  end.retry = {201};
  end.retry_due = from_ms(6'000);
  end.message = "exit code 1";
  const auto answer = complete_one(end);
  EXPECT_THAT(answer.moved, ElementsAre(trigger_id{101}));
  EXPECT_THAT(answer.followed, IsEmpty());
  EXPECT_EQ(find_trigger({101})->state, trigger_state::killed);
  EXPECT_EQ(find_trigger({101})->message, "exit code 1");
  EXPECT_EQ(find_trigger({201}), std::nullopt);
  EXPECT_THAT(marked(), IsEmpty());
}

TEST_P(kill_conformance, AMarkOutlivesAHandBack) {
  claim_one(make_job("a"), {101});
  kill({{101}});
  const std::vector back{hand_back{{101}, session, from_ms(5'300), state_reason::not_started, 0}};
  claims->hand_back_rows(epoch, back);
  const auto waiting = plan->waiting(from_ms(9'000), from_ms(0), {}, 10);
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_TRUE(waiting[0].kill);
}

TEST_P(kill_conformance, AParentTakesItsShardsAlong) {
  const auto job = make_job("a");
  claim_batch batch;
  batch.jobs.push_back(fire_of(job, from_ms(5'000), from_ms(6'000)));
  batch.triggers = broadcast_of(job);
  claims->claim(epoch, batch, from_ms(5'000), run::first);
  EXPECT_THAT(ids_of(kill({{101}}).sent), ElementsAre(trigger_id{101}, trigger_id{102}, trigger_id{103}));
  EXPECT_THAT(marked(), ElementsAre(trigger_id{102}, trigger_id{103}));
}

TEST_P(kill_conformance, AnotherShardIsNotKilledWithItsSister) {
  const auto job = make_job("a");
  claim_batch batch;
  batch.jobs.push_back(fire_of(job, from_ms(5'000), from_ms(6'000)));
  batch.triggers = broadcast_of(job);
  claims->claim(epoch, batch, from_ms(5'000), run::first);
  EXPECT_THAT(ids_of(kill({{102}}).sent), ElementsAre(trigger_id{102}));
}

TEST_P(kill_conformance, OpenTriggersOfAJobThatAreNotMarkedAreFound) {
  const auto job = make_job("a");
  claim_one(job, {101});
  make_waiting(job, {102}, from_ms(9'000));
  claim_one(make_job("b"), {103});
  EXPECT_THAT(catalog->open_unmarked(job, 10), ElementsAre(trigger_id{101}, trigger_id{102}));
  EXPECT_THAT(catalog->open_unmarked(job, 1), ElementsAre(trigger_id{101}));
  kill({{101}});
  EXPECT_THAT(catalog->open_unmarked(job, 10), ElementsAre(trigger_id{102}));
}

TEST_P(kill_conformance, WhoKilledStandsInTheOperatorsLog) {
  claim_one(make_job("a"), {101});
  const auto before = number("SELECT count(*) FROM operator_log WHERE what = 'apply' AND target = 'trigger 101'");
  kill({{101}});
  EXPECT_EQ(number("SELECT count(*) FROM operator_log WHERE who = 'ann' AND target = 'trigger 101'"), before + 1);
}

XXL_ON_BOTH_DATABASES(kill_conformance);

} // namespace
} // namespace xxl::storage
