// docs/xxlctl.md cannot rot: every verb, option, exit code and finding of the program stands in it.

#include "audit/finding.hpp"
#include "cli/cron_lines.hpp"
#include "cli/options.hpp"
#include "tests/cli/job_files.hpp"
#include "tests/cli/views.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace xxl::cli {
namespace {

std::string document() {
  auto* root = std::getenv("XXL_SOURCE_DIR");
  if (!root) throw std::runtime_error{"XXL_SOURCE_DIR is not set: run by ctest, or name the source tree"};
  std::ostringstream text;
  text << std::ifstream{std::filesystem::path{root} / "docs" / "xxlctl.md"}.rdbuf();
  return text.str();
}

std::string help(std::vector<std::string> words) { return std::get<early_exit>(parse(std::move(words), {})).text; }

std::set<std::string> matches(const std::string& text, const std::string& expression) {
  std::set<std::string> found;
  const std::regex wanted{expression};
  for (std::sregex_iterator it{text.begin(), text.end(), wanted}, end; it != end; ++it) found.insert((*it)[1]);
  return found;
}

TEST(XxlctlDocs, NameEveryOption) {
  auto text = document();
  auto options =
      matches(help({"--help-all"}) + help({"get", "--help-all"}) + help({"explain", "--help-all"}), "(--[a-z-]+)");
  EXPECT_GE(options.size(), 27u);
  for (auto& option : options) EXPECT_NE(text.find(option), std::string::npos) << option;
}

TEST(XxlctlDocs, NameEveryVerb) {
  auto text = document();
  auto verbs = matches(help({"--help-all"}), "\n([a-z]+)\n");
  auto lists = matches(help({"get", "--help-all"}), "\n([a-z]+)\n");
  EXPECT_EQ(verbs.size(), 17u);
  EXPECT_EQ(lists.size(), 4u);
  for (auto& verb : verbs) EXPECT_NE(text.find("`" + verb), std::string::npos) << verb;
  for (auto& list : lists) EXPECT_NE(text.find("`get " + list), std::string::npos) << list;
}

TEST(XxlctlDocs, AnswerTheirQuestionsAsTheProgramDoes) {
  std::vector<std::string> questions, answers;
  std::istringstream text{document()};
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("    {\"")) continue;
    auto& list = line.find("\"count\"") != std::string::npos ? questions : answers;
    list.push_back(line.substr(4));
  }
  EXPECT_EQ(questions.size(), 3u);
  std::transform(questions.begin(), questions.end(), questions.begin(), answer_line);
  EXPECT_EQ(questions, answers);
}

TEST(XxlctlDocs, NameEveryKindOfFinding) {
  auto text = document();
  for (auto kind : audit::all_kinds())
    EXPECT_NE(text.find("`" + std::string{audit::name_of(kind)} + "`"), std::string::npos) << audit::name_of(kind);
}

TEST(XxlctlDocs, NameTheExitCodesThatHelpNames) {
  auto codes = matches(document(), "\n\\| ([0-9]) \\|");
  EXPECT_EQ(codes, (std::set<std::string>{"0", "1", "2", "3", "4", "5", "6"}));
  auto text = help({"--help"});
  EXPECT_EQ(codes, matches(text.substr(text.find("Exit codes:")), "([0-9]) [a-z]"));
  EXPECT_EQ(static_cast<int>(exit_code::no_answer), 6);
}

/// The lines of a section that are indented, as they were before.
std::vector<std::string> shown(const std::string& text, const std::string& section) {
  auto from = text.find("\n## " + section + "\n"), to = text.find("\n## ", from + 1);
  std::istringstream lines{text.substr(from, to - from)};
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("    ") && !line.starts_with("    xxlctl ") && line != "    …")
      found.push_back(line.substr(4));
  return found;
}

class XxlctlExamples : public test::JobFiles {};

TEST_F(XxlctlExamples, TheSimulationIsWhatTheProgramSays) {
  auto text = document();
  auto begin = text.find("```yaml\n") + 8;
  simulate_verb v;
  v.paths = {file("orders.yaml", text.substr(begin, text.find("```", begin) - begin))};
  v.from = test::noon - std::chrono::hours{12};
  v.durations = {{{"orders", "close"}, std::chrono::seconds{450}}};
  simulate(v, nobody, test::noon, table);
  auto answer = "\n" + printed();
  auto lines = shown(text, "Simulate");
  EXPECT_EQ(lines.size(), 12u);
  for (auto& line : lines) EXPECT_NE(answer.find("\n" + line + "\n"), std::string::npos) << line;
}

TEST_F(XxlctlExamples, TheExplanationIsWhatTheProgramSays) {
  explain_schedule_verb v;
  v.cron.expression = "0 30 2 * * ?";
  v.cron.timezone = "Europe/Berlin";
  explain_schedule(v, nobody, test::noon, table);
  auto answer = "\n" + printed();
  auto lines = shown(document(), "Explain schedule");
  EXPECT_EQ(lines.size(), 12u);
  for (auto& line : lines) EXPECT_NE(answer.find("\n" + line + "\n"), std::string::npos) << line;
}

} // namespace
} // namespace xxl::cli
