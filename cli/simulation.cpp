#include "cli/simulation.hpp"

#include "cli/table.hpp"
#include "cli/words.hpp"
#include "config/duration.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace xxl::cli {
namespace {

using std::chrono::minutes;
using value = nlohmann::ordered_json;

constexpr std::size_t most_names = 3; ///< of a busy second's jobs
constexpr std::size_t most_rows = 48; ///< of the condensed counts
constexpr std::int64_t bar_width = 40;

std::string number(double x) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.2f", x);
  return text.data();
}

/// Per `unit` of the span.
std::string mean_per(std::chrono::milliseconds unit, const forecast::load& l) {
  auto length = static_cast<double>((l.over.to - l.over.from).count());
  return number(static_cast<double>(l.fires) * static_cast<double>(unit.count()) / length) + " mean";
}

bool fires_by_itself(const forecast::job& j) { return j.when.what() != schedule::timetable::kind::none; }

std::string job_count(const simulation& s) {
  std::size_t disabled = 0, by_hand = 0, unknown = 0;
  for (auto& j : s.jobs) {
    if (!j.enabled)
      ++disabled;
    else if (!fires_by_itself(j))
      ++by_hand;
    else if (forecast::depends_on_runs(j))
      ++unknown;
  }
  std::string apart;
  auto add = [&](std::size_t n, const char* what) {
    if (n > 0) apart += (apart.empty() ? " (" : ", ") + std::to_string(n) + what;
  };
  add(disabled, " disabled");
  add(by_hand, " without a schedule");
  add(unknown, unknown == 1 ? " fixed delay of unknown duration" : " fixed delays of unknown duration");
  return std::to_string(s.jobs.size()) + (apart.empty() ? "" : apart + ")");
}

std::string totals(const simulation& s) {
  auto& l = s.load;
  facts f;
  f.add("Span", time_text(l.over.from) + " to " + time_text(l.over.to));
  f.add("Jobs", job_count(s));
  f.add("Fires", std::to_string(l.fires));
  auto most = std::ranges::max_element(l.minutes, {}, &forecast::minute_load::fires);
  auto at = [](std::int64_t n, instant t) {
    return n == 0 ? "" : ", at most " + std::to_string(n) + " at " + time_text(t);
  };
  f.add("Per second",
        mean_per(std::chrono::seconds{1}, l) + (l.busiest.empty() ? "" : at(l.busiest[0].fires, l.busiest[0].at)));
  f.add("Per minute", mean_per(minutes{1}, l) + at(most->fires, l.first_minute + minutes{most - l.minutes.begin()}));
  auto& once = l.at_once;
  f.add("Runs at once", once.jobs == 0
                            ? "no durations are known"
                            : number(once.mean) + " mean" + at(once.peak, once.peak_at) + "; durations of " +
                                  std::to_string(once.jobs) + " of " + std::to_string(s.jobs.size()) + " jobs");
  return f.text();
}

std::string busiest(const simulation& s) {
  table t{{"SECOND", "FIRES", "JOBS"}};
  for (auto& second : s.load.busiest) {
    std::string names;
    for (std::size_t i = 0; i < std::min(second.jobs.size(), most_names); ++i)
      names += (i == 0 ? "" : ", ") + s.jobs[second.jobs[i].job].name;
    if (second.jobs.size() > most_names) names += " and " + std::to_string(second.jobs.size() - most_names) + " more";
    t.add({time_text(instant{second.at}), std::to_string(second.fires), names});
  }
  return "\nBusiest seconds\n" + t.text();
}

/// The finest of these pieces of time that keeps the list short.
minutes piece_of(const forecast::load& l) {
  static constexpr std::array<minutes, 7> pieces{minutes{1},   minutes{5},     minutes{15},    minutes{60},
                                                 minutes{360}, minutes{1'440}, minutes{10'080}};
  for (auto p : pieces)
    if (l.minutes.size() <= most_rows * static_cast<std::size_t>(p.count())) return p;
  return minutes{10'080};
}

std::string over_time(const forecast::load& l) {
  struct row {
    instant begin;
    std::int64_t fires = 0, most = 0;
  };
  std::vector<row> rows;
  auto piece = piece_of(l);
  for (std::size_t i = 0; i < l.minutes.size(); ++i) {
    auto minute = l.first_minute + minutes{i};
    auto begin = instant{minute - minute.time_since_epoch() % piece};
    if (rows.empty() || rows.back().begin != begin) rows.push_back({begin});
    rows.back().fires += l.minutes[i].fires;
    rows.back().most = std::max(rows.back().most, l.minutes[i].fires);
  }
  auto highest = std::max<std::int64_t>(1, std::ranges::max(rows, {}, &row::fires).fires);
  table t{{"FROM", "FIRES", "MOST A MINUTE", "LOAD"}};
  for (auto& r : rows) {
    auto bar = r.fires == 0 ? 0 : std::max<std::int64_t>(1, r.fires * bar_width / highest);
    t.add({time_text(r.begin), std::to_string(r.fires), std::to_string(r.most),
           std::string(static_cast<std::size_t>(bar), '#')});
  }
  return "\nFires per " + config::format_duration(piece) + "\n" + t.text();
}

std::string overlapping(const simulation& s) {
  table t{{"JOB", "DURATION", "FIRES", "OVERLAPS", "FIRST"}};
  bool any = false;
  for (std::size_t i = 0; i < s.jobs.size(); ++i) {
    auto& l = s.load.jobs[i];
    if (l.overlaps == 0) continue;
    any = true;
    t.add({s.jobs[i].name, config::format_duration(s.jobs[i].duration.value_or(std::chrono::milliseconds{0})),
           std::to_string(l.fires), std::to_string(l.overlaps), time_text(l.first_overlap)});
  }
  return any ? "\nJobs that fire while their last run is going\n" + t.text() : std::string{};
}

std::string unknown_delays(const simulation& s) {
  std::string names;
  for (auto& j : s.jobs)
    if (j.enabled && forecast::depends_on_runs(j)) names += one_line(j.name) + "\n";
  return names.empty() ? names
                       : "\nFixed delays of unknown duration: their fires depend on their runs (--duration)\n" + names;
}

value of(const std::optional<instant>& t) { return t ? value(time_text(*t)) : value(nullptr); }

value jobs_value(const simulation& s) {
  auto all = value::array();
  for (std::size_t i = 0; i < s.jobs.size(); ++i) {
    auto& j = s.jobs[i];
    auto& l = s.load.jobs[i];
    all.push_back({{"job", j.name},
                   {"enabled", j.enabled},
                   {"duration", j.duration ? value(j.duration->count()) : value(nullptr)},
                   {"depends_on_runs", forecast::depends_on_runs(j)},
                   {"fires", l.fires},
                   {"overlaps", l.overlaps},
                   {"first_overlap", of(l.first_overlap)}});
  }
  return all;
}

value busiest_value(const simulation& s) {
  auto all = value::array();
  for (auto& second : s.load.busiest) {
    auto jobs = value::array();
    for (auto& part : second.jobs) jobs.push_back({{"job", s.jobs[part.job].name}, {"fires", part.fires}});
    all.push_back({{"second", time_text(instant{second.at})}, {"fires", second.fires}, {"jobs", jobs}});
  }
  return all;
}

} // namespace

std::string render(const simulation& s) {
  return totals(s) + (s.load.busiest.empty() ? "" : busiest(s)) + over_time(s.load) + overlapping(s) +
         unknown_delays(s);
}

std::string json(const simulation& s) {
  auto& l = s.load;
  auto fires = value::array(), running = value::array();
  for (auto& m : l.minutes) {
    fires.push_back(m.fires);
    running.push_back(m.most_running);
  }
  auto& once = l.at_once;
  value at_once{{"jobs", once.jobs},
                {"mean", once.mean},
                {"peak", once.peak},
                {"peak_at", once.peak > 0 ? value(time_text(instant{once.peak_at})) : value(nullptr)}};
  value all{{"from", time_text(l.over.from)},
            {"to", time_text(l.over.to)},
            {"fires", l.fires},
            {"running", once.jobs > 0 ? at_once : value(nullptr)},
            {"busiest", busiest_value(s)},
            {"minutes",
             {{"first", time_text(instant{l.first_minute})},
              {"fires", fires},
              {"running", once.jobs > 0 ? running : value(nullptr)}}},
            {"jobs", jobs_value(s)}};
  return all.dump(-1, ' ', false, value::error_handler_t::replace) + "\n";
}

} // namespace xxl::cli
