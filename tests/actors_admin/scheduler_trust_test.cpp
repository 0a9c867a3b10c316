#include "actors/admin/trust.hpp"

#include <gtest/gtest.h>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

struct hand_clock final : clock {
  boot_time at{1h};
  instant now() const override { return {}; }
  boot_time boot() const override { return at; }
};

struct Trust : ::testing::Test {
  hand_clock clock;
  trust leads{clock};
  boot_time start = clock.at;
};

TEST_F(Trust, NobodyLeadsAtFirst) {
  EXPECT_FALSE(leads.holds({1}));
  EXPECT_FALSE(leads.holds(leads.epoch())) << "epoch 0 is no reign";
}

TEST_F(Trust, HoldsUntilItsInstantAndForItsEpochOnly) {
  leads.begin({5}, start + 2s);
  clock.at = start + 1'999ms;
  EXPECT_TRUE(leads.holds({5}));
  EXPECT_FALSE(leads.holds({4}));
  EXPECT_FALSE(leads.holds({6}));
  clock.at = start + 2s;
  EXPECT_FALSE(leads.holds({5}));
}

TEST_F(Trust, AnAnsweredBeatExtendsIt) {
  leads.begin({5}, start + 2s);
  clock.at = start + 1s;
  EXPECT_TRUE(leads.extend(start + 3s));
  clock.at = start + 2'999ms;
  EXPECT_TRUE(leads.holds({5}));
}

TEST_F(Trust, WhatRanOutNeverComesBack) {
  leads.begin({5}, start + 2s);
  clock.at = start + 2s;
  EXPECT_FALSE(leads.extend(start + 4s));
  EXPECT_FALSE(leads.holds({5}));
}

TEST_F(Trust, WhoResignedLeadsNoMore) {
  leads.begin({5}, start + 2s);
  leads.resign({5});
  EXPECT_FALSE(leads.holds({5}));
  EXPECT_FALSE(leads.extend(start + 2s));
  EXPECT_FALSE(leads.epoch());
}

TEST_F(Trust, TheEndOfAnOldReignLeavesTheNextOneAlone) {
  leads.begin({5}, start + 2s);
  leads.begin({6}, start + 2s);
  leads.resign({5});
  EXPECT_TRUE(leads.holds({6}));
}

} // namespace
} // namespace xxl::admin
