// The time ring as a value, on one thread: fires read ahead, handed out when their claim is due, answered by their
// router. items_per_second, in fires, is what to read; the scheduler's ceiling, were the database free.

#include "actors/admin/ring.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace xxl::admin {
namespace {

using std::chrono::milliseconds;

constexpr instant noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12};
constexpr group_id group{1};

/// One group's fires, spread evenly over that time from noon on.
std::vector<planned_fire> fires_over(milliseconds span, std::int64_t n) {
  std::vector<planned_fire> all;
  for (std::int64_t i = 0; i < n; ++i) {
    auto job = std::make_shared<armed_job>();
    job->id = {i + 1};
    job->version = 1;
    job->group = group;
    all.push_back({std::move(job), noon + span * i / n});
  }
  return all;
}

batch_done all_taken(const ring::handout& h) {
  batch_done answer{.group = h.group, .fires = {}, .waiting = {}};
  answer.fires.reserve(h.fires.size());
  for (auto& f : h.fires) answer.fires.push_back({f.job->id, placement::taken, std::nullopt});
  return answer;
}

/// The whole life of `fires` in the ring, as the time_ring actor drives it: claims at each alarm, and again after the
/// answers, because a group's window keeps a crowd back.
void cycle(ring& r, const std::vector<planned_fire>& fires) {
  for (auto& f : fires) r.put(f);
  while (auto now = r.next_claim())
    for (auto handouts = r.take(*now); !handouts.empty(); handouts = r.take(*now))
      for (auto& h : handouts) r.done(all_taken(h), *now);
}

void cycles(benchmark::State& state, milliseconds span) {
  const auto fires = fires_over(span, state.range(0));
  ring r;
  for (auto _ : state) {
    cycle(r, fires);
    if (r.size() != 0) return state.SkipWithError("fires stayed in the ring");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// A crowd: all due at one instant.
void one_instant(benchmark::State& state) { cycles(state, milliseconds{0}); }
/// All that the ring holds at a time: what is due within its horizon, some in every tick.
void whole_horizon(benchmark::State& state) { cycles(state, ring_options{}.horizon); }

BENCHMARK(one_instant)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_horizon)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace xxl::admin

BENCHMARK_MAIN();
