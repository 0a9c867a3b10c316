// Timetables of every kind, asked about any instants, those at the ends of time among them: the laws of
// tests/schedule/laws.hpp. Time is bounded by construction: the calls are counted, and only the rule `shift`, whose
// count walks through each gap, is asked about a few years at most.

#include "schedule/timetable.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/schedule/laws.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace xxl::schedule {
namespace {

using std::chrono::milliseconds;

/// corpus.py knows them by their index.
constexpr std::array zones{"UTC",
                           "America/New_York",
                           "Europe/Dublin",
                           "Australia/Lord_Howe",
                           "Pacific/Apia",
                           "Asia/Pyongyang",
                           "Africa/Casablanca",
                           "America/Sao_Paulo",
                           "Antarctica/Troll",
                           "America/St_Johns",
                           "Asia/Kathmandu",
                           "Pacific/Kiritimati"};

dst_policy policy(unsigned n) {
  return {static_cast<dst_policy::gap_rule>(n % 3), static_cast<dst_policy::overlap_rule>(n / 3 % 3), n % 10 == 9};
}

milliseconds span(std::int64_t n) { return milliseconds{std::max<std::int64_t>(n, 1)}; }

struct question {
  timetable table;
  bool walks_gaps = false;
};

/// None if the line is no expression.
std::optional<question> read(fuzz::input& in) {
  const auto kind = in.byte();
  switch (kind % 8) {
  case 1: return question{every(span(in.number()), std::nullopt)};
  case 2: {
    const auto period = span(in.number());
    return question{every(period, instant{milliseconds{in.number()}})};
  }
  case 3: return question{at(instant{milliseconds{in.number()}})};
  case 4: return question{after(span(in.number()))};
  default: break;
  }
  const auto* zone = zones[in.byte() % zones.size()];
  const auto dst = policy(in.byte());
  auto made = cron(in.line(), zone, dst);
  if (std::holds_alternative<parse_error>(made)) return std::nullopt;
  return question{std::get<timetable>(std::move(made)), dst.gap == dst_policy::gap_rule::shift && !dst.vixie};
}

} // namespace
} // namespace xxl::schedule

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xxl::schedule;
  xxl::fuzz::input in{data, size};
  const auto q = read(in);
  if (!q) return 0;
  std::array<instant, 3> points;
  for (auto& p : points) p = instant{milliseconds{in.number()}};
  std::ranges::sort(points);
  auto [a, b, c] = points;
  if (q->walks_gaps) {
    constexpr milliseconds few_years = std::chrono::days{3 * 366};
    c = a < instant::max() - few_years ? std::min(c, a + few_years) : c;
    b = std::min(b, c);
  }
  if (const auto broken = test::broken_law(q->table, a, b, c); !broken.empty()) {
    std::fprintf(stderr, "broken: %s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
