#include "tests/schedule/random_cron.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <utility>

namespace xxl::schedule::test {

namespace {

// --- writing fields ---

constexpr std::array<const char*, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                             "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<const char*, 7> weekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct limits {
  int min, max, step_max;
  int near; ///< the value to prefer
  std::span<const char* const> names{};

  int size() const { return max - min + 1; }
};

std::string in_any_case(std::string word, random_source& random) {
  const auto rest = one_in(random, 2), first = one_in(random, 2);
  for (std::size_t i = 0; i < word.size(); ++i)
    if (i == 0 ? first : rest) word[i] = static_cast<char>(std::tolower(word[i]));
  return word;
}

std::string written(int value, bool by_name, const limits& l, random_source& random) {
  return by_name ? in_any_case(l.names[static_cast<std::size_t>(value - l.min)], random) : std::to_string(value);
}

int any_value(const limits& l, random_source& random) {
  return one_in(random, 2) ? l.near : l.min + below(random, l.size());
}

/// Small steps for the most part: they make more fires.
int any_step(const limits& l, random_source& random) {
  return 1 + below(random, one_in(random, 2) ? std::min(l.step_max, 5) : l.step_max);
}

/// One item: `*`, a value, a range that may wrap, with or without a step. Years do not wrap.
void add_item(plain_field& f, const limits& l, bool wraps, random_source& random) {
  const bool by_name = !l.names.empty() && one_in(random, 2);
  auto from = any_value(l, random), to = any_value(l, random);
  if (!wraps && from > to) std::swap(from, to);
  const auto step = any_step(l, random);
  const auto put = [&](int first, int length, int by) {
    for (int i = 0; i <= length; i += by) f.values.insert(l.min + (first - l.min + i) % l.size());
  };
  const auto first = written(from, by_name, l, random);
  const auto range = first + "-" + written(to, by_name, l, random), by = "/" + std::to_string(step);
  const auto length = (to - from + l.size()) % l.size();
  switch (below(random, 7)) {
  case 0:
    f.text += (one_in(random, 2) ? "*" : "") + by;
    put(l.min, l.max - l.min, step);
    break;
  case 1:
    f.text += first + by;
    put(from, l.max - from, step);
    break;
  case 2:
    f.text += range;
    put(from, length, 1);
    break;
  case 3:
    f.text += range + by;
    put(from, length, step);
    break;
  default: f.text += first; put(from, 0, 1);
  }
}

plain_field every_value(const limits& l) {
  plain_field f{"*", {}};
  for (int v = l.min; v <= l.max; ++v) f.values.insert(v);
  return f;
}

plain_field any_field(const limits& l, int stars_in_ten, random_source& random, bool wraps = true) {
  if (below(random, 10) < stars_in_ten) return every_value(l);
  plain_field f;
  for (int items = 1 + below(random, 3); items > 0; --items) {
    add_item(f, l, wraps, random);
    f.text += items > 1 ? "," : "";
  }
  return f;
}

/// One of the forms that only day-of-month has, as an item of a list.
void add_month_day(plain_cron& e, const limits& l, random_source& random) {
  const auto n = any_value(l, random), offset = below(random, 31);
  const auto w = one_in(random, 2) ? "W" : "w", end = one_in(random, 2) ? "L" : "l";
  switch (below(random, 5)) {
  case 0:
    e.rules.push_back({day_rule::nearest, n, 0});
    e.day.text += std::to_string(n) + w;
    break;
  case 1:
    e.rules.push_back({day_rule::from_end, offset, 0});
    e.day.text += std::string(end) + "-" + std::to_string(offset);
    break;
  case 2:
    e.rules.push_back({day_rule::from_end_nearest, offset, 0});
    e.day.text += std::string(end) + "-" + std::to_string(offset) + w;
    break;
  case 3:
    e.rules.push_back({day_rule::from_end, 0, 0});
    e.day.text += end;
    break;
  default: e.rules.push_back({day_rule::from_end_nearest, 0, 0}); e.day.text += std::string(end) + w;
  }
}

void write_month_days(plain_cron& e, const limits& l, random_source& random) {
  e.day = any_field(l, 6, random);
  if (e.day.text == "*" || one_in(random, 3)) return;
  if (one_in(random, 3)) e.day = {};
  for (int items = 1 + below(random, 2); items > 0; --items) {
    e.day.text += e.day.text.empty() ? "" : ",";
    add_month_day(e, l, random);
  }
}

void write_week_days(plain_cron& e, const limits& l, random_source& random) {
  const auto weekday = any_value(l, random), k = 1 + below(random, 5);
  const auto name = written(weekday, one_in(random, 2), l, random);
  switch (below(random, 6)) {
  case 0:
    e.rules.push_back({day_rule::nth, weekday, k});
    e.day.text = name + "#" + std::to_string(k);
    break;
  case 1:
    e.rules.push_back({day_rule::last_of_month, weekday, 0});
    e.day.text = name + (one_in(random, 2) ? "L" : "l");
    break;
  case 2: e.day = {one_in(random, 2) ? "L" : "l", {7}}; break;
  default: e.day = any_field(l, 3, random);
  }
}

// --- reading dates ---

int month_length(int y, int m) {
  constexpr std::array lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
  return m == 2 && leap ? 29 : lengths[static_cast<std::size_t>(m - 1)];
}

/// 1 = Sunday
int weekday_of(int y, int m, int d) {
  static const cctz::civil_day saturday{2000, 1, 1};
  const auto days = cctz::civil_day{y, m, d} - saturday;
  return static_cast<int>(((days + 6) % 7 + 7) % 7) + 1;
}

bool is_working_day(int y, int m, int d) {
  const auto w = weekday_of(y, m, d);
  return d >= 1 && d <= month_length(y, m) && w != 1 && w != 7;
}

/// The working day of the month with the least distance to d; of two, there is never a tie.
int nearest_working_day(int y, int m, int d) {
  for (const int distance : {0, 1, 2})
    for (const int sign : {-1, 1})
      if (is_working_day(y, m, d + sign * distance)) return d + sign * distance;
  return 0;
}

bool matches_rule(const day_rule& rule, int y, int m, int d) {
  const int length = month_length(y, m);
  switch (rule.what) {
  case day_rule::nearest: return rule.n <= length && nearest_working_day(y, m, rule.n) == d;
  case day_rule::from_end: return d == length - rule.n;
  case day_rule::from_end_nearest: return length - rule.n >= 1 && nearest_working_day(y, m, length - rule.n) == d;
  case day_rule::nth: return weekday_of(y, m, d) == rule.n && (d + 6) / 7 == rule.k;
  case day_rule::last_of_month: return weekday_of(y, m, d) == rule.n && d > length - 7;
  }
  return false;
}

std::string any_blank(random_source& random) {
  if (!one_in(random, 8)) return " ";
  return one_in(random, 2) ? "\t" : "  ";
}

} // namespace

int below(random_source& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
bool one_in(random_source& random, int n) { return below(random, n) == 0; }

bool plain_cron::matches_date(int y, int m, int d) const {
  if (!year.values.contains(y) || !month.values.contains(m)) return false;
  if (day.values.contains(by_weekday ? weekday_of(y, m, d) : d)) return true;
  for (const auto& rule : rules)
    if (matches_rule(rule, y, m, d)) return true;
  return false;
}

bool plain_cron::matches(const cctz::civil_second& t) const {
  return second.values.contains(t.second()) && minute.values.contains(t.minute()) && hour.values.contains(t.hour()) &&
         matches_date(static_cast<int>(t.year()), t.month(), t.day());
}

bool plain_cron::interval_like() const { return (minute.text + hour.text).find_first_of("*/") != std::string::npos; }

plain_cron any_cron(random_source& random, const cctz::civil_second& near) {
  plain_cron e;
  const auto year = static_cast<int>(near.year());
  const limits weekday{1, 7, 7, weekday_of(year, near.month(), near.day()), weekdays};
  const limits years{1970, 2199, 229, year};
  e.second = one_in(random, 4) ? any_field({0, 59, 59, near.second()}, 1, random) : plain_field{"0", {0}};
  e.minute = any_field({0, 59, 59, near.minute()}, 4, random);
  e.hour = any_field({0, 23, 23, near.hour()}, 4, random);
  e.month = any_field({1, 12, 12, near.month(), months}, 7, random);
  e.by_weekday = one_in(random, 3);
  if (e.by_weekday)
    write_week_days(e, weekday, random);
  else
    write_month_days(e, {1, 31, 31, near.day()}, random);
  const bool with_year = one_in(random, 5);
  e.year = with_year ? any_field(years, 2, random, false) : every_value(years);
  e.text = one_in(random, 10) ? any_blank(random) : "";
  for (const auto& field : {e.second.text, e.minute.text, e.hour.text, e.by_weekday ? "?" : e.day.text, e.month.text,
                            e.by_weekday ? e.day.text : "?"})
    e.text += field + any_blank(random);
  if (with_year) e.text += e.year.text;
  return e;
}

} // namespace xxl::schedule::test
