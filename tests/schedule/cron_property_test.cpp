// Random expressions against a second reading of the rules (random_cron.hpp): dates and seconds tried one by one, zones
// asked of cctz for each second. Every round has its own seed, which a failure names:
// XXL_PROPERTY_SEED=S XXL_PROPERTY_ROUNDS=1 repeats that round alone, more rounds look further.

#include "tests/schedule/agreement.hpp"
#include "tests/schedule/instants.hpp"
#include "tests/schedule/laws.hpp"
#include "tests/schedule/random_cron.hpp"

#include <cctz/time_zone.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace xxl::schedule::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

using gap = dst_policy::gap_rule;
using overlap = dst_policy::overlap_rule;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::stoull(value) : otherwise;
}

/// Calls body(random, seed) for each seed until one fails.
template <class Body> void for_each_seed(std::uint64_t rounds, Body body) {
  const auto first = from_environment("XXL_PROPERTY_SEED", 1);
  rounds = from_environment("XXL_PROPERTY_ROUNDS", rounds);
  for (auto seed = first; seed < first + rounds; ++seed) {
    SCOPED_TRACE("XXL_PROPERTY_SEED=" + std::to_string(seed));
    random_source random{seed};
    body(random, seed);
    if (testing::Test::HasFailure()) return;
  }
}

// --- zones and rules ---

constexpr std::array zones{
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe", // half an hour
    "Pacific/Apia",        // a missing day
    "America/Sao_Paulo",   // gaps at midnight
    "Africa/Casablanca",   // four changes a year
    "Europe/Dublin",       // winter is the exception
    "Antarctica/Troll",    // two hours
    "America/St_Johns",    // changes a minute after midnight
    "Asia/Pyongyang",      // half an hour, once
    "Asia/Kathmandu",      // a quarter of an hour, once
};

/// Each combination of the two rules, and vixie.
constexpr std::uint64_t policies = 10;
dst_policy policy(std::uint64_t n) {
  return {static_cast<gap>(n / 3 % 3), static_cast<overlap>(n % 3), n % policies == policies - 1};
}

std::string words(const dst_policy& dst) {
  constexpr std::array gaps{"skip", "next", "shift"}, overlaps{"first", "last", "both"};
  if (dst.vixie) return "vixie";
  return std::string("gap ") + gaps[static_cast<std::size_t>(dst.gap)] + ", overlap " +
         overlaps[static_cast<std::size_t>(dst.overlap)];
}

cctz::time_zone zone_of(const std::string& name) {
  cctz::time_zone tz;
  if (!cctz::load_time_zone(name, &tz)) throw std::runtime_error("no zone " + name);
  return tz;
}

using transition = cctz::time_zone::civil_transition;

/// The last change of the clocks at or before t that moved them.
bool last_change(const cctz::time_zone& tz, sys_seconds t, transition& change) {
  for (t += 1s; tz.prev_transition(t, &change); t = tz.lookup(change.to).trans)
    if (change.from != change.to) return true;
  return false;
}

/// An instant at which the clocks change, if they ever do in the years 1971 to 2040: any, or the greatest change.
sys_seconds any_change(const cctz::time_zone& tz, random_source& random) {
  const sys_seconds begin = sys_days{std::chrono::year{1971} / 1 / 1}, end = sys_days{std::chrono::year{2041} / 1 / 1};
  const auto fallback = begin + seconds{random() % static_cast<std::uint64_t>((end - begin).count())};
  std::vector<sys_seconds> changes;
  sys_seconds greatest = fallback;
  transition change;
  for (std::int64_t most = 0; tz.next_transition(changes.empty() ? begin : changes.back(), &change);) {
    const sys_seconds at = tz.lookup(change.to).trans;
    if (at >= end) break;
    changes.push_back(at);
    if (std::abs(change.to - change.from) <= most) continue;
    most = std::abs(change.to - change.from);
    greatest = at;
  }
  if (changes.empty()) return fallback;
  return one_in(random, 3) ? greatest : changes[random() % changes.size()];
}

// --- the fires of a window, second by second ---

class second_reading {
public:
  second_reading(const plain_cron& e, const cctz::time_zone& tz, dst_policy dst) : e_(e), tz_(tz), dst_(dst) {
    if (!dst.vixie) return;
    dst_.gap = e.interval_like() ? gap::skip : gap::next;
    dst_.overlap = e.interval_like() ? overlap::both : overlap::first;
  }

  /// The fires of [begin, end].
  std::vector<instant> fires(sys_seconds begin, sys_seconds end) {
    std::vector<instant> result;
    for (auto t = begin; t <= end; t += 1s) {
      const auto local = tz_.lookup(t).cs;
      if ((e_.matches(local) && counts(local, t)) || moved_to(t)) result.emplace_back(t);
    }
    return result;
  }

private:
  /// Not if it is the pass of an overlap that is passed over.
  bool counts(const cctz::civil_second& local, sys_seconds t) const {
    const auto l = tz_.lookup(local);
    if (l.kind != cctz::time_zone::civil_lookup::REPEATED || dst_.overlap == overlap::both) return true;
    return t == (dst_.overlap == overlap::first ? l.pre : l.post);
  }

  /// Does the gap before t move a skipped time to t?
  bool moved_to(sys_seconds t) {
    transition change;
    if (dst_.gap == gap::skip || !last_change(tz_, t, change) || change.from > change.to) return false;
    const sys_seconds at = tz_.lookup(change.to).trans;
    const auto since = (t - at).count();
    if (dst_.gap == gap::shift) return change.from + since < change.to && e_.matches(change.from + since);
    return since < 60 && seconds_skipped(change, at).contains(static_cast<int>(since));
  }

  /// At which seconds of their minute the gap's matches are.
  const std::set<int>& seconds_skipped(const transition& change, sys_seconds at) {
    if (at == known_) return skipped_;
    known_ = at;
    skipped_.clear();
    for (auto local = change.from; local < change.to; ++local)
      if (e_.matches(local)) skipped_.insert(local.second());
    return skipped_;
  }

  const plain_cron& e_;
  const cctz::time_zone& tz_;
  dst_policy dst_;
  sys_seconds known_ = sys_seconds::min(); ///< the gap of which skipped_ tells
  std::set<int> skipped_;
};

TEST(CronProperty, AroundChangesOfClocksEverySecondIsAnsweredAsByBruteForce) {
  std::size_t fires_seen = 0, rounds_with_fires = 0, rounds = 0;
  for_each_seed(zones.size() * policies * 4, [&](random_source& random, std::uint64_t seed) {
    const std::string name = zones[seed % zones.size()];
    const auto dst = policy(seed / zones.size());
    const auto tz = zone_of(name);
    const auto middle = any_change(tz, random);
    const auto e = any_cron(random, tz.lookup(middle + seconds{below(random, 7200) - 3600}).cs);
    SCOPED_TRACE(e.text + " in " + name + ", " + words(dst) + ", around " + text(instant{middle}));
    const auto begin = middle - 3h, end = middle + 3h;
    const auto t = make_cron(e.text, name, dst);
    const auto expected = second_reading{e, tz, dst}.fires(begin + 1s, end);
    auto answered = walk(t, begin, expected.size() + 1);
    if (answered.size() > expected.size() && answered.back() > end) answered.pop_back();
    ASSERT_EQ(answered, expected);
    for (const auto fire : expected) ASSERT_EQ(t.next(fire - 1ms), fire);
    expect_agreement(t, expected, begin, end, random);
    ++rounds;
    fires_seen += expected.size();
    rounds_with_fires += expected.empty() ? 0 : 1;
  });
  if (rounds >= 100) { // the windows were not empty
    EXPECT_GT(fires_seen, 20 * rounds);
    EXPECT_GT(rounds_with_fires, rounds / 3);
  }
}

/// The first fire after `after` in UTC, date by date, then time by time; none within forty years.
std::optional<instant> next_by_dates(const plain_cron& e, instant after) {
  const auto day = std::chrono::floor<std::chrono::days>(after);
  for (int i = 0; i < 40 * 366; ++i) {
    const auto date = day + std::chrono::days{i};
    const std::chrono::year_month_day ymd{date};
    if (!e.matches_date(static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
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
  for_each_seed(2000, [](random_source& random, std::uint64_t) {
    instant after = sys_days{std::chrono::year{1990} / 1 / 1} + seconds{random() % (60ULL * 365 * 86400)};
    const auto e = any_cron(random, cctz::convert(after, cctz::utc_time_zone()));
    SCOPED_TRACE(e.text);
    const auto t = make_cron(e.text);
    for (int i = 0; i < 8; ++i) {
      const auto expected = next_by_dates(e, after);
      if (!expected) {
        EXPECT_GT(t.next(after).value_or(instant::max()), after + std::chrono::days{40 * 365});
        break;
      }
      ASSERT_EQ(t.next(after), expected) << text(after);
      after = i % 2 == 0 ? *expected : *expected + std::chrono::days{below(random, 400)};
    }
  });
}

TEST(CronProperty, CountAndLastAgreeWithAWalkOverMonthsInEveryZoneAndRule) {
  for_each_seed(zones.size() * policies * 10, [](random_source& random, std::uint64_t seed) {
    const std::string name = zones[seed % zones.size()];
    const auto dst = policy(seed / zones.size());
    const auto tz = zone_of(name);
    const instant begin = any_change(tz, random) - std::chrono::days{below(random, 90)};
    const auto e = any_cron(random, cctz::convert(begin, tz));
    SCOPED_TRACE(e.text + " in " + name + ", " + words(dst));
    const auto t = make_cron(e.text, name, dst);
    const auto fires = walk(t, begin, 2000);
    if (!fires.empty()) expect_agreement(t, fires, begin, fires.back(), random);
  });
}

/// An instant of any time that can be told, often just one at an end of it.
instant any_instant(random_source& random) {
  switch (below(random, 4)) {
  case 0: return instant::min() + milliseconds{below(random, 3)};
  case 1: return instant::max() - milliseconds{below(random, 3)};
  case 2: return instant{milliseconds{static_cast<std::int64_t>(random())}};
  default: return sys_days{std::chrono::year{1960} / 1 / 1} + seconds{random() % (250ULL * 365 * 86400)};
  }
}

/// Of any length that can be told, short ones as often as long ones.
milliseconds any_period(random_source& random) {
  return milliseconds{std::max<std::int64_t>(1, static_cast<std::int64_t>(random() >> (1 + below(random, 63))))};
}

timetable any_timetable(random_source& random) {
  switch (below(random, 5)) {
  case 0: return every(any_period(random), std::nullopt);
  case 1: return every(any_period(random), any_instant(random));
  case 2: return at(any_instant(random));
  default:
    const auto* zone = zones[random() % zones.size()];
    return make_cron(any_cron(random, cctz::civil_second{2026, 3, 8, 2, 30, 0}).text, zone,
                     policy(random() % policies));
  }
}

TEST(TimetableProperty, EveryKindKeepsTheLawsFromAnyInstantToAnyOther) {
  for_each_seed(900, [](random_source& random, std::uint64_t) {
    const auto t = any_timetable(random);
    for (int i = 0; i < 5; ++i) {
      std::array points{any_instant(random), any_instant(random), any_instant(random)};
      std::ranges::sort(points);
      const auto [a, b, c] = points;
      EXPECT_EQ(broken_law(t, a, b, c), "") << a.time_since_epoch().count() << ", " << b.time_since_epoch().count()
                                            << ", " << c.time_since_epoch().count() << " ms";
    }
  });
}

} // namespace
} // namespace xxl::schedule::test
