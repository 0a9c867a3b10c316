// No input, however broken, may end or hang the process: a valid file, cut off and mutated.

#include "config/job_files.hpp"
#include "protocol/validate.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace xxl::config;

const std::string valid = R"(version: 1
groups:
  - &g {name: orders, title: "Order \u8ba2 service", addresses: [host-1, 'host-2']}
jobs:
  - name: close-stale
    group: orders
    schedule: {cron: "0 */5 * * * ?", timezone: Asia/Shanghai}
    handler: closeStale   # comment
    timeout: 30s
  - name: script
    group: orders
    schedule: &e {every: 1s, start: 2026-12-01T09:00:00+08:00}
    script:
      language: shell
      source: |
        echo hello
        exit 0
    enabled: true
  - {name: again, group: orders, schedule: *e, handler: h, params: ~}
)";

/// Reads it; whatever was read whole must be fit to be sent, and whatever was not must have been reported.
void survive(const std::string& text) {
  auto set = read_jobs({source_text{"jobs.yaml", text}});
  for (auto& g : set.groups) ASSERT_EQ(xxl::invalid(g), std::nullopt) << text;
  for (auto& j : set.jobs) ASSERT_EQ(xxl::invalid(j), std::nullopt) << text;
  if (set.problems.empty()) {
    ASSERT_EQ(report(set.problems), "");
  } else {
    ASSERT_NE(report(set.problems).find("jobs.yaml:"), std::string::npos) << text;
  }
}

TEST(Mutation, EveryPrefixIsReadOrRefused) {
  for (std::size_t n = 0; n <= valid.size(); ++n) survive(valid.substr(0, n));
}

TEST(Mutation, EverySuffixIsReadOrRefused) {
  for (std::size_t n = 0; n <= valid.size(); ++n) survive(valid.substr(n));
}

TEST(Mutation, ChangedBytesAreReadOrRefused) {
  std::mt19937 random{20'261'121}; // the same sequence on each run and machine
  const std::string special = "{}[]:,-?*&!|>'\"%@`#~ \t\n\r\\0\xC3\xFF<";
  for (int i = 0; i < 3'000; ++i) {
    auto text = valid;
    for (auto changes = 1 + random() % 4; changes > 0 && !text.empty(); --changes) {
      auto where = random() % text.size();
      switch (random() % 4) {
      case 0: text[where] = special[random() % special.size()]; break;
      case 1: text.insert(where, 1, special[random() % special.size()]); break;
      case 2: text.erase(where, 1 + random() % 20); break;
      case 3: text.insert(where, text.substr(random() % text.size(), random() % 60)); break;
      }
    }
    survive(text);
  }
}

TEST(Mutation, LongRunsOfOneCharacterAreReadOrRefused) {
  for (char c : std::string{"[{-?:&*!|>'\"#%@ \t\n\rx\\,"}) survive(std::string(20'000, c));
  for (std::string piece : {"- ", "? ", "a: ", "[a,", "{a: ", "&a ", "a: &a\n", "\"a\": ", "- - ", "{? "}) {
    std::string text;
    while (text.size() < 20'000) text += piece;
    survive(text);
  }
}

} // namespace
