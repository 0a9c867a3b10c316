#include "tests/tidy/source_text.hpp"

#include <cctype>

namespace xxl::tidy {
namespace {

class reader {
public:
  explicit reader(std::string_view content) : rest_{content}, blanked_{content} {}

  source_text read() {
    while (at_ < rest_.size()) step();
    out_.code = lines_of(blanked_);
    return std::move(out_);
  }

private:
  bool sees(std::string_view what) const { return rest_.substr(at_, what.size()) == what; }

  void step() {
    if (sees("//")) return blank_until("\n", 0);
    if (sees("/*")) return blank_until("*/", 2);
    if (sees("R\"") && !in_word()) return raw_literal();
    if (sees("\"")) return literal();
    if (sees("'") && !in_word()) return character();
    advance();
  }

  /// A quote or R after a letter or digit belongs to a number (1'000) or a name.
  bool in_word() const { return at_ > 0 && std::isalnum(static_cast<unsigned char>(rest_[at_ - 1])) != 0; }

  void advance() {
    if (rest_[at_] == '\n') ++line_;
    ++at_;
  }

  /// Blanks up to `end` (line ends stay) and passes `keep` further characters.
  void blank_until(std::string_view end, std::size_t keep) {
    auto stop = rest_.find(end, at_ + keep);
    stop = stop == std::string_view::npos ? rest_.size() : stop + keep;
    while (at_ < stop) {
      if (rest_[at_] != '\n') blanked_[at_] = ' ';
      advance();
    }
  }

  void literal() {
    auto first = line_;
    auto begin = at_ + 1;
    for (advance(); at_ < rest_.size() && rest_[at_] != '"' && rest_[at_] != '\n'; advance())
      if (rest_[at_] == '\\' && at_ + 1 < rest_.size()) advance();
    found(begin, at_, first);
    if (at_ < rest_.size()) advance();
  }

  void raw_literal() {
    auto first = line_;
    auto open = rest_.find('(', at_);
    if (open == std::string_view::npos) return advance();
    auto end = ")" + std::string{rest_.substr(at_ + 2, open - at_ - 2)} + "\"";
    auto close = rest_.find(end, open);
    if (close == std::string_view::npos) close = rest_.size();
    found(open + 1, close, first);
    while (at_ < std::min(close + end.size(), rest_.size())) advance();
  }

  void character() {
    for (advance(); at_ < rest_.size() && rest_[at_] != '\'' && rest_[at_] != '\n'; advance())
      if (rest_[at_] == '\\' && at_ + 1 < rest_.size()) advance();
    if (at_ < rest_.size()) advance();
  }

  void found(std::size_t begin, std::size_t end, std::size_t line) {
    piece p{line, std::string{rest_.substr(begin, end - begin)}};
    auto line_start = rest_.rfind('\n', begin);
    auto before = rest_.substr(line_start == std::string_view::npos ? 0 : line_start + 1);
    auto& list = before.starts_with("#include") ? out_.includes : out_.literals;
    for (auto i = begin; i < end; ++i)
      if (blanked_[i] != '\n') blanked_[i] = ' ';
    list.push_back(std::move(p));
  }

  std::string_view rest_;
  std::string blanked_;
  source_text out_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

} // namespace

source_text take_apart(std::string_view content) { return reader{content}.read(); }

std::vector<piece> lines_of(std::string_view content) {
  std::vector<piece> lines;
  for (std::size_t begin = 0; begin < content.size();) {
    auto end = std::min(content.find('\n', begin), content.size());
    lines.push_back({lines.size() + 1, std::string{content.substr(begin, end - begin)}});
    begin = end + 1;
  }
  return lines;
}

} // namespace xxl::tidy
