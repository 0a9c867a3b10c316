// The list of triggers (storage.md §4f), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class triggers_conformance : public conformance {
protected:
  triggers_conformance() {
    a = make_job("a");
    b = make_job("b");
    claim_one(a, {101});
    claim_one(b, {102});
    claim_one(a, {103}, from_ms(6'000), from_ms(7'000));
    complete_one(end_of({101}, trigger_state::failed));
    complete_one(end_of({102}));
    query.from = from_ms(0);
  }
  std::vector<trigger_id> listed() {
    std::vector<trigger_id> ids;
    for (const auto& row : catalog->list_triggers(query)) ids.push_back(row.id);
    return ids;
  }
  job_id a, b;
  trigger_query query;
};

TEST_P(triggers_conformance, OpenAndEndedTriggersAreOneListNewestFirst) {
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103}, trigger_id{102}, trigger_id{101}));
  const auto rows = catalog->list_triggers(query);
  EXPECT_EQ(rows[0].group, "group");
  EXPECT_EQ(rows[0].job_name, "a");
  EXPECT_FALSE(rows[0].ended);
  EXPECT_EQ(rows[2].state, trigger_state::failed);
  EXPECT_EQ(rows[2].ended, from_ms(5'200));
}

TEST_P(triggers_conformance, ALaterFireComesFirstWhateverItsId) {
  make_waiting(b, {2'001}, from_ms(5'500)); // by hand, from the other connection's block of ids
  claim_one(a, {104}, from_ms(7'000), from_ms(8'000));
  EXPECT_THAT(listed(),
              ElementsAre(trigger_id{104}, trigger_id{103}, trigger_id{2'001}, trigger_id{102}, trigger_id{101}));
}

TEST_P(triggers_conformance, PagesOfEverySizeShowEachTriggerOnce) {
  make_waiting(b, {2'001}, from_ms(5'500));
  for (int i = 0; i < 5; ++i) make_waiting(a, {300 - i}, from_ms(5'000)); // one fire time on several pages
  const auto whole = listed();
  ASSERT_EQ(whole.size(), 9U);
  for (query.limit = 1; query.limit <= 10; ++query.limit) {
    query.before.reset();
    std::vector<trigger_id> pages;
    for (;;) {
      const auto page = catalog->list_triggers(query);
      for (const auto& row : page) pages.push_back(row.id);
      if (page.size() < query.limit) break;
      query.before = {page.back().fire, page.back().id};
    }
    EXPECT_EQ(pages, whole) << "pages of " << query.limit;
  }
}

TEST_P(triggers_conformance, ARowThatEndsBetweenTwoPagesIsOnOneOfThem) {
  query.limit = 1;
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103}));
  query.before = trigger_position{from_ms(6'000), {103}};
  complete_one(end_of({103}));
  EXPECT_THAT(listed(), ElementsAre(trigger_id{102}));
  make_waiting(b, {50}, from_ms(4'000));
  query.before = trigger_position{from_ms(5'000), {101}};
  sql("UPDATE trigger_open SET state = 1, due_ms = NULL, session_id = 7 WHERE trigger_id = 50");
  complete_one(end_of({50}));
  EXPECT_THAT(listed(), ElementsAre(trigger_id{50}));
}

TEST_P(triggers_conformance, OfOneJob) {
  query.group = "group";
  query.job = "a";
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103}, trigger_id{101}));
  query.job = "nobody";
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_P(triggers_conformance, OfOneGroup) {
  query.group = "group";
  EXPECT_EQ(listed().size(), 3U);
  query.group = "other";
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_P(triggers_conformance, InOneState) {
  query.state = trigger_state::claimed;
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103}));
  query.state = trigger_state::failed;
  EXPECT_THAT(listed(), ElementsAre(trigger_id{101}));
}

TEST_P(triggers_conformance, BetweenTwoFireTimes) {
  query.from = from_ms(5'000);
  query.to = from_ms(6'000);
  EXPECT_THAT(listed(), ElementsAre(trigger_id{102}, trigger_id{101}));
  query.from = from_ms(5'001);
  query.to.reset();
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103}));
}

TEST_P(triggers_conformance, WithoutABeginningHistoryGoesBackTwoDays) {
  query.from.reset();
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103})) << "open ones are listed however old they are";
  query.to = from_ms(6'000);
  EXPECT_THAT(listed(), ElementsAre(trigger_id{102}, trigger_id{101})) << "two days before the end";
}

TEST_P(triggers_conformance, HistoryGoesBackAsFarAsTheChainOfPagesSays) {
  query.from.reset();
  query.ended_from = from_ms(5'000);
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103}, trigger_id{102}, trigger_id{101}));
  query.ended_from = from_ms(5'001);
  EXPECT_THAT(listed(), ElementsAre(trigger_id{103})) << "open ones are listed however old they are";
}

TEST_P(triggers_conformance, ByIdWhateverItsAge) {
  EXPECT_EQ(find_trigger({101})->state, trigger_state::failed);
  EXPECT_EQ(find_trigger({103})->state, trigger_state::claimed);
  EXPECT_FALSE(find_trigger({999}));
}

TEST_P(triggers_conformance, TheExecutorIsNamed) {
  session_open s;
  s.session = session;
  s.group = catalog->groups().at(0).id;
  s.name = "host-1";
  claims->open_session(epoch, s);
  EXPECT_EQ(find_trigger({103})->executor, "host-1");
}

XXL_ON_BOTH_DATABASES(triggers_conformance);

} // namespace
} // namespace xxl::storage
