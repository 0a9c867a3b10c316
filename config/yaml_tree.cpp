#include "config/yaml_tree.hpp"

#include "protocol/utf8.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

namespace xxl::config {
namespace {

constexpr std::size_t most_levels = 64;
constexpr std::size_t most_values = 2'000'000;

/// Ends the reading of a file.
struct refused {
  position where;
  std::string message;
};

/// Puts the tree together from yaml-cpp's events. Throws `refused`.
class tree_builder : public YAML::EventHandler {
public:
  explicit tree_builder(const source_text& source) : source_{source} {}

  yaml_ptr root() const { return root_; }
  /// Where the innermost list or mapping that is still open starts.
  std::optional<position> innermost_open() const {
    if (open_.empty()) return std::nullopt;
    return open_.back().node->where;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) throw refused{at(mark), "a second YAML document starts here: write one document in a file"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = make(yaml_node::kind::null, mark);
    // Nothing written: yaml-cpp names the place of what comes next, people look for it at the key or the dash.
    if (!is_null_word(node->byte)) move_back(*node);
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto it = anchors_.find(anchor);
    if (it == anchors_.end()) throw refused{at(mark), "this alias stands inside the value that its anchor names"};
    place(it->second, at(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    auto node = make(yaml_node::kind::scalar, mark);
    node->plain = tag == "?";
    node->text = value;
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(make(yaml_node::kind::sequence, mark), anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(make(yaml_node::kind::mapping, mark), anchor);
  }
  void OnMapEnd() override { close(); }

private:
  struct container {
    std::shared_ptr<yaml_node> node;
    YAML::anchor_t anchor = 0;
    yaml_ptr key; ///< of a mapping: read, its value not yet
  };

  position at(const YAML::Mark& mark) const { return source_.at(byte(mark)); }
  std::size_t byte(const YAML::Mark& mark) const {
    return source_.byte(static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
                        static_cast<std::size_t>(std::max(mark.column, 0)));
  }

  std::shared_ptr<yaml_node> make(yaml_node::kind what, const YAML::Mark& mark) const {
    auto node = std::make_shared<yaml_node>();
    node->what = what;
    node->byte = byte(mark);
    node->where = source_.at(node->byte);
    return node;
  }

  bool is_null_word(std::size_t byte) const {
    auto rest = std::string_view{source_.text()}.substr(byte);
    for (std::string_view word : {"~", "null", "Null", "NULL"})
      if (rest.starts_with(word)) return rest.find_first_of(" \t\r\n,]}", word.size()) == word.size() || rest == word;
    return false;
  }

  void move_back(yaml_node& node) const {
    if (open_.empty()) return;
    if (auto& key = open_.back().key) {
      node.where = key->where;
    } else if (auto dash = source_.text().rfind('-', node.byte ? node.byte - 1 : 0); dash != std::string::npos) {
      node.where = source_.at(dash);
    }
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!")
      throw refused{at(mark),
                    "the YAML tag <" + tag.substr(0, 64) + "> is not supported: write the value without a tag"};
  }

  void open(std::shared_ptr<yaml_node> node, YAML::anchor_t anchor) {
    if (open_.size() == most_levels)
      throw refused{node->where, "more than " + std::to_string(most_levels) + " levels of nesting"};
    open_.push_back({std::move(node), anchor, nullptr});
  }

  void close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(std::shared_ptr<yaml_node> node, YAML::anchor_t anchor) {
    auto where = node->where;
    yaml_ptr done = std::move(node);
    if (anchor) anchors_[anchor] = done;
    place(std::move(done), where);
  }

  /// Puts a finished value where it belongs.
  void place(yaml_ptr node, position where) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    parent.node->depth = std::max(parent.node->depth, node->depth + 1);
    parent.node->size += node->size;
    if (parent.node->depth > most_levels)
      throw refused{where, "more than " + std::to_string(most_levels) + " levels, aliases followed"};
    if (parent.node->size > most_values)
      throw refused{where, "more than " + std::to_string(most_values) + " values, aliases followed: split the file"};
    if (parent.node->what == yaml_node::kind::sequence) {
      parent.node->items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      parent.node->entries.emplace_back(std::move(parent.key), std::move(node));
      parent.key = nullptr;
    }
  }

  const source_text& source_;
  std::vector<container> open_;
  std::map<YAML::anchor_t, yaml_ptr> anchors_;
  yaml_ptr root_;
};

/// yaml-cpp's own words and place, made better where they mislead.
refused explain(const YAML::Exception& e, const source_text& source, const tree_builder& builder) {
  auto line = static_cast<std::size_t>(std::max(e.mark.line, 0)) + 1;
  auto text = source.line(line);
  auto indentation = text.substr(0, text.find_first_not_of(" \t"));
  if (auto tab = indentation.find('\t'); tab != std::string_view::npos)
    return {{line, tab + 1}, "a tab in the indentation: YAML indents with spaces"};
  // It has no place for what is missing at the end of the file.
  if (e.msg.starts_with("end of ")) {
    if (auto start = builder.innermost_open())
      return {*start, "not YAML: what starts here is never closed (" + e.msg + ")"};
  }
  auto where = source.at(source.byte(line, static_cast<std::size_t>(std::max(e.mark.column, 0))));
  // Mostly a cron expression inside {}: its "?" and "*" mean something to YAML.
  if (e.msg == "unknown token") return {where, "not YAML: a special character outside quotes: put the text in quotes"};
  return {where, "not YAML: " + e.msg};
}

} // namespace

const yaml_node* yaml_node::find(std::string_view key) const {
  for (auto& [name, value] : entries)
    if (name->is_scalar() && name->text == key) return value.get();
  return nullptr;
}

std::string describe(const yaml_node& node) {
  switch (node.what) {
  case yaml_node::kind::null: return "nothing";
  case yaml_node::kind::sequence: return "a list";
  case yaml_node::kind::mapping: return "a mapping";
  case yaml_node::kind::scalar: break;
  }
  if (node.text.size() > 40 || node.text.find('\n') != std::string::npos) return "a longer text";
  return node.plain ? node.text : "the text \"" + node.text + "\"";
}

yaml_ptr parse_yaml(const source_text& source, problem_list& problems) {
  if (auto bad = first_non_text(source.text())) {
    problems.add(source, source.at(*bad), "not text: a NUL byte, or a byte that is not UTF-8");
    return nullptr;
  }
  tree_builder builder{source};
  try {
    std::istringstream in{source.text()};
    YAML::Parser parser{in};
    while (parser.HandleNextDocument(builder)) {}
    if (builder.root()) return builder.root();
    problems.add(source, {1, 1}, "the file is empty");
  } catch (const refused& e) {
    problems.add(source, e.where, e.message);
  } catch (const YAML::Exception& e) {
    auto found = explain(e, source, builder);
    problems.add(source, found.where, found.message);
  }
  return nullptr;
}

} // namespace xxl::config
