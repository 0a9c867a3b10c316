#include "config/problem.hpp"

#include <gtest/gtest.h>

namespace {

using xxl::config::position;
using xxl::config::problem;
using xxl::config::problem_list;
using xxl::config::report;
using xxl::config::source_text;

std::string shown(const std::string& line, std::size_t column) {
  problem_list problems;
  problems.add(source_text{"a.yaml", "\n\n" + line + "\n"}, {3, column}, "wrong");
  return report(problems);
}

TEST(Problem, TheCaretStandsUnderItsColumn) {
  EXPECT_EQ(shown("name: x", 7), "a.yaml:3:7: wrong\nname: x\n      ^");
  EXPECT_EQ(shown("name: x", 8), "a.yaml:3:8: wrong\nname: x\n       ^"); // just behind the line
}

TEST(Problem, TheCaretFollowsTabsAndWideCharacters) {
  EXPECT_EQ(shown("\tname: x", 8), "a.yaml:3:8: wrong\n\tname: x\n\t      ^");
  EXPECT_EQ(shown("title: 订单 x", 11), "a.yaml:3:11: wrong\ntitle: 订单 x\n            ^");
  EXPECT_EQ(shown("title: é x", 10), "a.yaml:3:10: wrong\ntitle: é x\n         ^");
}

TEST(Problem, ALongLineIsCutAroundTheColumn) {
  std::string line(300, 'x');
  line[199] = 'Y';
  auto cut = "..." + std::string(60, 'x') + "Y" + std::string(39, 'x') + "...";
  EXPECT_EQ(shown(line, 200), "a.yaml:3:200: wrong\n" + cut + "\n" + std::string(63, ' ') + "^");
}

TEST(Problem, WhatWouldSteerATerminalIsReplaced) { EXPECT_EQ(shown("a\x1b[2J", 1), "a.yaml:3:1: wrong\na?[2J\n^"); }

TEST(Problem, WithoutAPlaceOnlyTheFileIsNamed) {
  EXPECT_EQ(to_string(problem{"a.yaml", {}, "no such file", {}}), "a.yaml: no such file");
}

TEST(ProblemList, AReportStopsAtItsLimitAndCountsTheRest) {
  source_text source{"a.yaml", "x\ny\nz\n"};
  problem_list problems;
  for (std::size_t line : {3, 1, 2}) problems.add(source, {line, 1}, "wrong");
  problems.sort();
  EXPECT_EQ(report(problems, 1), "a.yaml:1:1: wrong\nx\n^\n\n2 more errors");
  EXPECT_EQ(report(problems, 2), "a.yaml:1:1: wrong\nx\n^\n\na.yaml:2:1: wrong\ny\n^\n\n1 more error");
  EXPECT_EQ(report(problem_list{}), "");
}

TEST(ProblemList, AFileWithMillionsOfErrorsKeepsAThousandAndCountsAll) {
  source_text bad{"bad.yaml", "x"}, other{"other.yaml", "y"};
  problem_list problems;
  for (int i = 0; i < 5'000; ++i) problems.add(bad, {1, 1}, "wrong");
  problems.add(other, {1, 1}, "wrong");
  EXPECT_EQ(problems.size(), 5'001u);
  ASSERT_EQ(problems.kept().size(), 1'001u);
  EXPECT_EQ(problems.kept().back().file, "other.yaml");
}

TEST(SourceText, ColumnsCountCharacters) {
  source_text source{"a.yaml", "\xEF\xBB\xBFé: x\r\ny"}; // a byte order mark is no column
  EXPECT_EQ(source.at(3), (position{1, 3}));
  EXPECT_EQ(source.line(1), "é: x");
  EXPECT_EQ(source.at(999), (position{2, 2}));
}

TEST(SourceText, ColumnsOfAVeryLongLineAreExact) {
  std::string wide;
  for (int i = 0; i < 1'024; ++i) wide += "订"; // 3 bytes each: characters lie across the borders of the index
  source_text source{"a.yaml", "x\n" + wide};
  for (std::size_t i : {0u, 1u, 340u, 341u, 342u, 683u, 1'023u, 1'024u})
    EXPECT_EQ(source.at(2 + 3 * i), (position{2, i + 1}));
  EXPECT_EQ((source_text{"b.yaml", std::string(1'024, 'x')}.at(1'024)), (position{1, 1'025}));
  EXPECT_EQ((source_text{"b.yaml", ""}.at(0)), (position{1, 1}));
}

} // namespace
