#include "protocol/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace xxl {
namespace {

TEST(Random, IdsAreAboveZeroAndDiffer) {
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    auto id = random_id();
    EXPECT_GT(id, 0);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1'000u);
}

TEST(Random, RequestIdsAre32HexadecimalDigitsAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    auto id = random_request_id();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1'000u);
}

} // namespace
} // namespace xxl
