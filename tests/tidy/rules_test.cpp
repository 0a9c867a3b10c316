// Each rule finds what it is for, and leaves alone what looks like it.

#include "tests/tidy/rules.hpp"
#include "tests/tidy/source_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WallClock, IsReadInOnePlaceOnly) {
  auto text = "auto t = std::chrono::system_clock::now();\n";
  EXPECT_THAT(wall_clock({"schedule/cron.cpp", text}),
              ElementsAre("schedule/cron.cpp:1: reads the wall clock: ask the xxl::clock that was handed in"));
  EXPECT_THAT(wall_clock({"protocol/clock.cpp", text}), IsEmpty());
  EXPECT_THAT(wall_clock({"actors/a.cpp", "// never system_clock::now()\nauto& c = system_clock();\n"}), IsEmpty());
}

TEST(Sleeping, IsFoundInCodeAndNotInWords) {
  EXPECT_THAT(sleeping({"tests/a_test.cpp", "\n  std::this_thread::sleep_for(1s);\n"}),
              ElementsAre("tests/a_test.cpp:2: sleeps: wait for the event itself, with a deadline"));
  EXPECT_EQ(sleeping({"actors/a.cpp", "usleep(10);\n::sleep (1);\n"}).size(), 2u);
  EXPECT_THAT(
      sleeping({"actors/a.cpp", "// we do not sleep()\nauto s = \"sleep(1)\"; run(\"sleep 5\"); oversleep(1);\n"}),
      IsEmpty());
}

TEST(Sql, StandsInStorageOnly) {
  auto text = "auto q = R\"(\n  SELECT 1)\";\nauto w = \"DELETE FROM job\";\n";
  EXPECT_THAT(sql_outside_storage({"actors/admin/a.cpp", text}),
              ElementsAre("actors/admin/a.cpp:1: SQL outside storage/: add a call to a repository there",
                          "actors/admin/a.cpp:3: SQL outside storage/: add a call to a repository there"));
  EXPECT_THAT(sql_outside_storage({"storage/a.cpp", text}), IsEmpty());
  EXPECT_THAT(sql_outside_storage({"cli/a.cpp", "// SELECT nothing\nsay(\"select a job, or update it; SELECTED\");\n"}),
              IsEmpty());
}

TEST(Arrows, PointOneWay) {
  EXPECT_THAT(arrows({"protocol/a.hpp", "#pragma once\n#include \"storage/store.hpp\"\n"}),
              ElementsAre("protocol/a.hpp:2: protocol/ may not include \"storage/store.hpp\": arrows point one way "
                          "(docs/architecture.md)"));
  EXPECT_EQ(arrows({"schedule/a.cpp", "#include \"protocol/ids.hpp\"\n"}).size(), 1u);
  EXPECT_EQ(arrows({"storage/a.cpp", "#include \"config/settings.hpp\"\n"}).size(), 1u);
  EXPECT_EQ(arrows({"examples/a.cpp", "#include \"actors/executor/runner.hpp\"\n"}).size(), 1u);
  EXPECT_EQ(arrows({"include/xxl/handler.hpp", "#include \"protocol/ids.hpp\"\n"}).size(), 1u);
  EXPECT_THAT(arrows({"actors/a.cpp",
                      "#include \"storage/store.hpp\"\n#include \"xxl/handler.hpp\"\n#include <caf/all.hpp>\n"}),
              IsEmpty());
  EXPECT_THAT(arrows({"apps/a.cpp", "#include \"cli/verbs.hpp\"\n"}), IsEmpty());
}

TEST(Length, EndsAtSixHundredLines) {
  EXPECT_THAT(length({"cli/a.cpp", std::string(600, '\n')}), IsEmpty());
  EXPECT_THAT(length({"cli/a.cpp", std::string(601, '\n')}),
              ElementsAre("cli/a.cpp:601: has 601 lines, at most 600: split it by duty"));
  EXPECT_THAT(length({"docs/long.md", std::string(5'000, '\n')}), IsEmpty());
}

TEST(Leftovers, AreFoundInEveryKindOfFile) {
  EXPECT_EQ(leftovers({"Makefile", std::string{"# TO"} + "DO: more\n"}).size(), 1u);
  EXPECT_EQ(leftovers({"docs/a.md", std::string{"see /ho"} + "me/ada/notes\n"}).size(), 1u);
  EXPECT_THAT(leftovers({"docs/a.md", "a workaround; mastodon; $HOME/bin; homework/\n"}), IsEmpty());
}

TEST(HeaderGuard, IsTheFirstLine) {
  EXPECT_THAT(header_guard({"cli/a.hpp", "// words\n#pragma once\n"}),
              ElementsAre("cli/a.hpp:1: a header begins with #pragma once"));
  EXPECT_THAT(header_guard({"cli/a.hpp", "#pragma once\n// words\n"}), IsEmpty());
}

TEST(DeadFiles, AreInNoList) {
  std::vector<file> tree{{"cli/CMakeLists.txt", "xxl_library(xxl_cli SOURCES verbs.cpp deep/inner.cpp)"},
                         {"cli/verbs.cpp", ""},
                         {"cli/deep/inner.cpp", ""},
                         {"cli/forgotten.cpp", ""}};
  EXPECT_THAT(dead_files(tree), ElementsAre("cli/forgotten.cpp:1: is in no CMakeLists.txt: list it, or delete it"));
}

TEST(TakeApart, KnowsWhereCodeEnds) {
  auto parts = take_apart("int a = 1'000; // \"no\"\nchar q = '\"'; f(\"x\\\"y\"); /* g(\n) */ h();\n");
  ASSERT_EQ(parts.code.size(), 3u);
  EXPECT_EQ(parts.code[0].text, "int a = 1'000;        ");
  EXPECT_EQ(parts.code[1].text, "char q = '\"'; f(\"    \");      ");
  EXPECT_EQ(parts.code[2].text, "     h();");
  ASSERT_EQ(parts.literals.size(), 1u);
  EXPECT_EQ(parts.literals[0].text, "x\\\"y");
}

} // namespace
} // namespace xxl::tidy
