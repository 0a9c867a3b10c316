#include "transport/transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::transport {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(Config, WhatWasAskedForIsInForce) {
  settings asked{.threads = 3, .heartbeat = 700ms, .connection_timeout = 4'100ms};
  config cfg{asked};
  caf::actor_system sys{cfg};
  EXPECT_EQ(effective_mismatch(sys, asked), "");
}

TEST(Config, AStealingSchedulerIsReported) {
  config cfg{settings{}};
  cfg.set("scheduler.policy", caf::atom("stealing"));
  caf::actor_system sys{cfg};
  EXPECT_EQ(effective_mismatch(sys, settings{}), "scheduler.policy is another, asked for was sharing");
}

TEST(Config, EachSettingThatDiffersIsNamedWithBothValues) {
  config cfg{settings{}};
  cfg.set("scheduler.max-throughput", size_t{7});
  caf::actor_system sys{cfg};
  auto text = effective_mismatch(sys, {.threads = 5, .heartbeat = 200ms, .connection_timeout = 1'500ms});
  EXPECT_THAT(text, HasSubstr("scheduler.max-threads is 2, asked for was 5"));
  EXPECT_THAT(text, HasSubstr("scheduler.max-throughput is 7, asked for was 100"));
  EXPECT_THAT(text, HasSubstr("middleman.heartbeat-interval is 1000 ms, asked for was 200 ms"));
  EXPECT_THAT(text, HasSubstr("middleman.connection-timeout is 5000 ms, asked for was 1500 ms"));
}

TEST(Config, AnotherApplicationIdentifierIsReported) {
  config cfg{settings{}};
  cfg.set("middleman.app-identifiers", std::vector<std::string>{"xxl-2"});
  caf::actor_system sys{cfg};
  EXPECT_THAT(effective_mismatch(sys, settings{}), HasSubstr("middleman.app-identifiers is"));
}

} // namespace
} // namespace xxl::transport
