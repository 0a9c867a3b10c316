#include "actors/admin/routing.hpp"

#include <gmock/gmock.h>

#include <set>

namespace xxl::admin {
namespace {

std::vector<route_candidate> three(std::size_t a = 1, std::size_t b = 1, std::size_t c = 1) {
  return {{"a", {11}, a}, {"b", {12}, b}, {"c", {13}, c}};
}

TEST(Routing, FirstAndLastMeanTheNames) {
  routing r{1};
  EXPECT_EQ(r.choose(route_strategy::first, {1}, three()), 0u);
  EXPECT_EQ(r.choose(route_strategy::last, {1}, three()), 2u);
}

TEST(Routing, FirstAndLastInsistOnTheirExecutor) {
  routing r{1};
  EXPECT_EQ(r.choose(route_strategy::first, {1}, three(0, 1, 1)), std::nullopt);
  EXPECT_EQ(r.choose(route_strategy::last, {1}, three(1, 1, 0)), std::nullopt);
}

TEST(Routing, RoundTakesEachInTurn) {
  routing r{1};
  auto first = *r.choose(route_strategy::round, {1}, three());
  for (std::size_t i = 1; i < 7; ++i) EXPECT_EQ(r.choose(route_strategy::round, {1}, three()), (first + i) % 3);
}

TEST(Routing, RoundCountsForEachJobAlone) {
  routing r{1};
  auto one = *r.choose(route_strategy::round, {1}, three());
  for (int i = 0; i < 4; ++i) r.choose(route_strategy::round, {2}, three());
  EXPECT_EQ(r.choose(route_strategy::round, {1}, three()), (one + 1) % 3);
}

TEST(Routing, JobsDoNotMarchInStep) {
  routing r{1};
  std::set<std::size_t> firsts;
  for (std::int64_t job = 1; job <= 50; ++job) firsts.insert(*r.choose(route_strategy::round, {job}, three()));
  EXPECT_EQ(firsts.size(), 3u);
}

TEST(Routing, RoundPassesOverTheFull) {
  routing r{1};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(r.choose(route_strategy::round, {1}, three(0, 1, 0)), 1u);
}

TEST(Routing, RandomReachesAllAndPassesOverTheFull) {
  routing r{1};
  std::set<std::size_t> reached;
  for (int i = 0; i < 100; ++i) reached.insert(*r.choose(route_strategy::random, {1}, three(1, 0, 1)));
  EXPECT_EQ(reached, (std::set<std::size_t>{0, 2}));
}

TEST(Routing, TheSameSeedChoosesTheSame) {
  routing a{7}, b{7};
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(a.choose(route_strategy::random, {1}, three()), b.choose(route_strategy::random, {1}, three()));
}

TEST(Routing, WithoutCandidatesOrRoomNobodyIsChosen) {
  routing r{1};
  for (auto how : {route_strategy::first, route_strategy::last, route_strategy::round, route_strategy::random}) {
    EXPECT_EQ(r.choose(how, {1}, {}), std::nullopt);
    EXPECT_EQ(r.choose(how, {1}, three(0, 0, 0)), std::nullopt);
  }
}

} // namespace
} // namespace xxl::admin
