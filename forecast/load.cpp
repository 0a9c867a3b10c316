#include "forecast/load.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace xxl::forecast {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr milliseconds tick{1}; // the resolution of an instant
constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t stage_seconds = 24 * 60 * 60;

/// A job on its way through the span.
struct walker {
  schedule::timetable when;
  milliseconds duration{0};      ///< 0: unknown, or too short to count
  std::optional<instant> before; ///< the last fire so far
};

/// The seconds of one stage, and what is going in them.
struct stage {
  sys_seconds begin{};
  span part;                        ///< what of the span lies in it
  std::vector<std::int64_t> fires;  ///< per second
  std::vector<std::int64_t> change; ///< runs going in that second, less those in the second before
  double busy_ms = 0;               ///< runs × time; long runs of many jobs are more than an int64 holds

  explicit stage(sys_seconds from, span p) : begin(from), part(p) {
    const auto n = static_cast<std::size_t>((std::chrono::ceil<seconds>(p.to) - from).count());
    fires.resize(n);
    change.resize(n);
  }

  std::size_t index(sys_seconds t) const { return static_cast<std::size_t>((t - begin).count()); }

  void begin_run(instant at) {
    ++change[index(floor<seconds>(at))];
    busy_ms += static_cast<double>((part.to - at).count());
  }
  /// Runs that were going before the stage.
  void go_on(std::int64_t runs) {
    change.front() += runs;
    busy_ms += static_cast<double>(runs) * static_cast<double>((part.to - part.from).count());
  }
  void end_run(instant at) {
    if (at >= part.to) return;
    busy_ms -= static_cast<double>((part.to - at).count());
    const auto free_from = index(std::chrono::ceil<seconds>(at)); // the first second in which it is not going
    if (free_from < change.size()) --change[free_from];
  }
};

/// True if the job fires in each second of the stage, and only then: what need not be walked over. Fires of cron have
/// whole seconds.
bool fires_each_second(const walker& w, const stage& s) {
  if (w.when.what() != schedule::timetable::kind::cron) return false;
  const auto whole = std::chrono::ceil<seconds>(s.part.to) - std::chrono::ceil<seconds>(s.part.from);
  return w.when.count(s.part.from - tick, s.part.to - tick, all) == whole.count();
}

/// A walk over the fires of one job in one stage.
void walk(walker& w, stage& s, job_load& sum) {
  if (w.duration > milliseconds{0}) {
    const auto still = s.part.from - w.duration; // what fired later than this goes on into the stage
    s.go_on(w.when.count(still, s.part.from - tick, all));
    for (auto fire = w.when.next(still); fire && *fire < s.part.from; fire = w.when.next(*fire)) {
      if (*fire + w.duration >= s.part.to) break;
      s.end_run(*fire + w.duration);
    }
  }
  if (w.duration == milliseconds{0} && fires_each_second(w, s)) {
    for (auto i = s.index(std::chrono::ceil<seconds>(s.part.from)); i < s.fires.size(); ++i) {
      ++s.fires[i];
      ++sum.fires;
    }
    return;
  }
  for (auto fire = w.when.next(s.part.from - tick); fire && *fire < s.part.to; fire = w.when.next(*fire)) {
    ++s.fires[s.index(floor<seconds>(*fire))];
    ++sum.fires;
    if (w.duration == milliseconds{0}) continue;
    s.begin_run(*fire);
    s.end_run(*fire + w.duration);
    if (w.before && *w.before + w.duration > *fire) {
      ++sum.overlaps;
      if (!sum.first_overlap) sum.first_overlap = *fire;
    }
    w.before = *fire;
  }
}

class sweep {
public:
  sweep(const std::vector<job>& jobs, span over, std::size_t most) : most_(most) {
    sum_.over = over;
    sum_.jobs.resize(jobs.size());
    sum_.first_minute = floor<minutes>(over.from);
    sum_.minutes.resize(static_cast<std::size_t>((std::chrono::ceil<minutes>(over.to) - sum_.first_minute).count()));
    walkers_.reserve(jobs.size());
    for (auto& j : jobs) {
      walker w{fires_of(j, over.from), j.duration.value_or(milliseconds{0}), std::nullopt};
      if (w.duration > milliseconds{0}) {
        w.before = w.when.last(over.from - w.duration, over.from - tick);
        sum_.at_once.jobs += w.when.what() != schedule::timetable::kind::none ? 1 : 0;
      }
      walkers_.push_back(std::move(w));
    }
  }

  load run() {
    const auto over = sum_.over;
    for (auto begin = floor<seconds>(over.from); begin < over.to; begin += seconds{stage_seconds}) {
      const auto end = begin + seconds{stage_seconds};
      stage s{begin, {std::max(over.from, instant{begin}), std::min(over.to, instant{end})}};
      for (std::size_t i = 0; i < walkers_.size(); ++i) walk(walkers_[i], s, sum_.jobs[i]);
      add(s);
    }
    for (auto& j : sum_.jobs) sum_.fires += j.fires;
    sum_.at_once.mean = busy_ms_ / static_cast<double>((over.to - over.from).count());
    for (auto& second : sum_.busiest) name_jobs(second);
    return std::move(sum_);
  }

private:
  void add(const stage& s) {
    std::int64_t going = 0;
    for (std::size_t i = 0; i < s.fires.size(); ++i) {
      const auto at = s.begin + seconds{i};
      going += s.change[i];
      auto& minute = sum_.minutes[static_cast<std::size_t>((floor<minutes>(at) - sum_.first_minute).count())];
      minute.fires += s.fires[i];
      minute.most_running = std::max(minute.most_running, going);
      if (going > sum_.at_once.peak) {
        sum_.at_once.peak = going;
        sum_.at_once.peak_at = at;
      }
      if (s.fires[i] > 0) compare(at, s.fires[i]);
    }
    busy_ms_ += s.busy_ms;
  }

  /// Seconds come in the order of time: of two alike, the earlier stays ahead.
  void compare(sys_seconds at, std::int64_t fires) {
    auto& best = sum_.busiest;
    if (best.size() == most_ && best.back().fires >= fires) return;
    const auto place = std::ranges::upper_bound(best, fires, std::greater<>{}, &second_load::fires);
    best.insert(place, second_load{at, fires, {}});
    if (best.size() > most_) best.pop_back();
  }

  void name_jobs(second_load& second) const {
    const auto from = std::max(sum_.over.from, instant{second.at});
    const auto to = std::min(sum_.over.to, instant{second.at + seconds{1}});
    for (std::size_t i = 0; i < walkers_.size(); ++i)
      if (const auto n = walkers_[i].when.count(from - tick, to - tick, all); n > 0) second.jobs.push_back({i, n});
  }

  std::size_t most_;
  std::vector<walker> walkers_;
  load sum_;
  double busy_ms_ = 0;
};

} // namespace

load load_of(const std::vector<job>& jobs, span over, std::size_t most) {
  if (over.from >= over.to) throw std::invalid_argument("a span ends later than it begins");
  if (over.to - over.from > longest_span)
    throw std::invalid_argument("a span has at most " + std::to_string(longest_span.count()) + " days");
  if (most == 0) throw std::invalid_argument("at least one of the busiest seconds is kept");
  return sweep{jobs, over, most}.run();
}

} // namespace xxl::forecast
