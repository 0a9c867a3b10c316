#include "cli/table.hpp"

#include <gtest/gtest.h>

namespace xxl::cli {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoBlanksAtLineEnds) {
  table t{{"NAME", "N", "LAST"}};
  t.add({"a", "1000", "x"});
  t.add({"longer", "2", ""});
  EXPECT_EQ(t.text(), "NAME    N     LAST\n"
                      "a       1000  x\n"
                      "longer  2     -\n");
}

TEST(Table, CountsColumnsOfATerminalNotBytes) {
  table t{{"TITLE", "X"}};
  t.add({"订单", "1"});
  t.add({"müll", "2"});
  EXPECT_EQ(t.text(), "TITLE  X\n"
                      "订单   1\n"
                      "müll   2\n");
}

TEST(Table, WhatWouldSteerATerminalIsShownInstead) {
  EXPECT_EQ(one_line("a\nb\tc\r\x1b[2J\x7f"), "a\\nb\\tc\\r\\x1b[2J\\x7f");
}

TEST(Facts, AlignValues) {
  facts f;
  f.add("Job", "orders/a");
  f.add("Version", "");
  EXPECT_EQ(f.text(), "Job:      orders/a\n"
                      "Version:  -\n");
}

} // namespace
} // namespace xxl::cli
