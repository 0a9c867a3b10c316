#include "schedule/cron_field.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace xxl::schedule {

namespace {

/// What one field may hold.
struct field {
  std::string_view name;
  int min, max;
  int step_max;
  bool wraps;
  std::span<const std::string_view> names{}; ///< of the values from min on
  std::string_view what = "a number";        ///< said of a word that is none of them
  cron_dialect dialect = cron_dialect::quartz;
};

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> weekday_names{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

constexpr field second{"second", 0, 59, 59, true};
constexpr field minute{"minute", 0, 59, 59, true};
constexpr field hour{"hour", 0, 23, 23, true};
constexpr field day_of_month{"day-of-month", 1, 31, 31, true};
constexpr field month{"month", 1, 12, 12, true, month_names, "a month (JAN-DEC or 1-12)"};
constexpr field day_of_week{"day-of-week", 1, 7, 7, true, weekday_names, "a weekday (SUN-SAT or 1-7, 1 is Sunday)"};
constexpr field year{"year", first_year, last_year, last_year - first_year, false};

constexpr field unix_minute{"minute", 0, 59, 60, false, {}, "a number", cron_dialect::unix_cron};
constexpr field unix_hour{"hour", 0, 23, 24, false, {}, "a number", cron_dialect::unix_cron};
constexpr field unix_day_of_month{"day-of-month", 1, 31, 31, false, {}, "a number", cron_dialect::unix_cron};
constexpr field unix_month{
    "month", 1, 12, 12, false, month_names, "a month (JAN-DEC or 1-12)", cron_dialect::unix_cron};
constexpr field unix_day_of_week{
    "day-of-week",          0, 7, 7, false, weekday_names, "a weekday (SUN-SAT or 0-7, 0 and 7 are Sunday)",
    cron_dialect::unix_cron};

constexpr int last_offset = 30; ///< of `L-n`
constexpr int last_week = 5;    ///< of `d#n`

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_word(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, upper, upper); }

std::string quoted(std::string_view s) { return '"' + std::string(s) + '"'; }

std::string range_text(int low, int high) { return std::to_string(low) + '-' + std::to_string(high); }

/// Reads one field, item by item. Inside the parser errors are thrown; parse_cron() returns them.
class field_reader {
public:
  field_reader(const field& f, field_text in) : field_(f), text_(in.text), column_(in.column) {}

  field_value read() {
    for (;;) {
      item_ = pos_;
      read_item();
      if (at_end()) return result_;
      if (!take(',')) refuse_rest();
    }
  }

private:
  struct value {
    int number = 0;
    bool named = false;
    std::size_t at = 0;
  };

  /// A field of Unix cron is none of those named here, so what is theirs alone is not read in it.
  bool is(const field& f) const { return &field_ == &f; }
  bool unix_cron() const { return field_.dialect == cron_dialect::unix_cron; }

  // --- reading ---

  void read_item() {
    if (at_end() || peek() == ',')
      fail(pos_, "a value is missing " + std::string(pos_ == 0 ? "before" : "after") + " the comma");
    if (peek() == '?' && !unix_cron()) refuse_question_mark();
    if (is(day_of_month) && take_letter('L'))
      read_from_end();
    else if (is(day_of_week) && word() == 1 && take_letter('L'))
      read_saturday();
    else if (take('*') || at_bare_step())
      add_all();
    else
      read_values();
  }

  void read_values() {
    const auto first = read_value();
    if (is(day_of_month) && take_letter('W'))
      result_.days_weekday.add(static_cast<unsigned>(first.number));
    else if (is(day_of_week) && take_letter('L'))
      read_last_weekday(first);
    else if (is(day_of_week) && take('#'))
      read_nth_weekday(first);
    else if (take('-'))
      add_range(first, read_range_end());
    else if (at_bare_step())
      add(first.number, field_.max, read_step());
    else
      add(first.number, first.number, 1);
  }

  /// Is this a step without * or a range before it?
  bool at_bare_step() const {
    if (peek() != '/') return false;
    if (unix_cron()) fail(pos_, "a step needs * or a range before it, as in */5 or 10-30/5");
    return true;
  }

  void add_all() {
    result_.stepped_or_all = true;
    add(field_.min, field_.max, read_step());
  }

  void add_range(value first, value last) {
    if (first.named != last.named) fail(first.at, "the range " + quoted(item_text()) + " mixes a name and a number");
    auto end = last.number;
    if (end < first.number) {
      if (!field_.wraps)
        fail(first.at, "the range " + quoted(item_text()) + " runs backwards, and " +
                           (unix_cron() ? "ranges of Unix cron" : "years") + " do not wrap round");
      end += field_.max - field_.min + 1;
    }
    add(first.number, end, read_step());
  }

  /// Also beyond the maximum: values wrap round, once at most.
  void add(int first, int last, int step) {
    const auto size = field_.max - field_.min + 1;
    const auto base = is(year) ? first_year : 0;
    for (auto v = first; v <= last; v += step)
      result_.values.add(static_cast<unsigned>((v <= field_.max ? v : v - size) - base));
  }

  /// 1 if no step is given.
  int read_step() {
    if (!take('/')) return 1;
    result_.stepped_or_all = true;
    const auto at = pos_;
    if (at_end() || !is_digit(peek())) fail(at, "a step of " + range_text(1, field_.step_max) + " must follow the /");
    const auto step = read_number();
    if (step < 1 || step > field_.step_max)
      fail(at, "the step " + digits_from(at) + " is not in " + range_text(1, field_.step_max));
    return step;
  }

  value read_range_end() {
    if (at_end() || (!is_digit(peek()) && !is_letter(peek())))
      fail(pos_, "the range " + quoted(item_text()) + " has no end");
    return read_value();
  }

  value read_value() {
    const auto at = pos_;
    if (is_digit(peek())) {
      const auto n = read_number();
      if (n < field_.min || n > field_.max)
        fail(at, digits_from(at) + " is not in " + range_text(field_.min, field_.max));
      return {n, false, at};
    }
    if (is_letter(peek())) return {read_name(), true, at};
    refuse_rest();
  }

  int read_name() {
    const auto size = word();
    const auto name = text_.substr(pos_, size);
    const auto stem = name.substr(0, 3);
    const auto found = std::ranges::find_if(field_.names, [stem](auto n) { return same_word(n, stem); });
    const bool last = is(day_of_week) && size == 4 && upper(name[3]) == 'L'; // FRIL
    if (found == field_.names.end() || (size != 3 && !last)) {
      if (size == 1) refuse_if_elsewhere(name[0]);
      if (same_word(name, "LW") || (found != field_.names.end() && same_word(name.substr(3), "L")))
        refuse_if_of_quartz('L');
      fail(pos_, quoted(name) + " is not " + std::string(field_.what));
    }
    pos_ += 3;
    return field_.min + static_cast<int>(found - field_.names.begin());
  }

  /// `L`, `L-n`, `LW`, `L-nW`; the L is read.
  void read_from_end() {
    unsigned offset = 0;
    if (take('-')) {
      const auto at = pos_;
      if (at_end() || !is_digit(peek()))
        fail(at, "a number of days, " + range_text(0, last_offset) + ", must follow L-");
      const auto n = read_number();
      if (n > last_offset) fail(at, digits_from(at) + " in L-n is not in " + range_text(0, last_offset));
      offset = static_cast<unsigned>(n);
    }
    (take_letter('W') ? result_.from_end_weekday : result_.from_end).add(offset);
  }

  void read_saturday() {
    must_be_alone();
    add(day_of_week.max, day_of_week.max, 1);
  }

  void read_last_weekday(value day) {
    must_be_alone();
    result_.last_of_month = true;
    add(day.number, day.number, 1);
  }

  void read_nth_weekday(value day) {
    const auto at = pos_;
    if (at_end() || !is_digit(peek())) fail(at, "a number of " + range_text(1, last_week) + " must follow the #");
    const auto n = read_number();
    if (n < 1 || n > last_week) fail(at, digits_from(at) + " after # is not in " + range_text(1, last_week));
    must_be_alone();
    result_.nth = static_cast<unsigned>(n);
    add(day.number, day.number, 1);
  }

  /// Saturated, so that any number of digits is just too large.
  int read_number() {
    int n = 0;
    for (; !at_end() && is_digit(peek()); ++pos_) n = std::min(n * 10 + (peek() - '0'), 1'000'000);
    return n;
  }

  // --- refusing ---

  [[noreturn]] void fail(std::size_t at, const std::string& why) const {
    throw parse_error{std::string(field_.name) + ": " + why, column_ + at};
  }

  void must_be_alone() const {
    if (text_.find(',') != std::string_view::npos) fail(item_, quoted(item_text()) + " cannot stand in a list");
  }

  [[noreturn]] void refuse_question_mark() const {
    if (is(day_of_month) || is(day_of_week)) fail(pos_, "? stands alone, not in " + quoted(text_));
    fail(pos_, "? belongs only in day-of-month or day-of-week");
  }

  void refuse_if_of_quartz(char c) const {
    if (unix_cron() && (upper(c) == 'L' || upper(c) == 'W' || c == '#' || c == '?'))
      fail(pos_, std::string(1, upper(c)) + " belongs to dialect: quartz");
  }

  void refuse_if_elsewhere(char c) const {
    refuse_if_of_quartz(c);
    if (upper(c) == 'L' && !is(day_of_month) && !is(day_of_week))
      fail(pos_, "L belongs only in day-of-month or day-of-week");
    if (upper(c) == 'W' && !is(day_of_month)) fail(pos_, "W belongs only in day-of-month");
    if (c == '#' && !is(day_of_week)) fail(pos_, "# belongs only in day-of-week");
  }

  /// What stands here continues no rule.
  [[noreturn]] void refuse_rest() const {
    refuse_if_elsewhere(peek());
    const auto rest = text_.substr(pos_, text_.find(',', pos_) - pos_);
    fail(pos_, "unexpected " + quoted(rest) + (rest == item_text() ? "" : " in " + quoted(item_text())));
  }

  // --- the text ---

  bool at_end() const { return pos_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[pos_]; }

  bool take(char c) {
    if (peek() != c) return false;
    ++pos_;
    return true;
  }

  bool take_letter(char c) {
    if (upper(peek()) != c) return false;
    ++pos_;
    return true;
  }

  /// Length of the run of letters here.
  std::size_t word() const {
    const auto rest = text_.substr(pos_);
    return static_cast<std::size_t>(std::ranges::find_if_not(rest, is_letter) - rest.begin());
  }

  std::string_view item_text() const { return text_.substr(item_, text_.find(',', item_) - item_); }
  std::string digits_from(std::size_t at) const { return std::string(text_.substr(at, pos_ - at)); }

  const field& field_;
  std::string_view text_;
  std::size_t column_;
  std::size_t pos_ = 0;
  std::size_t item_ = 0; ///< where the current item begins
  field_value result_;
};

const field& unix_rules_of(cron_field which) {
  switch (which) {
  case cron_field::minute: return unix_minute;
  case cron_field::hour: return unix_hour;
  case cron_field::day_of_month: return unix_day_of_month;
  case cron_field::month: return unix_month;
  default: return unix_day_of_week;
  }
}

const field& rules_of(cron_field which, cron_dialect dialect) {
  if (dialect == cron_dialect::unix_cron) return unix_rules_of(which);
  switch (which) {
  case cron_field::second: return second;
  case cron_field::minute: return minute;
  case cron_field::hour: return hour;
  case cron_field::day_of_month: return day_of_month;
  case cron_field::month: return month;
  case cron_field::day_of_week: return day_of_week;
  case cron_field::year: break;
  }
  return year;
}

} // namespace

std::vector<field_text> split_fields(std::string_view expression) {
  std::vector<field_text> fields;
  for (std::size_t i = 0; i < expression.size();) {
    if (is_blank(expression[i])) {
      ++i;
      continue;
    }
    const auto end = static_cast<std::size_t>(
        std::find_if(expression.begin() + static_cast<std::ptrdiff_t>(i), expression.end(), is_blank) -
        expression.begin());
    fields.push_back({expression.substr(i, end - i), i + 1});
    i = end;
  }
  return fields;
}

std::size_t column_after(const std::vector<field_text>& fields) {
  return fields.empty() ? 1 : fields.back().column + fields.back().text.size();
}

field_value read_field(cron_field which, field_text in, cron_dialect dialect) {
  return field_reader{rules_of(which, dialect), in}.read();
}

} // namespace xxl::schedule
