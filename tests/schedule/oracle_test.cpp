// Every recorded case (tests/schedule/oracle), asked as `xxlctl cron --jsonl` is: what Quartz 2.3.2 and 2.5.2 answer
// where they follow their documentation, and what the documentation says where they do not.

#include "cli/cron_lines.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace xxl::schedule::test {
namespace {

using nlohmann::json;

std::vector<json> load(const std::string& name) {
  const char* root = std::getenv("XXL_SOURCE_DIR");
  if (root == nullptr) throw std::runtime_error("XXL_SOURCE_DIR is not set: it names the source tree");
  std::ifstream in{std::string(root) + "/tests/schedule/oracle/" + name};
  std::vector<json> cases;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) cases.push_back(json::parse(line));
  return cases;
}

/// The question of a case: those of its keys that are one.
json question(const json& c, std::initializer_list<const char*> keys) {
  json q;
  for (const auto* key : keys) q[key] = c.at(key);
  return q;
}

/// The answer in the words of the record: instants, or "error". Errors differ in wording, so only their presence
/// counts.
json ask(const json& q) {
  const auto answer = json::parse(cli::answer_line(q.dump()));
  return answer.contains("error") ? json("error") : answer.at("next");
}

json ask_cron(const json& c) { return ask(question(c, {"expr", "tz", "after", "count"})); }

/// What the record wants: the documented answer where there is one.
json wanted(const json& c) {
  if (c.contains("answers") && c["answers"].contains("documented")) {
    const auto& documented = c["answers"]["documented"];
    return documented.is_object() ? json("error") : documented;
  }
  return c.contains("error") ? json("error") : c["next"];
}

TEST(Oracle, EveryCronCaseHasTheDocumentedAnswer) {
  const auto cases = load("cases.jsonl");
  ASSERT_EQ(cases.size(), 591U);
  for (const auto& c : cases)
    EXPECT_EQ(ask_cron(c), wanted(c)) << c["id"] << ' ' << c["expr"] << ' ' << c["tz"] << " after " << c["after"];
}

TEST(Oracle, EveryCaseWithOtherDstRulesHasTheAnswerOfEachRule) {
  const std::map<std::string, std::pair<const char*, const char*>> rules{{"gap-shift", {"gap", "shift"}},
                                                                         {"gap-edge", {"gap", "next"}},
                                                                         {"overlap-first", {"overlap", "first"}},
                                                                         {"overlap-both", {"overlap", "both"}}};
  std::size_t asked = 0;
  for (const auto& c : load("cases.jsonl")) {
    const auto policies = c.value("policies", json::object());
    for (const auto& [name, recorded] : policies.items()) {
      auto q = question(c, {"expr", "tz", "after", "count"});
      const auto& [key, rule] = rules.at(name);
      q[key] = rule;
      EXPECT_EQ(ask(q), recorded) << c["id"] << ' ' << name << ' ' << c["expr"] << ' ' << c["tz"];
      ++asked;
    }
  }
  EXPECT_EQ(asked, 160U);
}

TEST(Oracle, EveryFixedRateCaseMatches) {
  const auto cases = load("fixrate-cases.jsonl");
  ASSERT_EQ(cases.size(), 40U);
  for (const auto& c : cases)
    EXPECT_EQ(ask(question(c, {"kind", "seconds", "anchor", "after", "count"})), c["next"]) << c["id"];
}

} // namespace
} // namespace xxl::schedule::test
