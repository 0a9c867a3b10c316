#include "bench/scenarios.hpp"

#include "bench/cluster.hpp"
#include "bench/load.hpp"
#include "protocol/clock.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace xxl::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// A cluster and the operator's connection to it.
class rig {
public:
  rig(const scenario_options& o, std::size_t starts)
      : cfg_{transport::settings{}},
        sys_{cfg_},
        cluster_{
            {o.programs,
             o.executors,
             2 * starts + 1'000,
             // A crowd that takes longer than the misfire threshold is what throughput measures: every fire counts.
             {"--misfire-threshold=10m"}}},
        admin_{connect_when_up(sys_, cluster_.port())} {
    apply_group(admin_);
    wait_for_executors(admin_, o.executors);
  }

  cluster& nodes() { return cluster_; }
  void apply_jobs(std::vector<job_spec> jobs) { apply(admin_, std::move(jobs)); }
  void wait(milliseconds d) { admin_.wait(d); }
  void wait_until(instant t) {
    if (auto left = t - system_clock().now(); left > 0ms) wait(left);
  }

  /// Until all are started and committed, or nothing moves for half a minute.
  void wait_for(std::size_t fires, std::int64_t from_ms, std::int64_t to_ms) {
    auto moved = system_clock().now();
    std::size_t last = 0;
    while (cluster_.record().count() < fires && system_clock().now() - moved < 30s) {
      if (auto now = cluster_.record().count(); now != last) {
        last = now;
        moved = system_clock().now();
      }
      wait(20ms);
    }
    while (cluster_.committed(from_ms, to_ms) < static_cast<std::int64_t>(fires) && system_clock().now() - moved < 30s)
      wait(20ms);
  }

private:
  transport::config cfg_;
  caf::actor_system sys_;
  cluster cluster_;
  cli::admin admin_;
};

/// When jobs that are applied now can be due: applying takes a while, and claims begin up to 2 s ahead.
instant due_after_apply(std::size_t n) {
  auto t = system_clock().now() + 4s + milliseconds{n / 2};
  return std::chrono::ceil<std::chrono::seconds>(t);
}

void check_in_time(instant due) {
  if (system_clock().now() + 2s > due)
    throw std::runtime_error{
        "applying the jobs took longer than the time left for it: this machine is too busy to measure"};
}

std::vector<job_spec> jobs_of(std::size_t n, const schedule_spec& schedule, expected_fires& expected) {
  std::vector<job_spec> jobs;
  for (std::size_t i = 0; i < n; ++i) {
    jobs.push_back(bench_job(i, schedule));
    expected.jobs.push_back(job_key(full_name(jobs.back())));
  }
  return jobs;
}

figures one_instant(const char* name, const scenario_options& o) {
  rig r{o, o.n};
  auto due = due_after_apply(o.n);
  expected_fires expected;
  expected.fires_ms = {to_ms(due)};
  r.apply_jobs(jobs_of(o.n, at_schedule{due}, expected));
  check_in_time(due);
  r.wait_until(due - 2'500ms);
  auto cpu = r.nodes().cpu_seconds();
  r.wait_for(o.n, to_ms(due), to_ms(due) + 1);
  auto end = system_clock().now();

  figures f;
  f.scenario = name;
  f.n = o.n;
  f.seconds = static_cast<double>(to_ms(end) - r.nodes().first_claim(to_ms(due), to_ms(due) + 1)) / 1'000.0;
  f.per_second = static_cast<double>(o.n) / f.seconds;
  f.cpu_s_per_1000 = (r.nodes().cpu_seconds() - cpu) * 1'000.0 / static_cast<double>(o.n);
  f.rss_mb = r.nodes().admin_rss_mb();
  f.executors = o.executors;
  judge(f, expected, r.nodes().record().all());
  return f;
}

} // namespace

figures throughput(const scenario_options& o) { return one_instant("throughput", o); }
figures burst(const scenario_options& o) { return one_instant("burst", o); }

figures steady(const scenario_options& o) {
  auto fires = o.n * o.seconds;
  rig r{o, fires};
  auto first = due_after_apply(o.n);
  expected_fires expected;
  for (unsigned s = 0; s < o.seconds; ++s) expected.fires_ms.push_back(to_ms(first + std::chrono::seconds{s}));
  r.apply_jobs(jobs_of(o.n, every_schedule{1s, first}, expected));
  check_in_time(first);
  r.wait_until(first - 200ms);
  auto cpu = r.nodes().cpu_seconds();
  r.wait_until(first + std::chrono::seconds{o.seconds} - 500ms);
  auto used = r.nodes().cpu_seconds() - cpu;
  r.wait_for(fires, to_ms(first), to_ms(first + std::chrono::seconds{o.seconds}));

  figures f;
  f.scenario = "steady";
  f.n = o.n;
  f.seconds = o.seconds;
  f.per_second = static_cast<double>(o.n);
  f.cpu_s_per_1000 = used * 1'000.0 / static_cast<double>(fires);
  f.rss_mb = r.nodes().admin_rss_mb();
  f.executors = o.executors;
  judge(f, expected, r.nodes().record().all());
  return f;
}

} // namespace xxl::bench
