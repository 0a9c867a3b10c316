// The sweep over a day's fires against one that looks at every second and every run by itself.

#include "forecast/fire_table.hpp"
#include "forecast/load.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <stdexcept>

namespace xxl::forecast {
namespace {

using namespace std::chrono_literals;
using schedule::test::make_cron;
using schedule::test::utc;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

const span day{utc("2026-12-01T00:00:00Z"), utc("2026-12-02T00:00:00Z")};

job cron_job(const std::string& expression, std::optional<milliseconds> duration = {}) {
  return {expression, make_cron(expression), duration, true};
}

/// What load_of() says, counted from the runs one by one.
load counted(const std::vector<job>& jobs, span over, std::size_t most) {
  load l;
  l.over = over;
  l.jobs.resize(jobs.size());
  l.first_minute = floor<std::chrono::minutes>(over.from);
  l.minutes.resize(
      static_cast<std::size_t>((std::chrono::ceil<std::chrono::minutes>(over.to) - l.first_minute).count()));
  std::map<sys_seconds, std::map<std::size_t, std::int64_t>> seconds_;
  std::map<sys_seconds, std::int64_t> change; // of the runs that are going
  double busy = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto when = fires_of(jobs[i], over.from);
    const auto d = jobs[i].duration.value_or(0ms);
    std::optional<instant> before;
    for (auto f = when.next(over.from - d); f && *f < over.to; f = when.next(*f)) {
      const auto begin = std::max(*f, over.from), end = std::min(*f + d, over.to);
      busy += static_cast<double>((end - begin).count());
      if (d > 0ms) {
        ++change[floor<seconds>(begin)];
        --change[std::chrono::ceil<seconds>(end)];
      }
      const bool overlaps = d > 0ms && before && *before + d > *f;
      before = *f;
      if (*f < over.from) continue;
      ++l.fires;
      ++l.jobs[i].fires;
      ++seconds_[floor<seconds>(*f)][i];
      ++l.minutes[static_cast<std::size_t>((floor<std::chrono::minutes>(*f) - l.first_minute).count())].fires;
      if (!overlaps) continue;
      ++l.jobs[i].overlaps;
      if (!l.jobs[i].first_overlap) l.jobs[i].first_overlap = *f;
    }
  }
  std::int64_t going = 0;
  for (auto at = floor<seconds>(over.from); at < over.to; at += 1s) {
    if (const auto found = change.find(at); found != change.end()) going += found->second;
    auto& m = l.minutes[static_cast<std::size_t>((floor<std::chrono::minutes>(at) - l.first_minute).count())];
    m.most_running = std::max(m.most_running, going);
    if (going > l.at_once.peak) {
      l.at_once.peak = going;
      l.at_once.peak_at = at;
    }
  }
  l.at_once.mean = busy / static_cast<double>((over.to - over.from).count());
  for (auto& [at, of] : seconds_) {
    second_load s{at, 0, {}};
    for (auto& [i, n] : of) {
      s.fires += n;
      s.jobs.push_back({i, n});
    }
    l.busiest.push_back(s);
  }
  std::ranges::stable_sort(l.busiest, std::greater<>{}, &second_load::fires);
  l.busiest.resize(std::min(most, l.busiest.size()));
  return l;
}

void expect_same(const load& a, const load& b) {
  EXPECT_EQ(a.fires, b.fires);
  ASSERT_EQ(a.jobs.size(), b.jobs.size());
  for (std::size_t i = 0; i < a.jobs.size(); ++i) {
    EXPECT_EQ(a.jobs[i].fires, b.jobs[i].fires) << i;
    EXPECT_EQ(a.jobs[i].overlaps, b.jobs[i].overlaps) << i;
    EXPECT_EQ(a.jobs[i].first_overlap, b.jobs[i].first_overlap) << i;
  }
  EXPECT_EQ(a.first_minute, b.first_minute);
  ASSERT_EQ(a.minutes.size(), b.minutes.size());
  for (std::size_t i = 0; i < a.minutes.size(); ++i) {
    ASSERT_EQ(a.minutes[i].fires, b.minutes[i].fires) << "minute " << i;
    ASSERT_EQ(a.minutes[i].most_running, b.minutes[i].most_running) << "minute " << i;
  }
  ASSERT_EQ(a.busiest.size(), b.busiest.size());
  for (std::size_t i = 0; i < a.busiest.size(); ++i) {
    EXPECT_EQ(a.busiest[i].at, b.busiest[i].at) << i;
    EXPECT_EQ(a.busiest[i].fires, b.busiest[i].fires) << i;
    ASSERT_EQ(a.busiest[i].jobs.size(), b.busiest[i].jobs.size()) << i;
    for (std::size_t k = 0; k < a.busiest[i].jobs.size(); ++k) {
      EXPECT_EQ(a.busiest[i].jobs[k].job, b.busiest[i].jobs[k].job);
      EXPECT_EQ(a.busiest[i].jobs[k].fires, b.busiest[i].jobs[k].fires);
    }
  }
  EXPECT_EQ(a.at_once.peak, b.at_once.peak);
  if (b.at_once.peak > 0) {
    EXPECT_EQ(a.at_once.peak_at, b.at_once.peak_at);
  }
  EXPECT_NEAR(a.at_once.mean, b.at_once.mean, 1e-9 * (1 + b.at_once.mean));
}

TEST(Load, IsWhatCountingEachRunGives) {
  std::mt19937_64 dice{7};
  const auto up_to = [&](std::int64_t most) { return std::uniform_int_distribution<std::int64_t>{0, most}(dice); };
  const std::vector<std::string> expressions{"0 0/5 * * * ?",     "0 0 * * * ?", "0 30 2 * * ?",       "0/20 * * * * ?",
                                             "15 0/7 9-17 * * ?", "0 0 0 1 * ?", "0 0 12 ? * MON-FRI", "* * * * * ?"};
  for (int round = 0; round < 15; ++round) {
    SCOPED_TRACE(round);
    std::vector<job> jobs;
    for (auto n = up_to(6); n >= 0; --n) {
      std::optional<milliseconds> duration;
      if (up_to(3) > 0) duration = milliseconds{up_to(1) > 0 ? up_to(5'000) : up_to(200'000'000)};
      const auto kind = up_to(5);
      job j{"j", {}, duration, up_to(9) > 0};
      if (kind == 0)
        j.when = schedule::every(milliseconds{1'000 + up_to(100'000)}, std::nullopt);
      else if (kind == 1)
        j.when = schedule::every(milliseconds{700 + up_to(3'000'000)}, day.from + milliseconds{up_to(90'000'000)});
      else if (kind == 2)
        j.when = schedule::after(milliseconds{500 + up_to(10'000)});
      else if (kind == 3)
        j.when = schedule::at(day.from + milliseconds{up_to(200'000'000) - 50'000'000});
      else
        j.when = make_cron(expressions[static_cast<std::size_t>(up_to(7))], up_to(1) > 0 ? "UTC" : "America/New_York");
      jobs.push_back(std::move(j));
    }
    // more than one stage of a day, ends that lie within a second
    const auto from = day.from + milliseconds{up_to(86'400'000)};
    const span over{from, from + milliseconds{1 + up_to(up_to(1) > 0 ? 3'000'000 : 150'000'000)}};
    const auto most = static_cast<std::size_t>(1 + up_to(20));
    expect_same(load_of(jobs, over, most), counted(jobs, over, most));
  }
}

TEST(Load, ADayOfOneJob) {
  const auto l = load_of({cron_job("0 0/5 * * * ?", 30s)}, day, 2);
  EXPECT_EQ(l.fires, 288);
  EXPECT_EQ(l.minutes.size(), 1'440u);
  EXPECT_EQ(l.minutes[5].fires, 1);
  EXPECT_EQ(l.minutes[6].fires, 0);
  ASSERT_EQ(l.busiest.size(), 2u);
  EXPECT_EQ(l.busiest[0].at, day.from) << "of those alike, the earliest";
  EXPECT_EQ(l.at_once.jobs, 1u);
  EXPECT_EQ(l.at_once.peak, 1);
  EXPECT_DOUBLE_EQ(l.at_once.mean, 0.1);
  EXPECT_EQ(l.jobs[0].overlaps, 0);
}

TEST(Load, AJobOverlapsItselfOnlyIfItsRunOutlastsTheNextFire) {
  const auto overlaps = [](milliseconds duration) {
    return load_of({cron_job("0 0/5 * * * ?", duration)}, day, 1).jobs[0];
  };
  EXPECT_EQ(overlaps(300'000ms).overlaps, 0) << "it ends as the next one begins";
  const auto longer = overlaps(300'001ms);
  EXPECT_EQ(longer.overlaps, 288) << "the first fire meets the run of 23:55 the day before";
  EXPECT_EQ(longer.first_overlap, day.from);
}

TEST(Load, AFixedDelayNeedsADuration) {
  job j{"drain", schedule::after(30s), std::nullopt, true};
  EXPECT_TRUE(depends_on_runs(j));
  EXPECT_EQ(load_of({j}, day, 1).fires, 0);
  EXPECT_EQ(load_of({j}, day, 1).at_once.jobs, 0u);
  j.duration = 10s;
  EXPECT_FALSE(depends_on_runs(j));
  const auto l = load_of({j}, {day.from, day.from + 2min}, 1);
  EXPECT_EQ(l.fires, 3) << "at 30 s, 70 s and 110 s";
  EXPECT_EQ(l.busiest[0].at, day.from + 30s);
  EXPECT_EQ(l.jobs[0].overlaps, 0);
}

TEST(Load, RunsOfACenturyAreCounted) {
  const std::chrono::days century{36'500};
  std::vector<job> jobs(3'000, job{"poll", schedule::every(100ms, std::nullopt), century, true});
  const auto l = load_of(jobs, {day.from, day.from + 1s}, 1);
  const double each = static_cast<double>(std::chrono::milliseconds{century}.count()) / 100;
  EXPECT_NEAR(l.at_once.mean, 3'000 * each, 1);
  EXPECT_EQ(l.at_once.peak, 3'000 * (static_cast<std::int64_t>(each) + 9))
      << "those of the second's begin, and ten that begin in it";
}

TEST(Load, ADisabledJobHasNoFires) {
  auto j = cron_job("* * * * * ?", 5s);
  j.enabled = false;
  const auto l = load_of({j}, day, 1);
  EXPECT_EQ(l.fires, 0);
  EXPECT_EQ(l.at_once.peak, 0);
  EXPECT_TRUE(l.busiest.empty());
}

TEST(Load, AWrongSpanIsRefused) {
  EXPECT_THROW(load_of({}, {day.from, day.from}, 1), std::invalid_argument);
  EXPECT_THROW(load_of({}, {day.to, day.from}, 1), std::invalid_argument);
  EXPECT_THROW(load_of({}, {day.from, day.from + longest_span + 1ms}, 1), std::invalid_argument);
  EXPECT_THROW(load_of({}, day, 0), std::invalid_argument);
}

} // namespace
} // namespace xxl::forecast
