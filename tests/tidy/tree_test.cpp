// The rules on the tree itself.

#include "tests/tidy/rules.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace xxl::tidy {
namespace {

namespace fs = std::filesystem;

/// Every text file of ours; what is built, downloaded or another's is left out.
std::vector<file> read_tree(const fs::path& root) {
  const std::set<fs::path> passed_over{".git", "build", "data", "LICENSE"};
  const std::set<fs::path> kinds{".cpp", ".hpp", ".txt", ".cmake", ".md", ".sql", ".yaml", ".json", ".sh", ".py", ""};
  std::vector<file> tree;
  for (auto it = fs::recursive_directory_iterator{root}; it != fs::recursive_directory_iterator{}; ++it) {
    if (it.depth() == 0 && passed_over.contains(it->path().filename())) {
      it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || !kinds.contains(it->path().extension())) continue;
    std::ifstream in{it->path(), std::ios::binary};
    tree.push_back({it->path().lexically_relative(root).generic_string(), {std::istreambuf_iterator<char>{in}, {}}});
  }
  return tree;
}

TEST(Tree, KeepsEveryRule) {
  auto* root = std::getenv("XXL_SOURCE_DIR");
  auto tree = read_tree(root != nullptr ? root : ".");
  ASSERT_GT(tree.size(), 50u) << "set XXL_SOURCE_DIR to the root of the source tree";
  for (auto& found : check(tree)) ADD_FAILURE() << found;
}

} // namespace
} // namespace xxl::tidy
