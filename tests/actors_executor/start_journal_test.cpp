#include "actors/executor/start_journal.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

namespace xxl::executor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr session_id first{11}, second{12};

class StartJournal : public ::testing::Test {
protected:
  test::temporary_directory place;
  std::filesystem::path directory() const { return place.path(); }
  start_journal open(const char* boot = "boot-a", std::size_t file_bytes = 64 * 1024) {
    return {directory(), boot, {file_bytes, 1'000}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{directory()}, {}));
  }
};

TEST_F(StartJournal, TheNextLifeReadsWhatHadStarted) {
  {
    auto journal = open();
    EXPECT_THAT(journal.before(), IsEmpty());
    EXPECT_FALSE(journal.note(first, {7}));
    EXPECT_FALSE(journal.note(first, {8}));
  }
  EXPECT_THAT(open().before(), ElementsAre(Pair(first, ElementsAre(trigger_id{7}, trigger_id{8}))));
}

TEST_F(StartJournal, AnIdIsInTheFileBeforeNoteReturns) {
  auto journal = open();
  journal.note(first, {7});
  EXPECT_THAT(open().before(), ElementsAre(Pair(first, ElementsAre(trigger_id{7})))) << "kill -9 may come now";
}

TEST_F(StartJournal, ALifeThatStartedNothingIsKnown) {
  EXPECT_FALSE(open().begin(first));
  EXPECT_FALSE(open().begin(second));
  EXPECT_THAT(open().before(), ElementsAre(Pair(first, IsEmpty()), Pair(second, IsEmpty())));
}

TEST_F(StartJournal, ALifeThatRunsOnIsKnownWhateverIsAcknowledged) {
  auto journal = open();
  journal.begin(first);
  journal.note(first, {7});
  journal.acknowledged({{7}});
  EXPECT_THAT(open().before(), ElementsAre(Pair(first, ElementsAre(trigger_id{7}))));
}

TEST_F(StartJournal, OfMoreLivesThanAHelloNamesTheOldestGo) {
  for (std::int64_t life = 20; life > 10; --life) open().begin({life});
  start_journal journal{directory(), "boot-a", {64 * 1024, 3}};
  EXPECT_THAT(journal.before(), ElementsAre(Pair(session_id{11}, IsEmpty()), Pair(session_id{12}, IsEmpty()),
                                            Pair(session_id{13}, IsEmpty())));
  EXPECT_EQ(files(), 3u);
}

TEST_F(StartJournal, LivesAreKeptApart) {
  {
    auto journal = open();
    journal.note(first, {7});
    journal.note(second, {8});
  }
  EXPECT_THAT(open().before(),
              ElementsAre(Pair(first, ElementsAre(trigger_id{7})), Pair(second, ElementsAre(trigger_id{8}))));
}

TEST_F(StartJournal, AnotherBootsJournalIsWorthNothingAndGoes) {
  open("boot-a").note(first, {7});
  EXPECT_THAT(open("boot-b").before(), IsEmpty());
  EXPECT_EQ(files(), 0u);
}

TEST_F(StartJournal, ATornIdNeverStarted) {
  open().note(first, {7});
  std::ofstream{directory() / "starts-000001", std::ios::app} << "abc";
  EXPECT_THAT(open().before(), ElementsAre(Pair(first, ElementsAre(trigger_id{7}))));
}

TEST_F(StartJournal, AFileWithoutAWholeFirstLineGoes) {
  std::ofstream{directory() / "starts-000001"} << "xxl-starts-1 11 bo";
  EXPECT_THAT(open().before(), IsEmpty());
  EXPECT_EQ(files(), 0u);
}

TEST_F(StartJournal, FilesWhoseIdsAreAcknowledgedGo) {
  auto journal = open("boot-a", 40); // the first line and an id or two
  std::vector<trigger_id> ids;
  for (std::int64_t i = 1; i <= 20; ++i) {
    journal.note(first, {i});
    ids.push_back({i});
  }
  ASSERT_GT(files(), 5u);
  journal.acknowledged(ids);
  EXPECT_EQ(files(), 1u) << "the one that is being written";
}

TEST_F(StartJournal, ASettledLifesFilesGo) {
  open().note(first, {7});
  auto journal = open();
  journal.note(second, {8});
  journal.settled(first);
  EXPECT_EQ(files(), 1u);
  EXPECT_THAT(open().before(), ElementsAre(Pair(second, ElementsAre(trigger_id{8}))));
}

TEST_F(StartJournal, AFailedWriteIsTold) {
  auto journal = open();
  std::filesystem::remove_all(directory());
  EXPECT_TRUE(journal.note(first, {7}));
}

} // namespace
} // namespace xxl::executor
