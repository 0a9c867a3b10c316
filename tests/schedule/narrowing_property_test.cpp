// Random calendars, zones and schedules against a second reading of the rules: each fire by itself, its date looked up
// in the plain lists, its way to the hours gone second by second, zones asked of cctz. Seeds are fixed.

#include "schedule/narrowing.hpp"
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
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::month;
using std::chrono::month_day;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using std::chrono::year_month_day;

int below(random_source& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
bool one_in(random_source& random, int n) { return below(random, n) == 0; }

// --- a calendar as its rules, read one by one ---

struct plain_calendar {
  calendar_rules rules;
  std::vector<plain_calendar> bases;

  std::shared_ptr<const calendar> made() const {
    auto whole = rules;
    for (const auto& base : bases) whole.bases.push_back(base.made());
    return std::make_shared<const calendar>(whole);
  }
};

year_month_day date_of(const cctz::civil_day& d) { return year{static_cast<int>(d.year())} / d.month() / d.day(); }

bool names(const std::vector<date_range>& ranges, year_month_day date) {
  return std::ranges::any_of(ranges, [date](const date_range& range) {
    if (const auto* full = std::get_if<dates>(&range)) return full->first <= date && date <= full->last;
    const auto& [first, last] = std::get<yearly_dates>(range);
    const month_day day{date.month(), date.day()};
    return first <= last ? first <= day && day <= last : first <= day || day <= last;
  });
}

bool includes_day(const plain_calendar& c, const cctz::civil_day& day) {
  const auto weekday = (static_cast<int>(cctz::get_weekday(day)) + 1) % 7; // cctz: Monday is 0
  if (names(c.rules.include, date_of(day))) return true;
  if (names(c.rules.exclude, date_of(day)) || (c.rules.exclude_weekdays >> weekday & 1) != 0) return false;
  return std::ranges::all_of(c.bases, [day](const plain_calendar& base) { return includes_day(base, day); });
}

bool includes_time(const plain_calendar& c, milliseconds time) {
  const auto inside = [time](time_window w) { return w.from <= time && (time <= w.to || w.to == 24h); };
  return (c.rules.hours.empty() || std::ranges::any_of(c.rules.hours, inside)) &&
         std::ranges::all_of(c.bases, [time](const plain_calendar& base) { return includes_time(base, time); });
}

// --- where one fire goes ---

struct place {
  place(const plain_calendar& c, const cctz::time_zone& z) : rules(c), tz(z) {
    for (std::size_t s = 0; s < 86400; ++s)
      for (const auto ms : {0ms, 999ms})
        if (includes_time(c, seconds{s} + ms)) open_minutes[s / 60] = true;
  }

  bool never_open() const { return std::ranges::find(open_minutes, true) == open_minutes.end(); }

  const plain_calendar& rules;
  const cctz::time_zone& tz;
  std::array<bool, 1440> open_minutes{}; ///< is any instant of that minute inside the hours?
};

sys_seconds whole(instant t) { return std::chrono::floor<seconds>(t); }

bool includes(const place& p, instant t) {
  const auto local = p.tz.lookup(whole(t)).cs;
  return includes_day(p.rules, cctz::civil_day(local)) &&
         includes_time(p.rules, seconds{local - cctz::civil_second(cctz::civil_day(local))} + (t - whole(t)));
}

/// How far a walk may step from s without passing over an included instant: an hour or a minute of excluded days or
/// outside of the hours; else a second.
seconds stride(const place& p, sys_seconds s, int direction) {
  const auto here = p.tz.lookup(s);
  for (const auto length : {3600s, 60s}) {
    const auto there = p.tz.lookup(s + direction * (length - 1s));
    if (here.offset != there.offset) continue;
    const auto& first = direction > 0 ? here.cs : there.cs;
    bool open = false;
    for (int m = 0; m <= length / 60s; ++m)
      open |= p.open_minutes[static_cast<std::size_t>((first.hour() * 60 + first.minute() + m) % 1440)];
    const bool days_open =
        includes_day(p.rules, cctz::civil_day(here.cs)) || includes_day(p.rules, cctz::civil_day(there.cs));
    if (!open || !days_open) return length - 1s;
  }
  return 1s;
}

bool exists(const cctz::time_zone& tz, const cctz::civil_day& day) {
  const cctz::civil_second midnight{day};
  return tz.lookup(midnight).kind != cctz::time_zone::civil_lookup::SKIPPED ||
         tz.lookup(midnight + (86400 - 1)).kind != cctz::time_zone::civil_lookup::SKIPPED;
}

/// The same local time on the nearest included day; none within a year.
std::optional<instant> on_included_day(const place& p, instant t, int step) {
  const auto local = p.tz.lookup(whole(t)).cs;
  auto day = cctz::civil_day(local);
  if (includes_day(p.rules, day)) return t;
  const auto time = local - cctz::civil_second(day);
  for (int i = 0; i < 366; ++i) {
    day += step;
    if (!exists(p.tz, day) || !includes_day(p.rules, day)) continue;
    const auto l = p.tz.lookup(cctz::civil_second(day) + time);
    if (l.kind == cctz::time_zone::civil_lookup::SKIPPED) return sys_seconds{l.trans};
    return sys_seconds{l.kind == cctz::time_zone::civil_lookup::REPEATED ? l.post : l.pre} + (t - whole(t));
  }
  return std::nullopt;
}

/// From t on, to the first included instant: a whole second, if not t itself.
std::optional<instant> forward(const place& p, instant t) {
  if (includes(p, t)) return t;
  if (p.never_open()) return std::nullopt;
  for (auto s = std::chrono::ceil<seconds>(t); s < t + days{30}; s += stride(p, s, 1))
    if (includes(p, s)) return s;
  return std::nullopt;
}

/// From t back, to the last included instant: a whole second or the millisecond before one, if not t itself.
std::optional<instant> backward(const place& p, instant t) {
  if (includes(p, t)) return t;
  if (p.never_open()) return std::nullopt;
  for (auto s = whole(t); s > t - days{30}; s -= stride(p, s, -1)) {
    if (includes(p, s)) return s;
    if (includes(p, s - 1ms)) return s - 1ms;
  }
  return std::nullopt;
}

std::optional<instant> destination(const place& p, instant fire, on_excluded what) {
  if (what == on_excluded::skip) return includes(p, fire) ? std::optional{fire} : std::nullopt;
  const bool later = what == on_excluded::next;
  const auto t = on_included_day(p, fire, later ? 1 : -1);
  return !t ? std::nullopt : later ? forward(p, *t) : backward(p, *t);
}

// --- what is drawn ---

/// Ranges around the days of interest; Wednesdays are never excluded else. So no fire moves by more than four weeks.
date_range any_range(sys_days around, random_source& random) {
  const auto first = around + days{below(random, 20) - 10};
  const auto last = first + days{below(random, 6)};
  const year_month_day a{first}, b{last};
  if (one_in(random, 2)) return dates{a, b};
  return yearly_dates{a.month() / a.day(), b.month() / b.day()};
}

std::vector<time_window> any_hours(random_source& random) {
  std::vector<time_window> result;
  for (int n = below(random, 4); n > 0; --n) {
    const auto from = seconds{below(random, 24) * 3600 + below(random, 3) * 1800};
    const auto to = std::min<seconds>(24h, from + seconds{1 + below(random, 8 * 3600)});
    if (from < to) result.push_back({from, to});
  }
  return result;
}

plain_calendar any_calendar(sys_days around, int depth, random_source& random) {
  plain_calendar c;
  for (int n = below(random, 3); n > 0; --n) c.rules.exclude.push_back(any_range(around, random));
  if (one_in(random, 2)) c.rules.include.push_back(any_range(around, random));
  if (one_in(random, 2)) c.rules.exclude_weekdays = static_cast<std::uint8_t>(random() & random() & 0x77);
  if (one_in(random, 2)) c.rules.hours = any_hours(random);
  for (int n = depth > 0 ? below(random, 3) : 0; n > 0; --n) c.bases.push_back(any_calendar(around, depth - 1, random));
  return c;
}

timetable any_timetable(const std::string& zone, instant around, random_source& random) {
  static const std::array<const char*, 14> expressions{
      "0 0 9 * * ?",      "0 30 2 * * ?",   "0 15 0/6 * * ?",   "0 0 0 * * ?",        "59 59 23 * * ?",
      "0 30 1,2,3 * * ?", "0 0 12 ? * SUN", "0 0/20 1-3 * * ?", "0 0 18 ? * MON-FRI", "0 0 10 1W,15W * ?",
      "0 30 23 * * ?",    "0 10 0 * * ?",   "0 0 * ? * SAT",    "0 0 7 L * ?"};
  static const std::array<milliseconds, 6> periods{6h, 1h, 12h, 7h + 13s, 47min + 250ms, 31h + 1ms};
  const dst_policy dst{static_cast<dst_policy::gap_rule>(below(random, 3)),
                       static_cast<dst_policy::overlap_rule>(below(random, 3))};
  switch (below(random, 6)) {
  case 0: return every(periods[static_cast<std::size_t>(below(random, periods.size()))], std::nullopt);
  case 1:
    return every(periods[static_cast<std::size_t>(below(random, periods.size()))],
                 around + milliseconds{below(random, 1'000'000'000)} - days{8});
  case 2: return at(around + milliseconds{below(random, 1'000'000'000)} - days{6});
  default:
    return make_cron(expressions[static_cast<std::size_t>(below(random, expressions.size()))],
                     one_in(random, 4) ? "UTC" : zone, dst);
  }
}

const std::array<const char*, 12> zones{"UTC",
                                        "America/New_York",
                                        "Europe/Berlin",
                                        "Australia/Lord_Howe",
                                        "America/St_Johns", // clocks put back over midnight, at 00:01
                                        "America/Sao_Paulo",
                                        "Asia/Tehran",
                                        "Antarctica/Troll",
                                        "Pacific/Chatham",
                                        "Pacific/Apia", // without 2011-12-30
                                        "Asia/Beirut",
                                        "America/Havana"};

sys_seconds interesting_instant(const cctz::time_zone& tz, const std::string& name, random_source& random) {
  if (name == "Pacific/Apia" && one_in(random, 2)) return sys_days{year{2011} / 12 / 30} + 10h;
  const sys_seconds any = sys_days{year{1975} / 1 / 1} + seconds{random() % (60ULL * 365 * 86400)};
  cctz::time_zone::civil_transition change;
  return tz.next_transition(any, &change) ? sys_seconds{tz.lookup(change.to).trans} : any;
}

constexpr std::array<on_excluded, 3> all_ways{on_excluded::skip, on_excluded::next, on_excluded::previous};

TEST(NarrowingProperty, EveryFireGoesWhereBruteForceSaysAndAllAnswersAgree) {
  random_source random{4};
  std::size_t seen = 0, moved_fires = 0;
  for (int round = 0; round < 180; ++round) {
    const std::string name = zones[static_cast<std::size_t>(below(random, zones.size()))];
    cctz::time_zone tz;
    ASSERT_TRUE(cctz::load_time_zone(name, &tz));
    const auto middle = interesting_instant(tz, name, random);
    const auto rules = any_calendar(std::chrono::floor<days>(middle), 2, random);
    const auto base = any_timetable(name, middle, random);
    const narrowing n{.observed = rules.made(), .zone = name, .what = all_ways[static_cast<std::size_t>(round % 3)]};
    SCOPED_TRACE("round " + std::to_string(round) + " in " + name + " around " + text(middle));
    const instant begin = middle - days{8} + milliseconds{below(random, 1000)}, end = middle + days{8};
    const place here{rules, tz};
    std::set<instant> fires;
    for (auto f = base.next(begin - days{30}); f && *f < end + days{30}; f = base.next(*f)) {
      if (n.what == on_excluded::skip && (*f <= begin || *f > end)) continue;
      const auto to = destination(here, *f, n.what);
      ASSERT_EQ(to ? moved(*f, n) : std::nullopt, to) << text(*f);
      if (!to || *to <= begin || *to > end) continue;
      fires.insert(*to);
      moved_fires += *to != *f ? 1 : 0;
    }
    const auto t = narrowed(base, n);
    const std::vector<instant> expected{fires.begin(), fires.end()};
    auto answered = walk(t, begin, expected.size() + 1);
    if (answered.size() > expected.size() && answered.back() > end) answered.pop_back();
    ASSERT_EQ(answered, expected);
    expect_agreement(t, expected, begin, end, random);
    ASSERT_FALSE(HasFailure());
    seen += expected.size();
  }
  EXPECT_GT(seen, 2'500U);
  EXPECT_GT(moved_fires, 1'000U);
}

} // namespace
} // namespace xxl::schedule::test
