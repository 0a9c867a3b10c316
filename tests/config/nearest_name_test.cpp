#include "config/nearest_name.hpp"

#include <gtest/gtest.h>

#include <array>

namespace {

using xxl::config::nearest_name;
using xxl::config::suggestion;

constexpr std::array<std::string_view, 4> names{"handler", "route", "max-running", "params"};

TEST(NearestName, AMistypedNameFindsItsOwn) {
  EXPECT_EQ(nearest_name("handlr", names), "handler");
  EXPECT_EQ(nearest_name("hanlder", names), "handler"); // neighbours swapped: one edit
  EXPECT_EQ(nearest_name("Route", names), "route");
  EXPECT_EQ(nearest_name("max_running", names), "max-running");
  EXPECT_EQ(nearest_name("parameters", names), ""); // four edits
}

TEST(NearestName, ShortNamesAreNotGuessedFromNothing) {
  EXPECT_EQ(nearest_name("rt", names), "");
  EXPECT_EQ(nearest_name("", names), "");
}

TEST(NearestName, WithoutANearNameAllAreListed) {
  EXPECT_EQ(suggestion("rout", names), "; did you mean \"route\"?");
  EXPECT_EQ(suggestion("frequency", names), "; known are handler, route, max-running, params");
}

} // namespace
