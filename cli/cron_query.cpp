#include "cli/cron_query.hpp"

#include "cli/exit_code.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace xxl::cli {
namespace {

using gap_rule = schedule::dst_policy::gap_rule;
using overlap_rule = schedule::dst_policy::overlap_rule;

template <class Value, std::size_t n> using names = std::array<std::pair<std::string_view, Value>, n>;

constexpr names<bool, 2> dialects{{{"quartz", false}, {"unix", true}}};
constexpr names<gap_rule, 3> gaps{{{"skip", gap_rule::skip}, {"next", gap_rule::next}, {"shift", gap_rule::shift}}};
constexpr names<overlap_rule, 3> overlaps{
    {{"first", overlap_rule::first}, {"last", overlap_rule::last}, {"both", overlap_rule::both}}};
constexpr names<bool, 1> presets{{{"vixie", true}}};

/// The value of `word`, or `unsaid` if it is empty.
template <class Value, std::size_t n>
Value named(const char* what, const std::string& word, const names<Value, n>& known, Value unsaid) {
  if (word.empty()) return unsaid;
  std::string list;
  for (const auto& [name, value] : known) {
    if (name == word) return value;
    list += (list.empty() ? "" : ", ") + std::string{name};
  }
  throw failure{exit_code::usage, std::string{what} + ": \"" + word.substr(0, 64) + "\" is unknown; known are " + list};
}

schedule::dst_policy policy_of(const cron_words& w) {
  schedule::dst_policy policy;
  policy.gap = named("gap", w.gap, gaps, policy.gap);
  policy.overlap = named("overlap", w.overlap, overlaps, policy.overlap);
  policy.vixie = named("dst", w.dst, presets, policy.vixie);
  if (policy.vixie && !(w.gap.empty() && w.overlap.empty()))
    throw failure{exit_code::usage, "dst: vixie decides gap and overlap itself: leave them out"};
  return policy;
}

} // namespace

std::variant<schedule::timetable, schedule::parse_error> timetable_of(const cron_words& w) {
  const auto policy = policy_of(w);
  const bool unix_dialect = named("dialect", w.dialect, dialects, false);
  return unix_dialect ? schedule::unix_cron(w.expression, w.timezone, policy)
                      : schedule::cron(w.expression, w.timezone, policy);
}

std::vector<instant> fires_after(const schedule::timetable& t, instant after, std::int64_t count) {
  std::vector<instant> fires;
  for (; count > 0; --count) {
    const auto fire = t.next(after);
    if (!fire || *fire > last_instant) break;
    fires.push_back(*fire);
    after = *fire;
  }
  return fires;
}

std::vector<instant> named_fires_after(const schedule::timetable& t, instant after, std::int64_t count) {
  const auto day = [](instant fire) { return std::chrono::floor<std::chrono::days>(fire); };
  auto fires = fires_after(t, after, count);
  std::int64_t times = 0;
  for (std::size_t i = 0; i < fires.size(); ++i) {
    if (times >= count && day(fires[i]) != day(fires[i - 1])) {
      fires.resize(i);
      break;
    }
    times += t.named(fires[i]);
  }
  return fires;
}

} // namespace xxl::cli
