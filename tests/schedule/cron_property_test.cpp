// Random expressions against a second reading of the rules: fields as lists of numbers, dates and seconds tried one by
// one, zones asked of cctz for each second. Seeds are fixed; a failure names the expression, zone and rule.

#include "tests/schedule/agreement.hpp"
#include "tests/schedule/instants.hpp"

#include <cctz/time_zone.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

/// 0 <= result < n
int below(random_source& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
bool one_in(random_source& random, int n) { return below(random, n) == 0; }

// --- an expression as text and, read a second time, as plain lists ---

struct plain_field {
  std::string text;
  std::set<int> values;
};

/// One item: `*`, a value, a range that may wrap, with or without a step.
void add_item(plain_field& f, int min, int max, random_source& random) {
  const int size = max - min + 1;
  const int from = min + below(random, size), to = min + below(random, size), step = 1 + below(random, size - 1);
  const auto put = [&](int start, int length, int by) {
    for (int i = 0; i <= length; i += by) f.values.insert(min + (start - min + i) % size);
  };
  switch (below(random, 6)) {
  case 0:
    f.text += "*/" + std::to_string(step);
    put(min, max - min, step);
    break;
  case 1:
    f.text += std::to_string(from) + "/" + std::to_string(step);
    put(from, max - from, step);
    break;
  case 2:
    f.text += std::to_string(from) + "-" + std::to_string(to);
    put(from, (to - from + size) % size, 1);
    break;
  case 3:
    f.text += std::to_string(from) + "-" + std::to_string(to) + "/" + std::to_string(step);
    put(from, (to - from + size) % size, step);
    break;
  default: f.text += std::to_string(from); put(from, 0, 1);
  }
}

plain_field every_value(int min, int max) {
  plain_field f{"*", {}};
  for (int v = min; v <= max; ++v) f.values.insert(v);
  return f;
}

plain_field any_field(int min, int max, int stars_in_ten, random_source& random) {
  if (below(random, 10) < stars_in_ten) return every_value(min, max);
  plain_field f;
  for (int items = 1 + below(random, 3); items > 0; --items) {
    add_item(f, min, max, random);
    f.text += items > 1 ? "," : "";
  }
  return f;
}

/// What the day fields may say beyond plain numbers.
struct day_rule {
  enum form { month_days, nearest, from_end, from_end_nearest, week_days, nth, last_of_month } what = month_days;
  int n = 0, k = 0;
};

struct expression {
  plain_field second, minute, hour, day, month;
  day_rule rule;

  bool by_weekday() const { return rule.what >= day_rule::week_days; }
  std::string text() const {
    return second.text + ' ' + minute.text + ' ' + hour.text + ' ' + (by_weekday() ? "?" : day.text) + ' ' +
           month.text + ' ' + (by_weekday() ? day.text : "?");
  }
};

expression any_expression(random_source& random) {
  expression e;
  e.second = one_in(random, 4) ? any_field(0, 59, 1, random) : plain_field{"0", {0}};
  e.minute = any_field(0, 59, 4, random);
  e.hour = any_field(0, 23, 5, random);
  e.month = any_field(1, 12, 7, random);
  const int n = 1 + below(random, 31), offset = below(random, 31), weekday = 1 + below(random, 7),
            k = 1 + below(random, 5);
  switch (below(random, 12)) {
  case 0:
    e.rule = {day_rule::nearest, n, 0};
    e.day.text = std::to_string(n) + "W";
    break;
  case 1:
    e.rule = {day_rule::from_end, offset, 0};
    e.day.text = "L-" + std::to_string(offset);
    break;
  case 2:
    e.rule = {day_rule::from_end_nearest, offset, 0};
    e.day.text = "L-" + std::to_string(offset) + "W";
    break;
  case 3:
    e.rule = {day_rule::nth, weekday, k};
    e.day.text = std::to_string(weekday) + "#" + std::to_string(k);
    break;
  case 4:
    e.rule = {day_rule::last_of_month, weekday, 0};
    e.day.text = std::to_string(weekday) + "L";
    break;
  case 5:
  case 6:
    e.rule = {day_rule::week_days, 0, 0};
    e.day = any_field(1, 7, 3, random);
    break;
  default: e.day = any_field(1, 31, 7, random);
  }
  return e;
}

// --- does a date, a time match? ---

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

bool date_matches(const expression& e, int y, int m, int d) {
  if (!e.month.values.contains(m)) return false;
  const int length = month_length(y, m);
  switch (e.rule.what) {
  case day_rule::month_days: return e.day.values.contains(d);
  case day_rule::nearest: return e.rule.n <= length && nearest_working_day(y, m, e.rule.n) == d;
  case day_rule::from_end: return d == length - e.rule.n;
  case day_rule::from_end_nearest: return length - e.rule.n >= 1 && nearest_working_day(y, m, length - e.rule.n) == d;
  case day_rule::week_days: return e.day.values.contains(weekday_of(y, m, d));
  case day_rule::nth: return weekday_of(y, m, d) == e.rule.n && (d + 6) / 7 == e.rule.k;
  case day_rule::last_of_month: return weekday_of(y, m, d) == e.rule.n && d > length - 7;
  }
  return false;
}

bool matches(const expression& e, const cctz::civil_second& t) {
  return e.second.values.contains(t.second()) && e.minute.values.contains(t.minute()) &&
         e.hour.values.contains(t.hour()) && date_matches(e, static_cast<int>(t.year()), t.month(), t.day());
}

// --- the fires of a window, second by second ---

using gap = dst_policy::gap_rule;
using overlap = dst_policy::overlap_rule;

cctz::time_zone zone_of(const std::string& name) {
  cctz::time_zone tz;
  if (!cctz::load_time_zone(name, &tz)) throw std::runtime_error("no zone " + name);
  return tz;
}

bool counts(const cctz::time_zone& tz, const cctz::civil_second& local, sys_seconds t, overlap rule) {
  const auto l = tz.lookup(local);
  if (l.kind != cctz::time_zone::civil_lookup::REPEATED || rule == overlap::both) return true;
  return t == (rule == overlap::first ? l.pre : l.post);
}

/// Does the gap before t move a skipped time to t?
bool moved_to(const expression& e, const cctz::time_zone& tz, sys_seconds t, gap rule) {
  cctz::time_zone::civil_transition change;
  if (rule == gap::skip || !tz.prev_transition(t + 1s, &change) || change.from >= change.to) return false;
  const auto since = (t - tz.lookup(change.from).trans).count();
  if (rule == gap::shift) return change.from + since < change.to && matches(e, change.from + since);
  if (since >= 60 || !e.second.values.contains(static_cast<int>(since))) return false;
  for (auto local = change.from; local < change.to; ++local)
    if (matches(e, local)) return true;
  return false;
}

std::vector<instant> by_brute_force(const expression& e, const cctz::time_zone& tz, dst_policy dst, sys_seconds begin,
                                    sys_seconds end) {
  std::vector<instant> fires;
  for (auto t = begin; t <= end; t += 1s) {
    const auto local = tz.lookup(t).cs;
    if ((matches(e, local) && counts(tz, local, t, dst.overlap)) || moved_to(e, tz, t, dst.gap)) fires.emplace_back(t);
  }
  return fires;
}

const std::array<const char*, 12> zones{"UTC",
                                        "America/New_York",
                                        "Europe/Dublin",
                                        "Australia/Lord_Howe",
                                        "Africa/Casablanca",
                                        "America/Sao_Paulo",
                                        "Asia/Tehran",
                                        "Antarctica/Troll",
                                        "Pacific/Chatham",
                                        "America/St_Johns",
                                        "Asia/Shanghai",
                                        "Europe/Berlin"};

/// The first change of clocks after a random instant of 1975 to 2035, or that instant in a zone without one.
sys_seconds interesting_instant(const cctz::time_zone& tz, random_source& random) {
  const sys_seconds any = sys_days{std::chrono::year{1975} / 1 / 1} + seconds{random() % (60ULL * 365 * 86400)};
  cctz::time_zone::civil_transition change;
  return tz.next_transition(any, &change) ? sys_seconds{tz.lookup(change.to).trans} : any;
}

TEST(CronProperty, AroundChangesOfClocksEverySecondIsAnsweredAsByBruteForce) {
  random_source random{1};
  std::size_t fires_seen = 0;
  for (int round = 0; round < 250; ++round) {
    const auto e = any_expression(random);
    const std::string name = zones[static_cast<std::size_t>(below(random, zones.size()))];
    const dst_policy dst{static_cast<gap>(below(random, 3)), static_cast<overlap>(below(random, 3))};
    SCOPED_TRACE(e.text() + " in " + name + ", gap " + std::to_string(static_cast<int>(dst.gap)) + ", overlap " +
                 std::to_string(static_cast<int>(dst.overlap)));
    const auto tz = zone_of(name);
    const auto middle = interesting_instant(tz, random);
    const auto begin = middle - 3h, end = middle + 3h;
    const auto t = make_cron(e.text(), name, dst);
    const auto expected = by_brute_force(e, tz, dst, begin + 1s, end);
    auto answered = walk(t, begin, expected.size() + 1);
    if (answered.size() > expected.size() && answered.back() > end) answered.pop_back();
    ASSERT_EQ(answered, expected);
    expect_agreement(t, expected, begin, end, random);
    ASSERT_FALSE(HasFailure());
    fires_seen += expected.size();
  }
  EXPECT_GT(fires_seen, 10'000U); // the windows were not empty
}

/// The first fire after `after` in UTC, date by date, then time by time; none within forty years.
std::optional<instant> next_by_dates(const expression& e, instant after) {
  const auto day = std::chrono::floor<std::chrono::days>(after);
  for (int i = 0; i < 40 * 366; ++i) {
    const auto date = day + std::chrono::days{i};
    const std::chrono::year_month_day ymd{date};
    if (!date_matches(e, static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
                      static_cast<int>(static_cast<unsigned>(ymd.day()))))
      continue;
    for (const int h : e.hour.values)
      for (const int m : e.minute.values)
        for (const int s : e.second.values)
          if (const instant t = date + std::chrono::hours{h} + std::chrono::minutes{m} + seconds{s}; t > after)
            return t;
  }
  return std::nullopt;
}

TEST(CronProperty, OverYearsEachFireIsTheNextOneByDates) {
  random_source random{2};
  for (int round = 0; round < 300; ++round) {
    const auto e = any_expression(random);
    SCOPED_TRACE(e.text());
    const auto t = make_cron(e.text());
    instant after = sys_days{std::chrono::year{1990} / 1 / 1} + seconds{random() % (60ULL * 365 * 86400)};
    for (int i = 0; i < 8; ++i) {
      const auto expected = next_by_dates(e, after);
      if (!expected) {
        EXPECT_GT(t.next(after).value_or(instant::max()), after + std::chrono::days{40 * 365});
        break;
      }
      ASSERT_EQ(t.next(after), expected) << text(after);
      after = i % 2 == 0 ? *expected : *expected + std::chrono::days{below(random, 400)};
    }
  }
}

TEST(CronProperty, CountAndLastAgreeWithAWalkOverMonthsInEveryZoneAndRule) {
  random_source random{3};
  for (int round = 0; round < 300; ++round) {
    const auto e = any_expression(random);
    const std::string name = zones[static_cast<std::size_t>(below(random, zones.size()))];
    const dst_policy dst{static_cast<gap>(below(random, 3)), static_cast<overlap>(below(random, 3)), one_in(random, 5)};
    SCOPED_TRACE(e.text() + " in " + name);
    const auto t = make_cron(e.text(), name, dst);
    const instant begin = interesting_instant(zone_of(name), random) - std::chrono::days{below(random, 90)};
    const auto fires = walk(t, begin, 2000);
    if (fires.empty()) continue;
    expect_agreement(t, fires, begin, fires.back(), random);
    ASSERT_FALSE(HasFailure());
  }
}

} // namespace
} // namespace xxl::schedule::test
