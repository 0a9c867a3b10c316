#include "cli/cron_lines.hpp"

#include "cli/cron_query.hpp"
#include "cli/exit_code.hpp"
#include "config/instant.hpp"
#include "config/nearest_name.hpp"
#include "protocol/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace xxl::cli {
namespace {

using nlohmann::json;

constexpr std::size_t error_bytes = 512;
constexpr std::int64_t most_seconds = 36'500LL * 86'400; // as durations elsewhere

/// What is wrong with a line; becomes its answer.
struct refusal {
  std::string why;
};
[[noreturn]] void refuse(std::string why) { throw refusal{std::move(why)}; }

constexpr std::array<std::string_view, 9> cron_keys{"kind",    "expr", "tz",      "after", "count",
                                                    "dialect", "gap",  "overlap", "dst"};
constexpr std::array<std::string_view, 5> rate_keys{"kind", "seconds", "anchor", "after", "count"};

std::string in_quotes(std::string_view text) { return '"' + std::string{text.substr(0, 64)} + '"'; }

/// Takes one flat object from the parser's events; the first thing that is none ends the parse, so that no depth of
/// nesting is ever followed.
class flat_object : public nlohmann::json_sax<json> {
public:
  /// Throws refusal.
  static std::map<std::string, json> read(std::string_view line) {
    // the parser takes a NUL byte for the end of its input
    if (const auto nul = line.find('\0'); nul != std::string_view::npos)
      refuse("not JSON: column " + std::to_string(nul + 1) + ": a NUL byte");
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) refuse("the line is empty");
    flat_object reader;
    json::sax_parse(line.begin(), line.end(), &reader);
    if (!reader.error_.empty()) refuse(std::move(reader.error_));
    return std::move(reader.values_);
  }

  bool null() override { return other("null"); }
  bool boolean(bool) override { return other("true or false"); }
  bool number_integer(std::int64_t n) override { return value(n); }
  bool number_unsigned(std::uint64_t n) override { return value(n); }
  bool number_float(double n, const std::string&) override { return value(n); }
  bool string(std::string& text) override { return value(std::move(text)); }
  bool binary(json::binary_t&) override { return other("binary data"); }
  bool start_array(std::size_t) override { return other("a list"); }
  bool end_array() override { return true; }
  bool end_object() override { return true; }

  bool start_object(std::size_t) override {
    if (inside_) return other("an object");
    inside_ = true;
    return true;
  }

  bool key(std::string& name) override {
    if (values_.contains(name)) return fail("the key " + in_quotes(name) + " stands twice");
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& e) override {
    std::string_view why = e.what(); // "[json.exception.parse_error.101] parse error at line 1, column 8: …"
    if (const auto head = why.find("] "); head != std::string_view::npos) why.remove_prefix(head + 2);
    if (constexpr std::string_view place = "parse error at line 1, "; why.starts_with(place))
      why.remove_prefix(place.size());
    return fail("not JSON: " + std::string{why});
  }

private:
  bool fail(std::string why) {
    error_ = std::move(why);
    return false;
  }

  bool value(json v) {
    if (!inside_) return fail("a question is a JSON object");
    values_[key_] = std::move(v);
    return true;
  }

  bool other(const char* what) {
    return fail(inside_ ? in_quotes(key_) + " is text or a number, not " + what : "a question is a JSON object");
  }

  bool inside_ = false;
  std::string key_, error_;
  std::map<std::string, json> values_;
};

/// The values of a question, taken by name and type.
class question {
public:
  explicit question(std::string_view line) : values_(flat_object::read(line)) {}

  void allow_only(std::span<const std::string_view> keys) const {
    for (const auto& [key, value] : values_)
      if (std::ranges::find(keys, key) == keys.end())
        refuse("unknown key " + in_quotes(key) + config::suggestion(std::string_view{key}.substr(0, 64), keys));
  }

  std::optional<std::string> text_if_given(const std::string& key) const {
    const auto at = values_.find(key);
    if (at == values_.end()) return std::nullopt;
    if (!at->second.is_string()) refuse(key + " must be text");
    return at->second.get<std::string>();
  }

  std::string text(const std::string& key) const {
    auto given = text_if_given(key);
    if (!given) refuse(key + " is missing");
    return std::move(*given);
  }

  /// A word of a short list; one that is given is not empty.
  std::string word(const std::string& key) const {
    auto given = text_if_given(key);
    if (given && given->empty()) refuse(key + " is empty: leave it out");
    return given.value_or("");
  }

  std::int64_t whole_number(const std::string& key, std::int64_t most) const {
    const auto at = values_.find(key);
    if (at == values_.end()) refuse(key + " is missing");
    const auto& v = at->second;
    const bool fits = v.is_number_unsigned() && v.get<std::uint64_t>() >= 1 &&
                      v.get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
    if (!fits) refuse(key + " must be a whole number of 1 to " + std::to_string(most));
    return v.get<std::int64_t>();
  }

  instant time(const std::string& key) const {
    const auto parsed = config::parse_instant(text(key));
    if (const auto* why = std::get_if<std::string>(&parsed)) refuse(key + ": " + *why);
    const auto t = std::get<instant>(parsed);
    if (t < first_instant || t > last_instant) refuse(key + ": in UTC it is outside of the years 0000 to 9999");
    return t;
  }

private:
  std::map<std::string, json> values_;
};

schedule::timetable cron_of(const question& q) {
  q.allow_only(cron_keys);
  const auto made =
      timetable_of({q.text("expr"), q.text("tz"), q.word("dialect"), q.word("gap"), q.word("overlap"), q.word("dst")});
  if (const auto* error = std::get_if<schedule::parse_error>(&made))
    refuse(error->message.starts_with("timezone:") ? error->message
                                                   : "column " + std::to_string(error->column) + ": " + error->message);
  return std::get<schedule::timetable>(made);
}

schedule::timetable rate_of(const question& q) {
  q.allow_only(rate_keys);
  const auto seconds = q.whole_number("seconds", most_seconds);
  return schedule::every(std::chrono::seconds{seconds}, q.time("anchor"));
}

schedule::timetable timetable_in(const question& q) {
  const auto kind = q.text_if_given("kind").value_or("cron");
  if (kind == "cron") return cron_of(q);
  if (kind == "fixrate") return rate_of(q);
  refuse("kind: " + in_quotes(kind) + " is unknown; known are cron, fixrate");
}

json answer_to(std::string_view line) {
  try {
    if (line.size() > longest_line) refuse("the line is longer than " + std::to_string(longest_line) + " bytes");
    const question q{line};
    const auto t = timetable_in(q);
    const auto after = q.time("after");
    const auto count = q.whole_number("count", most_fires);
    auto next = json::array();
    for (const auto fire : named_fires_after(t, after, count)) next.push_back(config::format_instant(fire));
    return {{"next", std::move(next)}};
  } catch (const refusal& r) {
    return {{"error", clean_text(r.why, error_bytes)}};
  } catch (const failure& f) { // a word that is none
    return {{"error", clean_text(f.what(), error_bytes)}};
  }
}

/// The next line without its end, cut after longest_line + 1 bytes; nothing at the end of the input.
std::optional<std::string> next_line(std::streambuf& in) {
  using traits = std::streambuf::traits_type;
  std::string line;
  auto c = in.sbumpc();
  if (traits::eq_int_type(c, traits::eof())) return std::nullopt;
  for (; !traits::eq_int_type(c, traits::eof()) && c != '\n'; c = in.sbumpc())
    if (line.size() <= longest_line) line += traits::to_char_type(c);
  return line;
}

} // namespace

std::string answer_line(std::string_view line) {
  return answer_to(line).dump(-1, ' ', false, json::error_handler_t::replace);
}

void answer_lines(std::istream& in, std::ostream& out) {
  while (const auto line = next_line(*in.rdbuf()))
    if (!(out << answer_line(*line) << '\n' << std::flush))
      throw failure{exit_code::failed, "the answers cannot be written"};
}

} // namespace xxl::cli
