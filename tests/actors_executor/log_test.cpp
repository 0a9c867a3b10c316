#include "actors/executor/log_segments.hpp"
#include "protocol/limits.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr instant now = test::a_fire + 1h + 2min + 3s + 4ms;

run_ptr make_run(std::int64_t trigger) {
  return std::make_shared<run>(test::make_order(trigger), test::our_session, epoch_id{1}, 1, boot_time{1h});
}

class LogTest : public ::testing::Test {
protected:
  void write(run& r, std::string_view text, instant at = now) {
    buffer.write(r, text, at);
    flush(at);
  }
  void flush(instant at = now) { ASSERT_FALSE(segments->append(buffer.take(), at)); }
  void reopen() {
    segments.reset();
    segments.emplace(dir.path(), segment_limits);
  }
  log_chunk read(std::int64_t trigger, std::uint64_t from = 1, std::uint32_t most = 1'000) {
    return segments->read({{trigger}, test::a_fire, from, most});
  }
  std::size_t files(std::string_view extension) {
    std::size_t n = 0;
    for (auto& entry : std::filesystem::directory_iterator{dir.path()}) n += entry.path().extension() == extension;
    return n;
  }

  test::temporary_directory dir;
  metrics counters;
  log_buffer buffer{counters, {}};
  log_segments::limits segment_limits{.segment_bytes = 4'096, .total_bytes = 1 << 30, .keep = std::chrono::days{30}};
  std::optional<log_segments> segments{std::in_place, dir.path(), segment_limits};
};

TEST_F(LogTest, EachLineHasItsTimeAndEachLineEndBeginsALine) {
  auto r = make_run(1);
  write(*r, "one\ntwo\r\n\nfour");
  EXPECT_THAT(read(1).lines, ElementsAre("2026-01-01T01:02:03.004Z one", "2026-01-01T01:02:03.004Z two",
                                         "2026-01-01T01:02:03.004Z ", "2026-01-01T01:02:03.004Z four"));
  EXPECT_EQ(counters.snapshot()["log.lines"], 4);
}

TEST_F(LogTest, ALongLineGoesOnInTheNextOne) {
  segment_limits.segment_bytes = 1 << 20;
  reopen();
  auto r = make_run(1);
  write(*r, std::string(log_buffer::line_bytes + 5, 'x'));
  auto chunk = read(1);
  ASSERT_EQ(chunk.lines.size(), 2u);
  EXPECT_THAT(chunk.lines[1], EndsWith("Z xxxxx"));
}

TEST_F(LogTest, RunsAreReadApartThoughTheyShareTheSegment) {
  auto one = make_run(1), two = make_run(2);
  for (int i = 0; i < 3; ++i) {
    write(*one, "one " + std::to_string(i));
    write(*two, "two " + std::to_string(i));
  }
  EXPECT_THAT(read(2).lines, ElementsAre(EndsWith("two 0"), EndsWith("two 1"), EndsWith("two 2")));
}

TEST_F(LogTest, ARangeOfLinesCanBeReadWhileTheRunGoesOn) {
  auto r = make_run(1);
  for (int i = 1; i <= 10; ++i) write(*r, "line " + std::to_string(i));
  auto chunk = read(1, 4, 2);
  EXPECT_THAT(chunk.lines, ElementsAre(EndsWith("line 4"), EndsWith("line 5")));
  EXPECT_EQ(chunk.from_line, 4u);
  EXPECT_FALSE(chunk.complete);
  EXPECT_TRUE(chunk.found);
  EXPECT_THAT(read(1, 11).lines, IsEmpty());
}

TEST_F(LogTest, IsCompleteOnlyWithTheLastLineOfAnEndedRun) {
  auto r = make_run(1);
  write(*r, "a\nb");
  buffer.end(*r);
  flush();
  EXPECT_FALSE(read(1, 1, 1).complete);
  EXPECT_TRUE(read(1, 1, 2).complete);
  EXPECT_TRUE(read(1, 3).complete);
}

TEST_F(LogTest, AnUnknownTriggerIsNotFound) {
  EXPECT_FALSE(read(9).found);
  EXPECT_FALSE(read(9).complete);
}

TEST_F(LogTest, LinesAreFoundOverManySegmentsAndAfterARestart) {
  auto r = make_run(1), other = make_run(2);
  for (int i = 1; i <= 200; ++i) {
    write(*r, "line " + std::to_string(i));
    write(*other, "noise");
  }
  ASSERT_GT(files(".log"), 3u);
  for (bool restarted : {false, true}) {
    if (restarted) reopen();
    auto chunk = read(1, 199, 10);
    EXPECT_THAT(chunk.lines, ElementsAre(EndsWith("line 199"), EndsWith("line 200"))) << restarted;
  }
  EXPECT_EQ(files(".log"), files(".idx"));
}

TEST_F(LogTest, ATornTailOfAnEarlierLifeIsIgnored) {
  auto r = make_run(1);
  write(*r, "kept");
  segments.reset();
  log_record half{100, log_record::line, 1};
  std::ofstream{dir.path() / "20260101-000001.log", std::ios::app | std::ios::binary}.write(
      reinterpret_cast<char*>(&half), sizeof half)
      << "ab";
  segments.emplace(dir.path(), segment_limits);
  EXPECT_THAT(read(1).lines, ElementsAre(EndsWith("kept")));
}

TEST_F(LogTest, AnswersAreCutAtTheirBytes) {
  segment_limits.segment_bytes = 1 << 24;
  reopen();
  auto r = make_run(1);
  for (int i = 0; i < 40; ++i) write(*r, std::string(8'000, 'x'));
  auto chunk = read(1);
  EXPECT_EQ(chunk.lines.size(), xxl::limits::log_chunk_bytes / 8'025);
  EXPECT_EQ(read(1, 1 + chunk.lines.size()).lines.size(), 40 - chunk.lines.size());
}

TEST_F(LogTest, OldDaysAreDropped) {
  segment_limits.keep = std::chrono::days{2};
  reopen();
  auto r = make_run(1);
  for (int day = 0; day < 6; ++day) write(*r, "x", now + std::chrono::days{day});
  EXPECT_EQ(files(".log"), 3u) << "the open day and two before it";
}

TEST_F(LogTest, TheOldestSegmentsGoAboveTheTotal) {
  segment_limits.total_bytes = 3 * segment_limits.segment_bytes;
  reopen();
  auto r = make_run(1);
  for (int i = 0; i < 500; ++i) write(*r, "some text to fill segments with");
  EXPECT_LE(files(".log"), 4u);
  EXPECT_EQ(files(".log"), files(".idx") + 1) << "index files go with their segments";
}

TEST(LogBuffer, ARunsLogEndsWithAMarkAtItsLimitAndTheRestIsCounted) {
  metrics counters;
  log_buffer buffer{counters, {.run_bytes = 100}};
  auto r = make_run(1), other = make_run(2);
  for (int i = 0; i < 10; ++i) buffer.write(*r, "0123456789", now); // 35 bytes each with the time
  buffer.write(*other, "still written", now);
  EXPECT_EQ(counters.snapshot()["log.lines"], 3);
  EXPECT_EQ(counters.snapshot()["log.dropped_lines"], 8);
  auto records = buffer.take();
  EXPECT_EQ(log_segments::count_lines(records), 4u) << "two lines, one mark, one line of the other run";
  EXPECT_THAT(records, HasSubstr("at its limit of 100 bytes; what follows is not kept"));
}

TEST(LogBuffer, DropsAndCountsWhatTheStoreCannotKeepUpWith) {
  metrics counters;
  log_buffer buffer{counters, {.buffer_bytes = 100}};
  auto r = make_run(1);
  for (int i = 0; i < 10; ++i) buffer.write(*r, "0123456789", now);
  EXPECT_EQ(counters.snapshot()["log.dropped_lines"], 8);
  buffer.end(*r);
  buffer.take();
  buffer.write(*r, "room again", now);
  EXPECT_EQ(counters.snapshot()["log.lines"], 3);
}

TEST(LogBuffer, WakesTheStoreOncePerBatchAndOnceMoreWhenItHurries) {
  metrics counters;
  log_buffer buffer{counters, {.hurry_bytes = 200}};
  std::vector<bool> woken;
  buffer.on_records([&](bool hurry) { woken.push_back(hurry); });
  auto r = make_run(1);
  for (int i = 0; i < 10; ++i) buffer.write(*r, "0123456789", now);
  EXPECT_THAT(woken, ElementsAre(false, true));
  buffer.take();
  buffer.write(*r, "x", now);
  EXPECT_THAT(woken, ElementsAre(false, true, false));
}

} // namespace
} // namespace xxl::executor
