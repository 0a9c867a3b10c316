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

constexpr auto mixed = [] {
  std::array<const char*, common.size() + special.size()> all{};
  std::ranges::copy(special, std::ranges::copy(common, all.begin()).out);
  return all;
}();

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

/// The expression that this run is about, by its place in `mixed`.
const char* expression_of(benchmark::State& state) {
  const auto* expression = mixed[static_cast<std::size_t>(state.range(0))];
  state.SetLabel(expression);
  return expression;
}

void parse(benchmark::State& state) {
  const auto* expression = expression_of(state);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(cron(expression, "UTC"));
  state.SetItemsProcessed(state.iterations());
}

void next(benchmark::State& state, const char* zone) {
  chain c{made(expression_of(state), zone)};
  for ([[maybe_unused]] auto _ : state) {
    c.step();
    benchmark::DoNotOptimize(c.at);
  }
  state.SetItemsProcessed(state.iterations());
}

void parse_mixed(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state)
    for (const auto* expression : mixed) benchmark::DoNotOptimize(cron(expression, "UTC"));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(mixed.size()));
}

/// One step of each in turn, so that no branch of one expression is learnt by heart.
void next_mixed(benchmark::State& state, const char* zone) {
  std::vector<chain> chains;
  chains.reserve(mixed.size());
  for (const auto* expression : mixed) chains.push_back({made(expression, zone)});
  for ([[maybe_unused]] auto _ : state)
    for (auto& c : chains) {
      c.step();
      benchmark::DoNotOptimize(c.at);
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(chains.size()));
}

constexpr std::int64_t last = mixed.size() - 1;
BENCHMARK(parse_mixed);
BENCHMARK_CAPTURE(next_mixed, UTC, "UTC");
BENCHMARK_CAPTURE(next_mixed, New_York, "America/New_York");
BENCHMARK(parse)->DenseRange(0, last);
BENCHMARK_CAPTURE(next, UTC, "UTC")->DenseRange(0, last);
BENCHMARK_CAPTURE(next, New_York, "America/New_York")->DenseRange(0, last);

/// The usual table, then the geometric means of the best rates.
class reporter final : public benchmark::ConsoleReporter {
public:
  reporter() : ConsoleReporter(OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs)
      if (const auto rate = run.counters.find("items_per_second");
          run.run_type == Run::RT_Iteration && rate != run.counters.end())
        raise(best_[run.run_name.function_name][run.report_label], rate->second.value);
  }

  void Finalize() override {
    ConsoleReporter::Finalize();
    for (const auto& [benchmark, rates] : best_) report_mean(benchmark, rates);
  }

private:
  using rates_by_expression = std::map<std::string, double>;

  static void raise(double& best, double rate) { best = std::max(best, rate); }

  /// Nothing unless all of the common expressions were measured.
  static void report_mean(const std::string& benchmark, const rates_by_expression& rates) {
    double logarithms = 0;
    for (const auto* expression : common) {
      const auto rate = rates.find(expression);
      if (rate == rates.end()) return;
      logarithms += std::log(rate->second);
    }
    const auto mean = std::exp(logarithms / static_cast<double>(common.size()));
    std::printf("%s: geometric mean of %zu common expressions: %.2f M/s, %.0f ns each\n", benchmark.c_str(),
                common.size(), mean / 1e6, 1e9 / mean);
  }

  std::map<std::string, rates_by_expression> best_; ///< by benchmark; items per second
};

} // namespace
} // namespace xxl::schedule

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  xxl::schedule::reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
}
