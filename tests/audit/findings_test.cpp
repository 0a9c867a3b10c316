// The list of findings itself.

#include "audit/finding.hpp"

#include <gtest/gtest.h>

#include <set>

namespace xxl::audit {
namespace {

finding of(kind what, std::int64_t fire = 0, std::string origin = {}) {
  finding f;
  f.what = what;
  f.job = "orders/a";
  f.first = f.last = from_ms(fire);
  f.origin = std::move(origin);
  return f;
}

TEST(Findings, EachKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (auto x : all_kinds()) names.insert(name_of(x));
  EXPECT_EQ(names.size(), all_kinds().size());
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(static_cast<std::size_t>(all_kinds().back()) + 1, all_kinds().size()) << "none is left out";
}

TEST(Findings, GapRowsAreNotesAndMissingFiresErrors) {
  EXPECT_TRUE(is_error(kind::missing_fire));
  EXPECT_TRUE(is_error(kind::start_without_handler));
  EXPECT_FALSE(is_error(kind::gap));
  EXPECT_FALSE(is_error(kind::handlers_silent));
}

TEST(Findings, AreAllCountedAndTheFirstOnesKept) {
  findings f{2};
  for (int i = 0; i < 5; ++i) f.add(of(kind::missing_fire, i));
  for (int i = 0; i < 3; ++i) f.add(of(kind::gap, i));
  EXPECT_EQ(f.count(kind::missing_fire), 5u);
  EXPECT_EQ(f.error_count(), 5u);
  EXPECT_EQ(f.note_count(), 3u);
  ASSERT_EQ(f.errors().size(), 2u);
  EXPECT_EQ(f.errors()[1].first, from_ms(1));
  EXPECT_EQ(f.notes().size(), 2u);
  findings all{3};
  all.add(f);
  all.add(f);
  EXPECT_EQ(all.error_count(), 10u);
  EXPECT_EQ(all.errors().size(), 3u);
}

TEST(Findings, AnErrorThatWasNotThereBeforeIsTakenOut) {
  findings earlier, later;
  earlier.add(of(kind::missing_fire, 5));
  earlier.add(of(kind::attempt_missing, 6, "m1"));
  later.add(of(kind::missing_fire, 5));
  later.add(of(kind::missing_fire, 6));
  later.add(of(kind::attempt_missing, 6, "m2"));
  later.add(of(kind::gap, 7));
  later.keep_errors_also_in(earlier);
  ASSERT_EQ(later.errors().size(), 1u);
  EXPECT_EQ(later.errors()[0].first, from_ms(5));
  EXPECT_EQ(later.error_count(), 1u);
  EXPECT_EQ(later.count(kind::attempt_missing), 0u);
  EXPECT_EQ(later.note_count(), 1u);
}

} // namespace
} // namespace xxl::audit
