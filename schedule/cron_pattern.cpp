#include "schedule/cron_pattern.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace xxl::schedule {

namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr local_days first_day{year{first_year} / 1 / 1};
constexpr local_days end_day{year{last_year + 1} / 1 / 1};

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }

/// The members of `set` at or above n; n <= 63.
constexpr std::uint64_t at_or_above(std::uint64_t set, unsigned n) { return set & (~std::uint64_t{0} << n); }
constexpr std::uint64_t below(std::uint64_t set, unsigned n) { return set & (bit(n) - 1); }

unsigned lowest(std::uint64_t set) { return static_cast<unsigned>(std::countr_zero(set)); }

constexpr seconds time_of_day(unsigned h, unsigned m, unsigned s) { return seconds{(h * 60 + m) * 60 + s}; }

struct clock_face {
  unsigned hour, minute, second;

  explicit clock_face(seconds since_midnight)
      : hour(static_cast<unsigned>(since_midnight.count()) / 3600),
        minute(static_cast<unsigned>(since_midnight.count()) / 60 % 60),
        second(static_cast<unsigned>(since_midnight.count()) % 60) {}
};

/// The first matching time of the day at or after `from`.
std::optional<seconds> time_from(const cron_pattern& p, seconds from) {
  const clock_face t{from};
  if (p.hours & bit(t.hour)) {
    if (p.minutes & bit(t.minute))
      if (const auto s = at_or_above(p.seconds, t.second)) return time_of_day(t.hour, t.minute, lowest(s));
    if (const auto m = at_or_above(p.minutes, t.minute + 1)) return time_of_day(t.hour, lowest(m), lowest(p.seconds));
  }
  if (const auto h = at_or_above(p.hours, t.hour + 1))
    return time_of_day(lowest(h), lowest(p.minutes), lowest(p.seconds));
  return std::nullopt;
}

/// How many matching times of a day are earlier than `until`.
std::int64_t times_before(const cron_pattern& p, seconds until) {
  const clock_face t{until};
  const auto per_minute = std::popcount(p.seconds);
  const auto per_hour = std::popcount(p.minutes) * per_minute;
  auto n = std::popcount(below(p.hours, t.hour)) * per_hour;
  if (p.hours & bit(t.hour)) {
    n += std::popcount(below(p.minutes, t.minute)) * per_minute;
    if (p.minutes & bit(t.minute)) n += std::popcount(below(p.seconds, t.second));
  }
  return n;
}

unsigned length_of(year_month ym) { return static_cast<unsigned>(year_month_day{ym / std::chrono::last}.day()); }

/// 0 = Sunday
unsigned first_weekday(year_month ym) { return weekday{local_days{ym / 1}}.c_encoding(); }

/// The Monday to Friday nearest to `day` that lies in the same month.
unsigned nearest_weekday(unsigned day, unsigned length, unsigned weekday_of_first) {
  switch ((weekday_of_first + day - 1) % 7) {
  case 6: // Saturday
    return day > 1 ? day - 1 : day + 2;
  case 0: // Sunday
    return day < length ? day + 1 : day - 2;
  default: return day;
  }
}

/// A set of days counted from the month's end as a set of days of the month.
std::uint64_t counted_from_end(std::uint64_t offsets, unsigned length) {
  std::uint64_t days = 0;
  for (auto rest = below(offsets, length); rest != 0; rest &= rest - 1) days |= bit(length - lowest(rest));
  return days;
}

std::uint64_t monthly_days(const cron_pattern& p, unsigned length, unsigned weekday_of_first) {
  if ((p.from_end | p.days_weekday | p.from_end_weekday) == 0) return below(p.days, length + 1);
  auto result = p.days | counted_from_end(p.from_end, length);
  const auto wanted = p.days_weekday | counted_from_end(p.from_end_weekday, length);
  for (auto rest = below(wanted, length + 1); rest != 0; rest &= rest - 1)
    result |= bit(nearest_weekday(lowest(rest), length, weekday_of_first));
  return below(result, length + 1);
}

std::uint64_t weekly_days(const cron_pattern& p, unsigned length, unsigned weekday_of_first) {
  // bits 0-6: do the days 1-7 of this month match?
  const auto week = below((p.weekdays | p.weekdays << 7) >> weekday_of_first, 7);
  constexpr auto week_starts = bit(1) | bit(8) | bit(15) | bit(22) | bit(29);
  auto all = p.nth == 0 ? week * week_starts : week << (1 + 7 * (p.nth - 1));
  all = below(all, length + 1);
  return p.last_of_month ? at_or_above(all, length - 6) : all;
}

bool wants(const cron_pattern& p, year_month ym) {
  return (p.months & bit(static_cast<unsigned>(ym.month()))) != 0 &&
         p.years.has(static_cast<unsigned>(static_cast<int>(ym.year()) - first_year));
}

/// Days 1 to `below_day` - 1 of the month that match.
std::uint64_t days_below(const cron_pattern& p, year_month ym, unsigned below_day) {
  return wants(p, ym) ? below(p.days_of(ym), below_day) : 0;
}

bool wants(const cron_pattern& p, year_month_day date) {
  const year_month ym{date.year(), date.month()};
  return wants(p, ym) && (p.days_of(ym) & bit(static_cast<unsigned>(date.day()))) != 0;
}

/// The first matching date after the month `ym`; none after the last year.
std::optional<local_days> first_date_after(const cron_pattern& p, year_month ym) {
  auto from = static_cast<unsigned>(ym.month()) + 1;
  for (int y = static_cast<int>(ym.year()); y <= last_year; ++y, from = 1)
    if (p.years.has(static_cast<unsigned>(y - first_year)))
      for (auto rest = at_or_above(p.months, from); rest != 0; rest &= rest - 1) {
        const year_month later{year{y}, month{lowest(rest)}};
        if (const auto days = p.days_of(later)) return local_days{later / std::chrono::day{lowest(days)}};
      }
  return std::nullopt;
}

/// How many matching dates lie in [first, end); both within the years of cron or one day after.
std::int64_t count_dates(const cron_pattern& p, local_days first, local_days end) {
  const year_month_day from{first}, to{end};
  const year_month last_month{to.year(), to.month()};
  year_month ym{from.year(), from.month()};
  std::int64_t n = -std::popcount(days_below(p, ym, static_cast<unsigned>(from.day())));
  for (; ym < last_month; ym += std::chrono::months{1}) n += std::popcount(days_below(p, ym, 32));
  return n + std::popcount(days_below(p, last_month, static_cast<unsigned>(to.day())));
}

} // namespace

std::uint64_t cron_pattern::days_of(year_month month) const {
  const auto length = length_of(month);
  const auto weekday_of_first = first_weekday(month);
  switch (days_by) {
  case day_rule::month: return monthly_days(*this, length, weekday_of_first);
  case day_rule::week: return weekly_days(*this, length, weekday_of_first);
  case day_rule::either:
    return monthly_days(*this, length, weekday_of_first) | weekly_days(*this, length, weekday_of_first);
  case day_rule::both: break;
  }
  return monthly_days(*this, length, weekday_of_first) & weekly_days(*this, length, weekday_of_first);
}

local_seconds cron_pattern::next(local_seconds from) const {
  if (from >= local_seconds{end_day}) return never;
  from = std::max(from, local_seconds{first_day});
  const auto day = std::chrono::floor<std::chrono::days>(from);
  const year_month_day date{day};
  const year_month month{date.year(), date.month()};
  const auto today = static_cast<unsigned>(date.day());
  const auto matching = days_below(*this, month, 32);
  if (matching & bit(today))
    if (const auto time = time_from(*this, from - day)) return day + *time;
  const auto first_time = time_of_day(lowest(hours), lowest(minutes), lowest(seconds));
  if (const auto later = at_or_above(matching, today + 1))
    return day + std::chrono::days{lowest(later) - today} + first_time;
  if (const auto later = first_date_after(*this, month)) return *later + first_time;
  return never;
}

std::int64_t cron_pattern::count(local_seconds from, local_seconds until) const {
  from = std::max(from, local_seconds{first_day});
  until = std::min(until, local_seconds{end_day});
  if (from >= until) return 0;
  const auto before = [this](local_days day, local_seconds t) -> std::int64_t {
    return wants(*this, year_month_day{day}) ? times_before(*this, t - day) : 0;
  };
  const auto first = std::chrono::floor<std::chrono::days>(from), last = std::chrono::floor<std::chrono::days>(until);
  const auto per_day = std::int64_t{std::popcount(hours)} * std::popcount(minutes) * std::popcount(seconds);
  return count_dates(*this, first, last) * per_day - before(first, from) + before(last, until);
}

} // namespace xxl::schedule
