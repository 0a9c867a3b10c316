// Cron schedules on one thread: parse/s and next/s of 20 expressions, together and one by one, in UTC and in a zone
// with DST. items_per_second is what to read. Fires are walked as a scheduler does: each next() from the answer of the
// one before, from 2026 on; a chain that ends (or never begins) starts anew. At the end: the geometric means of the
// common expressions, of each one's best repetition.

#include "schedule/timetable.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace xxl::schedule {
namespace {

constexpr instant start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
constexpr instant end = std::chrono::sys_days{std::chrono::year{2066} / 1 / 1};

/// Plain numbers, ranges and steps, as most jobs have them: from every second to once a year.
constexpr std::array common{
    "* * * * * ?",         "0/5 * * * * ?", "0/30 * * * * ?", "0 * * * * ?", "0 0/5 * * * ?",
    "0 0/15 * * * ?",      "0 0 * * * ?",   "0 0 0/2 * * ?",  "0 0 0 * * ?", "0 30 9,18 * * ?",
    "0 15 10 ? * MON-FRI", "0 0 12 1 * ?",  "0 0 0 1 1 ?",
};
/// Rare days, and what never fires.
constexpr std::array special{
    "0 15 10 L * ?", "0 15 10 15W * ?",       "0 15 10 ? * FRI#3", "0 15 10 ? * 6L",
    "0 0 0 29 2 ?",  "59 59 23 31 12 ? 2099", "0 0 0 30 2 ?",
};

std::vector<const char*> mixed() {
  std::vector<const char*> all{common.begin(), common.end()};
  all.insert(all.end(), special.begin(), special.end());
  return all;
}

timetable made(const char* expression, const char* zone) {
  auto made = cron(expression, zone);
  if (const auto* error = std::get_if<parse_error>(&made)) throw std::invalid_argument(error->message);
  return std::get<timetable>(std::move(made));
}

/// A schedule and how far its walk has come.
struct chain {
  timetable table;
  instant at = start;

  void step() {
    const auto fire = table.next(at);
    at = fire && *fire < end ? *fire : start;
  }
};

void next_of(benchmark::State& state, const char* expression, const char* zone) {
  chain c{made(expression, zone)};
  for ([[maybe_unused]] auto _ : state) {
    c.step();
    benchmark::DoNotOptimize(c.at);
  }
  state.SetItemsProcessed(state.iterations());
}

/// One step of each in turn, so that no branch of one expression is learnt by heart.
void next_mixed(benchmark::State& state, const char* zone) {
  std::vector<chain> chains;
  for (const auto* expression : mixed()) chains.push_back({made(expression, zone)});
  for ([[maybe_unused]] auto _ : state)
    for (auto& c : chains) {
      c.step();
      benchmark::DoNotOptimize(c.at);
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(chains.size()));
}

void parse_of(benchmark::State& state, const char* expression) {
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(cron(expression, "UTC"));
  state.SetItemsProcessed(state.iterations());
}

void parse_mixed(benchmark::State& state, const char* zone) {
  const auto all = mixed();
  for ([[maybe_unused]] auto _ : state)
    for (const auto* expression : all) benchmark::DoNotOptimize(cron(expression, zone));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
}

/// The usual table, then the geometric means of the best rates.
class reporter final : public benchmark::ConsoleReporter {
public:
  reporter() : ConsoleReporter(OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs)
      if (const auto rate = run.counters.find("items_per_second");
          run.run_type == Run::RT_Iteration && rate != run.counters.end())
        best_[run.run_name.function_name] = std::max(best_[run.run_name.function_name], rate->second.value);
  }

  void Finalize() override {
    ConsoleReporter::Finalize();
    for (const auto* what : {"parse/", "next/UTC/", "next/America/New_York/"}) report_mean_of(what);
  }

private:
  /// Nothing unless all of the common expressions were measured.
  void report_mean_of(const std::string& what) {
    double logarithms = 0;
    for (const auto* expression : common) {
      const auto rate = best_.find(what + expression);
      if (rate == best_.end()) return;
      logarithms += std::log(rate->second);
    }
    const auto mean = std::exp(logarithms / static_cast<double>(common.size()));
    std::printf("%-44s geometric mean of %zu common expressions: %.2f M/s, %.0f ns each\n", what.c_str(), common.size(),
                mean / 1e6, 1e9 / mean);
  }

  std::map<std::string, double> best_;
};

void register_all() {
  constexpr std::array zones{"UTC", "America/New_York"};
  for (const auto* zone : zones) {
    benchmark::RegisterBenchmark((std::string("parse_mixed/") + zone).c_str(), parse_mixed, zone);
    benchmark::RegisterBenchmark((std::string("next_mixed/") + zone).c_str(), next_mixed, zone);
  }
  for (const auto* expression : mixed())
    benchmark::RegisterBenchmark((std::string("parse/") + expression).c_str(), parse_of, expression);
  for (const auto* zone : zones)
    for (const auto* expression : mixed())
      benchmark::RegisterBenchmark((std::string("next/") + zone + '/' + expression).c_str(), next_of, expression, zone);
}

} // namespace
} // namespace xxl::schedule

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  xxl::schedule::register_all();
  xxl::schedule::reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
}
