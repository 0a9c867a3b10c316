#pragma once
// One YAML document as a tree in which every value knows where it stands. Built on yaml-cpp's event parser, because its
// Node API merges duplicate keys, forgets how a scalar was quoted and follows alias cycles.

#include "config/problem.hpp"
#include "config/source_text.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xxl::config {

struct yaml_node;
/// Shared, because an alias is the very node that its anchor names.
using yaml_ptr = std::shared_ptr<const yaml_node>;

struct yaml_node {
  enum class kind : std::uint8_t { null, scalar, sequence, mapping };

  kind what = kind::null;
  bool plain = false; ///< scalar written without quotes
  position where;
  std::size_t byte = 0; ///< offset in the text: where a scalar starts, with its quote
  std::string text;     ///< scalars
  std::vector<yaml_ptr> items;
  std::vector<std::pair<yaml_ptr, yaml_ptr>> entries; ///< in the order written; duplicate keys are kept

  /// Depth and size with all aliases followed; both bounded (yaml_tree.cpp), so that walking a tree is safe.
  std::size_t depth = 1, size = 1;

  bool is_scalar() const noexcept { return what == kind::scalar; }
  /// The value of a key, the first one if it is there twice; null without one. Only for mappings.
  const yaml_node* find(std::string_view key) const;
};

/// What people call it, with its text where it is short: "a list", "text "yes"", "nothing".
std::string describe(const yaml_node& node);

/// The document of the text; null, with problems added, if it is not one: not UTF-8, not YAML, no or more than one
/// document, explicit tags, an alias inside its own anchor, more than 64 levels, or more than 2,000,000 values with
/// aliases followed.
yaml_ptr parse_yaml(const source_text& source, problem_list& problems);

} // namespace xxl::config
