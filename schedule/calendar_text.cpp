#include "schedule/calendar_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace xxl::schedule {

namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::month_day;
using std::chrono::seconds;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> weekday_names{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// What the user wrote, cut where it is long.
std::string quoted(std::string_view s) {
  constexpr std::size_t most = 40;
  return '"' + std::string(s.substr(0, most)) + (s.size() > most ? "...\"" : "\"");
}

/// A part of a text and its column there.
struct part {
  std::string_view text;
  std::size_t column = 1;
};

/// Inside the parsers errors are thrown; the functions at the end return them.
[[noreturn]] void fail(part at, const std::string& why) { throw parse_error{quoted(at.text) + " " + why, at.column}; }

/// Before and after the first `separator`; the second is missing where there is none.
std::pair<part, std::optional<part>> split(part in, std::string_view separator) {
  const auto at = in.text.find(separator);
  if (at == std::string_view::npos) return {in, std::nullopt};
  const auto behind = at + separator.size();
  return {{in.text.substr(0, at), in.column}, part{in.text.substr(behind), in.column + behind}};
}

/// Numbers of the shape "NN-NN" or "NN:NN:NN": as many digits as the shape has N, and its separators; empty if the text
/// has another shape.
std::optional<std::array<unsigned, 3>> numbers(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return std::nullopt;
  std::array<unsigned, 3> result{};
  auto number = result.begin();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (shape[i] != 'N') {
      if (text[i] != shape[i]) return std::nullopt;
      ++number;
    } else {
      if (!is_digit(text[i])) return std::nullopt;
      *number = *number * 10 + static_cast<unsigned>(text[i] - '0');
    }
  }
  return result;
}

// --- dates ---

constexpr std::string_view expected_date = "is no date: write 2026-10-01, or 10-01 for each year";

using date = std::variant<year_month_day, month_day>;

year_month_day full_date(part in, const std::array<unsigned, 3>& n) {
  const auto y = static_cast<int>(n[0]);
  if (y < first_year || y > last_year)
    fail(in, "is not in the years " + std::to_string(first_year) + "-" + std::to_string(last_year));
  const year_month_day result{year{y}, month{n[1]}, day{n[2]}};
  if (!result.ok()) fail(in, "does not exist");
  return result;
}

date read_date(part in) {
  if (const auto n = numbers(in.text, "NNNN-NN-NN")) return full_date(in, *n);
  const auto n = numbers(in.text, "NN-NN");
  if (!n) fail(in, std::string(expected_date));
  const month_day result{month{(*n)[0]}, day{(*n)[1]}};
  if (!result.ok()) fail(in, "exists in no year");
  return result;
}

date_range read_dates(part in) {
  const auto [from, to] = split(in, "..");
  const auto first = read_date(from);
  const auto last = to ? read_date(*to) : first;
  if (first.index() != last.index()) fail(in, "mixes a full date and one of each year");
  if (const auto* yearly = std::get_if<month_day>(&first)) return yearly_dates{*yearly, std::get<month_day>(last)};
  const dates result{std::get<year_month_day>(first), std::get<year_month_day>(last)};
  if (result.last < result.first) fail(in, "runs backwards: only dates of each year go over New Year");
  return result;
}

// --- times of the day ---

seconds read_time(part in) {
  auto n = numbers(in.text, "NN:NN");
  if (!n) n = numbers(in.text, "NN:NN:NN");
  if (!n) fail(in, "is no time of the day: write 08:00 or 08:00:30");
  const auto [h, m, s] = *n;
  const seconds result{(h * 60 + m) * 60 + s};
  if (m > 59 || s > 59 || result > std::chrono::days{1}) fail(in, "is not in 00:00-24:00");
  return result;
}

time_window read_window(part in) {
  const auto [from, to] = split(in, "-");
  if (!to) fail(in, "is no time window: write 08:00-18:00");
  const time_window result{read_time(from), read_time(*to)};
  if (result.to == result.from) fail(in, "is empty: the first time is the earlier one");
  if (result.to < result.from) fail(in, "runs backwards: over midnight write two windows, up to 24:00 and from 00:00");
  return result;
}

// --- weekdays ---

unsigned read_weekday(part in) {
  const auto found = std::ranges::find_if(
      weekday_names, [in](std::string_view name) { return std::ranges::equal(in.text, name, {}, upper); });
  if (found == weekday_names.end()) fail(in, "is no weekday: write SUN, MON, TUE, WED, THU, FRI or SAT");
  return static_cast<unsigned>(found - weekday_names.begin());
}

template <class T> std::variant<T, parse_error> caught(T (*read)(part), std::string_view text) {
  try {
    return read({text, 1});
  } catch (parse_error& e) {
    return std::move(e);
  }
}

} // namespace

std::variant<date_range, parse_error> parse_dates(std::string_view text) { return caught(read_dates, text); }

std::variant<time_window, parse_error> parse_time_window(std::string_view text) { return caught(read_window, text); }

std::variant<unsigned, parse_error> parse_weekday(std::string_view text) { return caught(read_weekday, text); }

} // namespace xxl::schedule
