// The documents cannot rot: what they show is what the code does.

#include "config/job_files.hpp"
#include "config/settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace {

using namespace xxl::config;

std::filesystem::path source_tree() {
  auto* root = std::getenv("XXL_SOURCE_DIR");
  if (!root) throw std::runtime_error{"XXL_SOURCE_DIR is not set: run by ctest, or name the source tree"};
  return root;
}

std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

std::string document(const std::string& name) { return content(source_tree() / "docs" / name); }

/// The code blocks of that language, in order.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  std::vector<std::string> out;
  const std::string start = "```" + language + "\n";
  for (auto from = text.find(start); from != std::string::npos; from = text.find(start, from)) {
    from += start.size();
    auto end = text.find("```", from);
    if (end == std::string::npos) break;
    out.push_back(text.substr(from, end - from));
    from = end + 3;
  }
  return out;
}

TEST(Docs, ConfigurationHoldsTheTableOfAllSettings) {
  EXPECT_NE(document("configuration.md").find(settings_markdown()), std::string::npos)
      << "docs/configuration.md must hold this table:\n"
      << settings_markdown();
}

TEST(Docs, ConfigurationNamesEveryConnectionToPostgresql) {
  auto text = document("configuration.md");
  std::set<std::string> names;
  for (auto& entry : std::filesystem::directory_iterator{source_tree() / "storage"}) {
    if (entry.path().extension() != ".cpp") continue;
    auto code = content(entry.path());
    const std::regex name{"\"(xxl-[a-z]+):?\""};
    for (std::sregex_iterator it{code.begin(), code.end(), name}, end; it != end; ++it) names.insert((*it)[1]);
  }
  EXPECT_EQ(names.size(), 6u);
  for (auto& name : names) EXPECT_NE(text.find("`" + name + ":<node>`"), std::string::npos) << name;
}

TEST(Docs, EveryJobFileInJobsIsValid) {
  auto files = blocks(document("jobs.md"), "yaml");
  ASSERT_GE(files.size(), 3u);
  for (auto& file : files) EXPECT_EQ(report(read_jobs({source_text{"jobs.yaml", file}}).problems), "") << file;
}

TEST(Docs, EveryErrorInJobsIsWhatTheReaderSays) {
  auto text = document("jobs.md");
  auto wrong = blocks(text, "yaml wrong");
  auto said = blocks(text, "text");
  ASSERT_GE(wrong.size(), 1u);
  ASSERT_EQ(wrong.size(), said.size());
  for (std::size_t i = 0; i < wrong.size(); ++i)
    EXPECT_EQ(report(read_jobs({source_text{"jobs.yaml", wrong[i]}}).problems) + "\n", said[i]);
}

} // namespace
