#include "tests/faults/journal_files.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace xxl::faults {
namespace {

using ::testing::ElementsAre;

std::string journal(const std::vector<std::int64_t>& ids) {
  std::string text = "xxl-starts-1 77 boot\n";
  for (auto id : ids) text.append(reinterpret_cast<const char*>(&id), sizeof id);
  return text;
}

TEST(JournalFiles, NameTheRunsOfAllJournalsAndNothingElse) {
  test::temporary_directory data;
  data.write("spool/starts-000001", journal({5, 7}));
  data.write("spool/starts-000002", journal({10})); // 10 is a line end as a byte
  data.write("spool/results-000001", "something");
  EXPECT_THAT(begun_triggers(data.path()), ElementsAre(5, 7, 10));
}

TEST(JournalFiles, LeaveOutAnIdStillBeingWritten) {
  test::temporary_directory data;
  data.write("spool/starts-000001", journal({5}) + "abc");
  EXPECT_THAT(begun_triggers(data.path()), ElementsAre(5));
}

TEST(JournalFiles, RefuseAFormatThatTheyDoNotKnow) {
  test::temporary_directory data;
  data.write("spool/starts-000001", "xxl-starts-2 77 boot\n");
  EXPECT_THROW(begun_triggers(data.path()), std::runtime_error);
}

} // namespace
} // namespace xxl::faults
