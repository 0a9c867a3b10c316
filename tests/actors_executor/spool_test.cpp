#include "actors/executor/spool.hpp"
#include "actors/executor/spool_record.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <caf/deep_to_string.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xxl::executor {
namespace {

using test::make_outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr session_id first_life{11}, second_life{12};

std::size_t files_in(const std::filesystem::path& directory) {
  std::size_t n = 0;
  for (auto& entry : std::filesystem::directory_iterator{directory})
    n += entry.path().filename().string().starts_with("results-");
  return n;
}

class SpoolTest : public ::testing::Test {
protected:
  test::temporary_directory dir;
  std::filesystem::path path = dir.path() / "spool";
};

TEST_F(SpoolTest, ResultsWithoutAcknowledgementAreThereInTheNextLife) {
  {
    spool s{path};
    ASSERT_FALSE(s.append(first_life, {make_outcome(1), make_outcome(2, "text"), make_outcome(3)}));
    ASSERT_FALSE(s.acknowledge(first_life, {{1}, {3}}));
  }
  spool next{path};
  ASSERT_EQ(next.before().size(), 1u);
  auto& left = next.before().at(first_life);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].trigger, trigger_id{2});
  EXPECT_EQ(left[0].message, "text");
  EXPECT_EQ(left[0].fire, test::a_fire);
}

TEST_F(SpoolTest, AResultComesBackWithAllThatItsEndNeeds) {
  auto written = make_outcome(1, "text");
  written.attempt = 3;
  written.version = 7;
  written.started = test::a_fire + std::chrono::seconds{1};
  written.ended = test::a_fire + std::chrono::seconds{2};
  written.state = trigger_state::failed;
  written.reason = state_reason::handler_error;
  written.follows = true;
  {
    spool s{path};
    ASSERT_FALSE(s.append(first_life, {written}));
  }
  spool next{path};
  EXPECT_EQ(caf::deep_to_string(next.before().at(first_life).at(0)), caf::deep_to_string(written));
}

TEST_F(SpoolTest, ResultsBehindAnAcknowledgementInTheSameFileOutliveMoreThanOneRestart) {
  {
    spool s{path};
    ASSERT_FALSE(s.append(first_life, {make_outcome(1)}));
    ASSERT_FALSE(s.acknowledge(first_life, {{1}}));
    ASSERT_FALSE(s.append(first_life, {make_outcome(2)}));
  }
  for (auto life : {"second", "third"}) {
    spool s{path};
    ASSERT_EQ(s.before().size(), 1u) << life;
    EXPECT_EQ(s.before().at(first_life).at(0).trigger, trigger_id{2}) << life;
  }
}

TEST_F(SpoolTest, ResultsKeepTheSessionThatRanThemOverSeveralLives) {
  {
    spool s{path};
    ASSERT_FALSE(s.append(first_life, {make_outcome(1)}));
  }
  {
    spool s{path};
    ASSERT_FALSE(s.append(second_life, {make_outcome(1), make_outcome(2)}));
  }
  spool s{path};
  EXPECT_EQ(s.before().at(first_life).size(), 1u);
  EXPECT_EQ(s.before().at(second_life).size(), 2u);
  EXPECT_EQ(s.pending(), 3u);
}

TEST_F(SpoolTest, NothingIsLeftOnceAllIsAcknowledged) {
  {
    spool s{path};
    ASSERT_FALSE(s.append(first_life, {make_outcome(1)}));
  }
  {
    spool s{path};
    ASSERT_FALSE(s.acknowledge(first_life, {{1}}));
    EXPECT_EQ(files_in(path), 1u) << "only this life's file";
  }
  spool s{path};
  EXPECT_THAT(s.before(), IsEmpty());
  EXPECT_EQ(files_in(path), 0u);
}

TEST_F(SpoolTest, FullFilesGoWhenTheirResultsAreAcknowledged) {
  spool s{path, {.file_bytes = 200}};
  for (std::int64_t id = 1; id <= 100; ++id) {
    ASSERT_FALSE(s.append(first_life, {make_outcome(id)}));
    ASSERT_FALSE(s.acknowledge(first_life, {{id}}));
  }
  EXPECT_EQ(s.pending(), 0u);
  EXPECT_LE(files_in(path), 2u);
}

TEST_F(SpoolTest, ATornLastRecordIsIgnoredAndTheWholeOnesAreKept) {
  {
    spool s{path};
    ASSERT_FALSE(s.append(first_life, {make_outcome(1)}));
  }
  auto torn = encode({first_life, {make_outcome(2)}, {}});
  std::ofstream{path / "results-000001", std::ios::app | std::ios::binary} << torn.substr(0, torn.size() - 1);
  spool s{path};
  EXPECT_EQ(s.before().at(first_life).size(), 1u);
}

TEST_F(SpoolTest, ADamagedRecordIsNotTakenForAResult) {
  auto bytes = encode({first_life, {make_outcome(1)}, {}});
  bytes[40] = static_cast<char>(bytes[40] + 1);
  std::string_view view = bytes;
  EXPECT_FALSE(decode_next(view));
  EXPECT_EQ(view.size(), bytes.size());
}

TEST_F(SpoolTest, AFailedAppendLeavesNothingBehind) {
  spool s{path};
  ASSERT_FALSE(s.append(first_life, {make_outcome(1)}));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit tight{std::filesystem::file_size(path / "results-000001") + 10, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  EXPECT_TRUE(s.append(first_life, {make_outcome(2)}));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(s.pending(), 1u);
  ASSERT_FALSE(s.append(first_life, {make_outcome(3)})) << "the disk has room again";
  EXPECT_EQ(s.pending(), 2u);
}

TEST_F(SpoolTest, ASecondProcessIsRefusedWithThePidOfTheFirst) {
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  auto child = ::fork();
  if (child == 0) {
    ::close(done[1]);
    spool s{path};
    char byte = 'r';
    if (::write(ready[1], &byte, 1) != 1 || ::read(done[0], &byte, 1) < 0) ::_exit(1);
    ::_exit(0);
  }
  ::close(done[0]);
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  try {
    spool second{path};
    ADD_FAILURE() << "the lock was given twice";
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("is in use by process " + std::to_string(child)));
  }
  for (int fd : {done[1], ready[0], ready[1]}) ::close(fd);
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(spool{path}) << "the lock dies with its owner";
}

TEST_F(SpoolTest, ADirectoryThatCannotBeUsedIsNamed) {
  std::ofstream{dir.path() / "file"} << "x";
  try {
    spool s{dir.path() / "file" / "spool"};
    ADD_FAILURE();
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("cannot use the spool " + (dir.path() / "file" / "spool").string()));
  }
}

} // namespace
} // namespace xxl::executor
