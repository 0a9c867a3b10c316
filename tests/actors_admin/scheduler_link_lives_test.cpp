#include "tests/actors_admin/scheduler_link_fixture.hpp"

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(LinkTest, ARestartEndsTheOldLifeEverywhere) {
  opening.ended = {{9}};
  enlist();
  begin();
  ASSERT_THAT(overs, SizeIs(1));
  EXPECT_EQ(overs[0].session, session_id{9});
  ASSERT_THAT(gone, SizeIs(1)) << "the router still chooses a session that ended";
  EXPECT_EQ(gone[0].session, session_id{9});
}

TEST_F(LinkTest, TheOldLifeGetsNothingMoreBeforeItIsEnded) {
  auto restarted = hello();
  restarted.lives = {{8}, {9}};
  ASSERT_TRUE(ask<executor_welcome>(link, register_atom_v, restarted));
  begin();
  EXPECT_THAT(stopped, ElementsAre(session_id{8}, session_id{9}));
  EXPECT_THAT(steps, ElementsAre("stop routing", "stop routing", "open", "lead"));
  ASSERT_THAT(openings, SizeIs(1));
  EXPECT_THAT(openings[0].session.lives, ElementsAre(session_id{8}, session_id{9}));
}

TEST_F(LinkTest, ANameThatALiveExecutorHasIsRefused) {
  opening = {};
  opening.fenced = true;
  opening.holder = {9};
  enlist();
  begin();
  EXPECT_THAT(leads_told, IsEmpty());
  auto answer = ask<beat_answer>(link, beat_atom_v, ann, std::uint64_t{1});
  EXPECT_EQ(code(answer), errc::name_in_use);
  EXPECT_THAT(text_of(answer.error()), ::testing::HasSubstr("another live executor has the name orders/ann"));
}

TEST_F(LinkTest, AJournalGoesToTheReignWhenItIsWhole) {
  auto restarted = hello();
  restarted.lives = {{9}};
  ASSERT_TRUE(ask<executor_welcome>(link, register_atom_v, restarted));
  begin();
  tell(life_atom_v, life_report{ann, epoch, {9}, {{7}}, false});
  EXPECT_THAT(lives, IsEmpty()) << "before the inventory nothing of this reign counts";
  holds({});
  tell(life_atom_v, life_report{ann, epoch, {9}, {{7}}, false});
  EXPECT_THAT(lives, IsEmpty());
  tell(life_atom_v, life_report{ann, epoch, {9}, {{8}}, true});
  ASSERT_THAT(lives, SizeIs(1));
  EXPECT_EQ(lives[0].life, session_id{9});
  EXPECT_THAT(lives[0].started, ElementsAre(trigger_id{7}, trigger_id{8}));
  tell(life_settled{{9}});
  EXPECT_THAT(settled, ElementsAre(session_id{9}));
}

TEST_F(LinkTest, AJournalOfALifeThatTheHelloDidNotNameIsRefused) {
  ready();
  tell(life_atom_v, life_report{ann, epoch, {9}, {{7}}, true});
  EXPECT_THAT(lives, IsEmpty());
  EXPECT_EQ(stat("link.refused"), 1);
}

} // namespace
} // namespace xxl::admin::test
