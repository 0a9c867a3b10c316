#include "schedule/calendar.hpp"

#include <algorithm>
#include <stdexcept>

namespace xxl::schedule {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::milliseconds;
using std::chrono::month_day;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr milliseconds day_length = days{1};
constexpr milliseconds tick{1}; // the resolution of an instant

void add(const dates& range, day_set& to) {
  if (!range.first.ok() || !range.last.ok() || range.last < range.first)
    throw std::invalid_argument("a range of dates has two days that exist, the first one first");
  to.add(local_days{range.first}, local_days{range.last});
}

/// In a year without 29 February a range from it begins with 1 March, and one up to it ends with the 28th.
void add(const yearly_dates& range, day_set& to) {
  if (!range.first.ok() || !range.last.ok()) throw std::invalid_argument("a date of each year exists in leap years");
  const auto day_in = [](int y, month_day date) {
    return local_days{year{y} / date.month() / 1} + days{static_cast<unsigned>(date.day()) - 1};
  };
  const bool wraps = range.last < range.first;
  for (int y = first_year - 1; y <= last_year; ++y) {
    const int last = wraps ? y + 1 : y;
    const local_days end_of_month{year{last} / range.last.month() / std::chrono::last};
    to.add(day_in(y, range.first), std::min(day_in(last, range.last), end_of_month));
  }
}

day_set set_of(const std::vector<date_range>& ranges) {
  day_set result;
  for (const auto& range : ranges) std::visit([&result](const auto& r) { add(r, result); }, range);
  return result;
}

day_set set_of_weekdays(std::uint8_t weekdays) {
  day_set result;
  for (auto day = day_set::begin; day < day_set::end; day += days{1})
    if ((weekdays >> std::chrono::weekday{day}.c_encoding() & 1) != 0) result.add(day, day);
  return result;
}

/// Any of the windows, as parts in order and without overlap.
std::vector<day_part> parts_of(std::vector<time_window> windows) {
  if (windows.empty()) return whole_day();
  std::ranges::sort(windows, {}, &time_window::from);
  std::vector<day_part> result;
  for (const auto& w : windows) {
    if (w.from < w.from.zero() || w.to <= w.from || w.to > days{1})
      throw std::invalid_argument("a time window lies in one day, and its first time is the earlier one");
    const day_part part{w.from, std::min<milliseconds>(w.to + tick, day_length)};
    if (!result.empty() && part.begin <= result.back().end)
      result.back().end = std::max(result.back().end, part.end);
    else
      result.push_back(part);
  }
  return result;
}

std::vector<day_part> common_parts(const std::vector<day_part>& a, const std::vector<day_part>& b) {
  std::vector<day_part> result;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    const day_part both{std::max(i->begin, j->begin), std::min(i->end, j->end)};
    if (both.begin < both.end) result.push_back(both);
    if (i->end < j->end)
      ++i;
    else
      ++j;
  }
  return result;
}

bool is_whole_day(const std::vector<day_part>& hours) {
  return hours.size() == 1 && hours[0].begin == milliseconds{0} && hours[0].end == day_length;
}

} // namespace

const std::vector<day_part>& whole_day() {
  static const std::vector<day_part> all{{milliseconds{0}, day_length}};
  return all;
}

calendar::calendar(const calendar_rules& rules) : days_(day_set::all()), hours_(parts_of(rules.hours)) {
  for (const auto& base : rules.bases) {
    days_ &= base->days_;
    hours_ = common_parts(hours_, base->hours_);
  }
  if (rules.exclude_weekdays != 0) days_ -= set_of_weekdays(rules.exclude_weekdays);
  days_ -= set_of(rules.exclude);
  days_ |= set_of(rules.include);
}

std::optional<local_range> next_range(const day_set& days, const std::vector<day_part>& hours, local_instant from) {
  if (hours.empty()) return std::nullopt;
  auto day = days.next(std::chrono::floor<std::chrono::days>(from));
  if (is_whole_day(hours)) {
    if (day == day_set::end) return std::nullopt;
    return local_range{std::max<local_instant>(from, day), days.next_absent(day)};
  }
  for (; day != day_set::end; day = days.next(day + std::chrono::days{1})) // twice at most
    for (const auto& part : hours)
      if (day + part.end > from) return local_range{std::max<local_instant>(from, day + part.begin), day + part.end};
  return std::nullopt;
}

std::optional<local_instant> last_time(const day_set& days, const std::vector<day_part>& hours, local_instant to) {
  if (hours.empty()) return std::nullopt;
  for (auto day = days.last(std::chrono::floor<std::chrono::days>(to)); day;
       day = days.last(*day - std::chrono::days{1})) // twice at most
    for (auto part = hours.rbegin(); part != hours.rend(); ++part)
      if (*day + part->begin <= to) return std::min<local_instant>(to, *day + part->end - tick);
  return std::nullopt;
}

} // namespace xxl::schedule
