// Every recorded case (tests/schedule/oracle): what Quartz 2.3.2 and 2.5.2 answer where they follow their
// documentation, and what the documentation says where they do not.

#include "tests/schedule/instants.hpp"

#include <cctz/time_zone.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
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

/// The answer to a case, in the words of the record.
json ask(const json& c, dst_policy dst) {
  const auto made = cron(c["expr"].get<std::string>(), c["tz"].get<std::string>(), dst);
  if (std::holds_alternative<parse_error>(made)) return "error";
  return fires(std::get<timetable>(made), c["after"].get<std::string>(), c["count"].get<std::size_t>());
}

/// What the record wants: the documented answer where there is one. Errors differ in wording, so only their presence
/// counts.
json wanted(const json& c) {
  if (c.contains("answers") && c["answers"].contains("documented")) {
    const auto& documented = c["answers"]["documented"];
    return documented.is_object() ? json("error") : documented;
  }
  return c.contains("error") ? json("error") : c["next"];
}

dst_policy policy(const std::string& name) {
  dst_policy dst;
  if (name == "gap-shift")
    dst.gap = dst_policy::gap_rule::shift;
  else if (name == "gap-edge")
    dst.gap = dst_policy::gap_rule::next;
  else if (name == "overlap-first")
    dst.overlap = dst_policy::overlap_rule::first;
  else if (name == "overlap-both")
    dst.overlap = dst_policy::overlap_rule::both;
  else
    throw std::runtime_error("unknown policy in the record: " + name);
  return dst;
}

TEST(Oracle, EveryCronCaseHasTheDocumentedAnswer) {
  const auto cases = load("cases.jsonl");
  ASSERT_EQ(cases.size(), 591U);
  for (const auto& c : cases)
    EXPECT_EQ(ask(c, {}), wanted(c)) << c["id"] << ' ' << c["expr"] << ' ' << c["tz"] << " after " << c["after"];
}

/// How many local times the expression names after `after` and up to `last`, those in gaps included.
std::int64_t named_times(const json& c, instant after, instant last) {
  cctz::time_zone tz;
  if (!cctz::load_time_zone(c["tz"].get<std::string>(), &tz)) throw std::runtime_error("no zone " + c["tz"].dump());
  const auto local = [&tz](instant t) { return t + std::chrono::seconds{tz.lookup(t).offset}; };
  return make_cron(c["expr"].get<std::string>()).count(local(after), local(last), 1000);
}

// The record counts local times and then drops those that came to the same instant, so where a gap merges some its
// answer has fewer fires than were asked for, although the schedule goes on. There, ours begins with it.
TEST(Oracle, EveryCaseWithOtherDstRulesHasTheAnswerOfEachRule) {
  std::size_t asked = 0, merged = 0;
  for (const auto& c : load("cases.jsonl")) {
    const auto policies = c.value("policies", json::object());
    for (const auto& [name, recorded] : policies.items()) {
      auto answer = ask(c, policy(name));
      if (const auto count = c["count"].get<std::size_t>(); recorded.size() < count) {
        const auto after = utc(c["after"].get<std::string>()), last = utc(recorded.back().get<std::string>());
        EXPECT_EQ(named_times(c, after, last), static_cast<std::int64_t>(count)) << c["id"] << ' ' << name;
        answer.erase(answer.begin() + static_cast<std::ptrdiff_t>(recorded.size()), answer.end());
        ++merged;
      }
      EXPECT_EQ(answer, recorded) << c["id"] << ' ' << name << ' ' << c["expr"] << ' ' << c["tz"];
      ++asked;
    }
  }
  EXPECT_EQ(asked, 160U);
  EXPECT_EQ(merged, 11U);
}

TEST(Oracle, EveryFixedRateCaseMatches) {
  const auto cases = load("fixrate-cases.jsonl");
  ASSERT_EQ(cases.size(), 40U);
  for (const auto& c : cases) {
    const auto t = every(std::chrono::seconds{c["seconds"].get<int>()}, utc(c["anchor"].get<std::string>()));
    EXPECT_EQ(json(fires(t, c["after"].get<std::string>(), c["count"].get<std::size_t>())), c["next"]) << c["id"];
  }
}

} // namespace
} // namespace xxl::schedule::test
