#include "protocol/enums.hpp"

#include <gtest/gtest.h>

namespace xxl {
namespace {

template <class Enum> class Enumeration : public ::testing::Test {};
using all = ::testing::Types<trigger_state, trigger_cause, state_reason, route_strategy, block_strategy, misfire_policy,
                             script_language, address_mode, session_end, executor_kind>;
TYPED_TEST_SUITE(Enumeration, all);

TYPED_TEST(Enumeration, EveryNameReadsBackToItsNumber) {
  std::string names;
  for (int i = 0; i < 256; ++i) {
    auto x = static_cast<TypeParam>(i);
    auto found = from_name<TypeParam>(to_string(x));
    EXPECT_EQ(found.has_value(), known(x)) << i;
    if (!found) continue;
    EXPECT_EQ(*found, x);
    names += (names.empty() ? "" : ", ") + to_string(x);
  }
  EXPECT_FALSE(names.empty());
  EXPECT_EQ(names_of<TypeParam>(), names) << "a name is missing, doubled, or out of order";
}

TYPED_TEST(Enumeration, ANumberWithoutANameIsUnknown) {
  auto x = static_cast<TypeParam>(77);
  EXPECT_FALSE(known(x));
  EXPECT_EQ(to_string(x), "unknown(77)");
  EXPECT_FALSE(from_name<TypeParam>("unknown(77)"));
}

TYPED_TEST(Enumeration, NamesAreReadExactly) {
  auto first = names_of<TypeParam>().substr(0, names_of<TypeParam>().find(','));
  ASSERT_TRUE(from_name<TypeParam>(first));
  EXPECT_FALSE(from_name<TypeParam>(first + " "));
  EXPECT_FALSE(from_name<TypeParam>(first.substr(1)));
  EXPECT_FALSE(from_name<TypeParam>(""));
}

// The numbers are in databases and on wires: never change one, only add.
TEST(Numbers, OfStatesStandForEver) {
  const char* names[] = {"waiting",   "claimed", "sent",      "running", "succeeded", "failed",
                         "timed_out", "killed",  "discarded", "lost",    "missed"};
  for (int i = 0; i <= 10; ++i) EXPECT_EQ(to_string(static_cast<trigger_state>(i)), names[i]);
}

TEST(Numbers, OfCausesStandForEver) {
  const char* names[] = {"schedule", "misfire", "manual", "retry", "parent", "backfill", "rerun"};
  for (int i = 0; i < 7; ++i) EXPECT_EQ(to_string(static_cast<trigger_cause>(i + 1)), names[i]);
}

TEST(Numbers, OfReasonsStandForEver) {
  EXPECT_EQ(names_of<state_reason>(), "none, no_executor, queue_full, not_started, session_ended, handler_error, "
                                      "handler_unknown, exit_code, launch_failed, deadline, "
                                      "misfire, paused, edited, deleted, still_running, shutdown, refused, "
                                      "interpreter_missing, script_unavailable, disabled, journal_failed");
  EXPECT_EQ(static_cast<int>(state_reason::journal_failed), 20);
}

TEST(States, AreFinalFromFourUp) {
  for (int i = 0; i <= 10; ++i) EXPECT_EQ(is_final(static_cast<trigger_state>(i)), i >= 4) << i;
}

} // namespace
} // namespace xxl
