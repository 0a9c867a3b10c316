// simulate, and next of job files: what jobs would do, without applying them.

#include "cli/job_sources.hpp"
#include "cli/simulation.hpp"
#include "cli/table.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"
#include "config/schedule_of.hpp"
#include "forecast/fire_table.hpp"
#include "forecast/load.hpp"
#include "forecast/picture.hpp"
#include "schedule/zone.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace xxl::cli {
namespace {

using value = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr std::uint32_t measured_runs = 20;    ///< of a job, the newest that succeeded
constexpr std::chrono::days measured_back{31}; ///< and ended no longer ago

schedule::timetable timetable_of(const job_spec& spec) {
  auto made = config::timetable_of(spec.schedule);
  if (auto* error = std::get_if<schedule::parse_error>(&made)) // the reader of the files has checked it
    throw failure{exit_code::bad_files, spec.group + "/" + spec.name + ": " + error->message};
  return std::get<schedule::timetable>(std::move(made));
}

std::vector<forecast::job> forecast_jobs(std::span<const job_spec> specs) {
  std::vector<forecast::job> jobs;
  jobs.reserve(specs.size());
  for (auto& s : specs) jobs.push_back({s.group + "/" + s.name, timetable_of(s), std::nullopt, s.enabled});
  return jobs;
}

/// The newest runs that succeeded; none of a job that the admin does not know.
std::vector<trigger_view> newest_runs(admin& a, const trigger_query& q) {
  try {
    return a.ask<std::vector<trigger_view>>(triggers_atom_v, q);
  } catch (const failure& e) {
    if (e.code == exit_code::not_found) return {};
    throw;
  }
}

/// How long they took on average; none if there are none.
std::optional<milliseconds> measured(admin& a, const job_spec& job, instant now) {
  trigger_query q;
  q.group = job.group;
  q.job = job.name;
  q.state = trigger_state::succeeded;
  q.ended_from = now - measured_back;
  q.limit = measured_runs;
  milliseconds sum{0};
  std::int64_t runs = 0;
  for (auto& t : newest_runs(a, q)) {
    if (!t.started || !t.ended || *t.ended < *t.started) continue; // a parent of shards runs nothing itself
    sum += *t.ended - *t.started;
    ++runs;
  }
  if (runs == 0) return std::nullopt;
  return sum / runs;
}

/// What is given counts, then what was measured, then what is given for all others.
void set_durations(const simulate_verb& v, std::span<const job_spec> specs, std::vector<forecast::job>& jobs,
                   const std::function<admin()>& connected, instant now) {
  for (auto& [ref, duration] : v.durations) jobs[place_of(ref, specs)].duration = duration;
  if (v.measured) {
    auto a = connected();
    for (std::size_t i = 0; i < jobs.size(); ++i)
      if (jobs[i].enabled && !jobs[i].duration) jobs[i].duration = measured(a, specs[i], now);
  }
  for (auto& j : jobs)
    if (!j.duration) j.duration = v.other_duration;
}

/// From the next midnight, UTC, unless it is said.
forecast::span span_of(const simulate_verb& v, instant now) {
  auto from = v.from.value_or(instant{std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1}});
  auto to = v.to.value_or(from + std::chrono::days{1});
  if (from >= to) throw failure{exit_code::usage, "--to must be later than --from"};
  if (to - from > forecast::longest_span)
    throw failure{exit_code::usage,
                  "--from and --to are more than " + std::to_string(forecast::longest_span.count()) + " days apart"};
  return {from, to};
}

/// A line for each fire, as they come.
void print_fires(const std::vector<forecast::job>& jobs, forecast::span over, const printer& p) {
  forecast::each_fire(jobs, over, [&](instant fire, std::size_t i) {
    if (p.as == format::json)
      p.out << value{{"fire", time_text(fire)}, {"job", jobs[i].name}}.dump() << "\n";
    else
      p.out << time_text(fire) << "  " << jobs[i].name << "\n";
    return p.out.good(); // nobody reads on
  });
}

void write_picture(const std::string& file, const std::string& picture) {
  std::ofstream out{file, std::ios::binary};
  out << picture;
  out.close();
  if (!out) throw failure{exit_code::failed, "cannot write " + file + ": " + std::strerror(errno)};
}

} // namespace

void simulate(const simulate_verb& v, const std::function<admin()>& connected, instant now, const printer& p) {
  auto over = span_of(v, now);
  auto specs = jobs_of(v.paths, v.timezone, p.err);
  simulation s{forecast_jobs(specs), {}};
  set_durations(v, specs, s.jobs, connected, now);
  if (v.fires) return print_fires(s.jobs, over, p);
  s.load = forecast::load_of(s.jobs, over, v.busiest);
  if (!v.svg.empty()) {
    auto picture = forecast::picture_of(s.load, s.jobs, {*schedule::zone::find(v.timezone), v.timezone});
    if (v.svg == "-") {
      p.out << picture;
      return;
    }
    write_picture(v.svg, picture);
  }
  p.out << (p.as == format::json ? json(s) : render(s));
}

void next_of_files(const next_verb& v, instant now, const printer& p) {
  auto specs = jobs_of(v.paths, v.timezone, p.err);
  auto all = value::array();
  table t{{"JOB", "FIRE"}};
  for (auto& spec : specs) {
    auto when = timetable_of(spec);
    auto name = spec.group + "/" + spec.name;
    std::vector<std::string> fires;
    for (auto fire = when.next(now); spec.enabled && fire && fires.size() < v.count; fire = when.next(*fire))
      fires.push_back(time_text(*fire));
    if (fires.empty()) t.add({name, ""});
    for (auto& f : fires) t.add({name, f});
    all.push_back({{"job", name}, {"next", fires}});
  }
  p.out << (p.as == format::json ? all.dump(2) + "\n" : t.text());
}

} // namespace xxl::cli
