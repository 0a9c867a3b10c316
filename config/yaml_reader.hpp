#pragma once
// Takes typed values out of a YAML tree. Whatever is wrong is reported with its place, and reading goes on: one pass
// over a file finds all its errors.

#include "config/nearest_name.hpp"
#include "config/yaml_tree.hpp"
#include "protocol/ids.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace xxl::config {

/// The keys that a mapping may have.
struct key_set {
  std::string_view of; ///< "a job", for messages
  std::span<const std::string_view> known;
  std::span<const std::string_view> later; ///< designed, not built: refused as not supported yet
  /// Written here by mistake, and where it belongs: "schedule: {every: ...}".
  std::span<const std::pair<std::string_view, std::string_view>> elsewhere = {};
};

class yaml_reader {
public:
  yaml_reader(const source_text& source, problem_list& problems) : source_{source}, problems_{problems} {}

  const source_text& source() const noexcept { return source_; }
  /// Problems of this reader so far: a caller compares before and after to learn whether a part was read whole.
  std::size_t failures() const noexcept { return failures_; }

  void fail(position where, std::string message);
  void fail(const yaml_node& node, std::string message) { fail(node.where, std::move(message)); }

  /// False, reported, if it is not a mapping. Else reports each key that is unknown, written twice, or not supported
  /// yet.
  bool mapping(const yaml_node& node, const key_set& keys);
  /// The value of a key; null, reported as "`owner` has no `key`", if it is missing.
  const yaml_node* required(const yaml_node& mapping, std::string_view key, std::string_view owner);
  /// False, reported, if it is not a list.
  bool list(const yaml_node& node, std::string_view key);

  // Each answers nothing after it has reported why. `key` names the value in messages.
  std::optional<std::string> text(const yaml_node& node, std::string_view key, std::size_t most_bytes);
  /// Text for one line of a table: neither empty nor with control characters.
  std::optional<std::string> label(const yaml_node& node, std::string_view key, std::size_t most_bytes);
  std::optional<bool> boolean(const yaml_node& node, std::string_view key);
  /// A whole number from `least` to `most`.
  std::optional<std::int64_t> number(const yaml_node& node, std::string_view key, std::int64_t least,
                                     std::int64_t most);
  /// At least `least`.
  std::optional<std::chrono::milliseconds> duration(const yaml_node& node, std::string_view key,
                                                    std::chrono::milliseconds least);
  /// From 1970 on.
  std::optional<instant> moment(const yaml_node& node, std::string_view key);

  /// One of an enumeration of protocol/enums.hpp; names in `later` are refused as not supported yet.
  template <class Enum>
  std::optional<Enum> name(const yaml_node& node, std::string_view key, std::span<const std::string_view> later);

  /// The place of the nth byte (from 0) of a scalar's text, if it stands in the file as it is (one line, no escapes);
  /// else where the scalar starts.
  position inside(const yaml_node& scalar, std::size_t nth_byte) const;

private:
  std::optional<std::string> scalar(const yaml_node& node, std::string_view key, std::string_view expected);

  const source_text& source_;
  problem_list& problems_;
  std::size_t failures_ = 0;
};

} // namespace xxl::config
