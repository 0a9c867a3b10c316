#include "forecast/cron_words.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>
#include <vector>

namespace xxl::forecast {

namespace {

using schedule::cron_pattern;

constexpr std::array<std::string_view, 7> weekday_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                        "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 13> month_names{"",        "January",  "February", "March",  "April",
                                                       "May",     "June",     "July",     "August", "September",
                                                       "October", "November", "December"};

/// More times of the day than this are told field by field.
constexpr int most_times = 4;

std::string number(unsigned n) { return std::to_string(n); }

/// 1st, 2nd, 3rd, 4th, 11th, 21st.
std::string ordinal(unsigned n) {
  const auto teen = n % 100 >= 11 && n % 100 <= 13;
  const auto* end = teen ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
  return number(n) + end;
}

/// "a", "a and b", "a, b and c".
std::string list(std::span<const std::string> parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return text;
}

std::vector<unsigned> members(std::uint64_t set) {
  std::vector<unsigned> all;
  for (; set != 0; set &= set - 1) all.push_back(static_cast<unsigned>(std::countr_zero(set)));
  return all;
}

/// Neighbours as ranges, three or more of them: "1, 3-5 and 9". `name` says one member.
template <class Name> std::vector<std::string> ranges(const std::vector<unsigned>& values, Name name) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < values.size();) {
    auto end = i;
    while (end + 1 < values.size() && values[end + 1] == values[end] + 1) ++end;
    if (end - i >= 2) {
      parts.push_back(std::string{name(values[i])} + "-" + std::string{name(values[end])});
      i = end + 1;
    } else
      parts.emplace_back(name(values[i++]));
  }
  return parts;
}

template <class Name> std::string range_list(std::uint64_t set, Name name) { return list(ranges(members(set), name)); }
std::string range_list(std::uint64_t set) { return range_list(set, number); }

/// One of second, minute, hour: the numbers 0 to size - 1.
struct clock_field {
  std::string_view unit;
  unsigned size;
  std::uint64_t set;

  bool full() const { return std::popcount(set) == static_cast<int>(size); }
  bool only(unsigned n) const { return set == std::uint64_t{1} << n; }

  /// The distance of its members if it is the same for all of them; else 0. At least three members, and more than 1.
  unsigned step() const {
    const auto values = members(set);
    if (values.size() < 3) return 0;
    const auto distance = values[1] - values[0];
    for (std::size_t i = 2; i < values.size(); ++i)
      if (values[i] - values[i - 1] != distance) return 0;
    return distance > 1 ? distance : 0;
  }

  /// The step if it is kept from each run of the field to the next: "every 5 minutes".
  unsigned even_step() const {
    const auto n = step();
    return n != 0 && size % n == 0 && std::popcount(set) == static_cast<int>(size / n) ? n : 0;
  }

  /// "every second", "minute 15", "minutes 0, 20 and 40", "every 7th minute from 0 to 56".
  std::string text() const {
    const std::string word{unit};
    if (full()) return "every " + word;
    const auto values = members(set);
    if (values.size() == 1) return word + " " + number(values[0]);
    if (const auto n = step(); n != 0 && values.size() > 4)
      return "every " + ordinal(n) + " " + word + " from " + number(values.front()) + " to " + number(values.back());
    return word + "s " + range_list(set);
  }
};

std::string two_digits(unsigned n) { return (n < 10 ? "0" : "") + number(n); }

bool has_few_times(const cron_pattern& p) {
  return std::popcount(p.seconds) * std::popcount(p.minutes) * std::popcount(p.hours) <= most_times;
}

/// "at 02:30", "at 09:00:30 and 17:00:30".
std::string times_of_day(const cron_pattern& p) {
  std::vector<std::string> times;
  for (const auto h : members(p.hours))
    for (const auto m : members(p.minutes))
      for (const auto s : members(p.seconds))
        times.push_back(two_digits(h) + ":" + two_digits(m) + (p.seconds != 1 ? ":" + two_digits(s) : ""));
  return "at " + list(times);
}

/// "every 5 minutes", "every 10 seconds from second 3 on" where the step runs on for ever; else nothing.
std::string even(const clock_field& f) {
  if (f.full()) return "every " + std::string{f.unit};
  const auto n = f.even_step();
  if (n == 0) return {};
  const auto first = members(f.set).front();
  const auto text = "every " + number(n) + " " + std::string{f.unit} + "s";
  return first == 0 ? text : text + ", from " + std::string{f.unit} + " " + number(first) + " on";
}

/// "at minute 15", "every 7th minute from 0 to 56".
std::string at(const std::string& text) { return text.starts_with("every ") ? text : "at " + text; }

/// "in the hours 9-17", "in every 2nd hour from 0 to 22"; nothing for all of them.
std::string in_hours(const clock_field& hour) {
  if (hour.full()) return {};
  const auto text = hour.text();
  return (text.starts_with("every ") ? " in " : " in the ") + text;
}

/// The time of the day: fixed times, a step that runs on, or field by field.
std::string clock_words(const cron_pattern& p) {
  const clock_field second{"second", 60, p.seconds}, minute{"minute", 60, p.minutes}, hour{"hour", 24, p.hours};
  if (has_few_times(p)) return times_of_day(p);
  if (!second.only(0)) {
    if (minute.full() && !even(second).empty()) return even(second) + in_hours(hour);
    if (minute.full()) return at(second.text()) + " of every minute" + in_hours(hour);
    return at(second.text()) + " of " + minute.text() + " of " + hour.text();
  }
  if (!minute.only(0) && !even(minute).empty()) return even(minute) + in_hours(hour);
  if (minute.only(0) && !even(hour).empty()) return even(hour);
  return at(minute.text()) + " of " + hour.text();
}

/// "day 15 of the month", "the last day of the month": each of the month's items by itself.
std::string month_days(const cron_pattern& p) {
  std::vector<std::string> parts;
  if (p.days != 0) parts.push_back((std::popcount(p.days) == 1 ? "day " : "days ") + range_list(p.days));
  const auto before_end = [](unsigned n, const std::string& last) {
    return n == 0 ? last : "the day " + number(n) + (n == 1 ? " day" : " days") + " before the last";
  };
  for (const auto n : members(p.from_end)) parts.push_back(before_end(n, "the last day"));
  for (const auto n : members(p.days_weekday)) parts.push_back("the weekday nearest to day " + number(n));
  for (const auto n : members(p.from_end_weekday))
    parts.push_back(n == 0 ? "the last weekday" : "the weekday nearest to " + before_end(n, {}));
  return "on " + list(parts) + " of the month";
}

/// "on Monday-Friday", "on the 2nd Friday of the month".
std::string week_days(const cron_pattern& p) {
  const auto name = [](unsigned n) { return weekday_names[n]; };
  const auto days = range_list(p.weekdays, name);
  if (p.last_of_month) return "on the last " + days + " of the month";
  if (p.nth != 0) return "on the " + ordinal(p.nth) + " " + days + " of the month";
  return "on " + days;
}

constexpr std::uint64_t every_day_of_month = 0xffff'fffe; // bits 1-31
constexpr std::uint64_t every_weekday = 0x7f;             // bits 0-6
constexpr std::uint64_t every_month = 0x1ffe;             // bits 1-12

/// Empty: every day.
std::string day_words(const cron_pattern& p) {
  const auto of_month = p.days == every_day_of_month ? std::string{} : month_days(p);
  const auto of_week = p.weekdays == every_weekday && p.nth == 0 && !p.last_of_month ? std::string{} : week_days(p);
  switch (p.days_by) {
  case cron_pattern::day_rule::month: return of_month;
  case cron_pattern::day_rule::week: return of_week;
  case cron_pattern::day_rule::either:
    return of_month.empty() || of_week.empty() ? std::string{} : of_month + " and " + of_week;
  case cron_pattern::day_rule::both: break;
  }
  return of_month.empty() || of_week.empty() ? of_month + of_week : of_month + ", as far as it is " + of_week;
}

std::string month_words(const cron_pattern& p) {
  if (p.months == every_month) return {};
  return "in " + range_list(p.months, [](unsigned n) { return month_names[n]; });
}

std::string year_words(const cron_pattern& p) {
  std::vector<unsigned> years;
  for (auto y = schedule::first_year; y <= schedule::last_year; ++y)
    if (p.years.has(static_cast<unsigned>(y - schedule::first_year))) years.push_back(static_cast<unsigned>(y));
  constexpr std::size_t every_year = schedule::last_year - schedule::first_year + 1;
  if (years.size() == every_year) return {};
  return std::string{years.size() == 1 ? "of the year " : "of the years "} + list(ranges(years, number));
}

} // namespace

std::string words_of(const cron_pattern& p) {
  auto text = clock_words(p);
  const auto days = day_words(p);
  const auto months = month_words(p);
  const auto link = has_few_times(p) ? " " : ", ";
  if (!days.empty())
    text += link + days;
  else if (has_few_times(p) || !months.empty())
    text += std::string{link} + "every day";
  if (!months.empty()) text += " " + months;
  if (const auto years = year_words(p); !years.empty()) text += " " + years;
  return text;
}

} // namespace xxl::forecast
