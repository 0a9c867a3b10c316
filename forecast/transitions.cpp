#include "forecast/transitions.hpp"

#include <algorithm>

namespace xxl::forecast {

namespace {

using schedule::cron_pattern;
using schedule::dst_policy;
using schedule::timetable;
using std::chrono::local_seconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr milliseconds tick{1};  // the resolution of an instant
constexpr std::size_t shown = 2; // fires on either side

sys_seconds utc_at(local_seconds t, seconds offset) { return sys_seconds{t.time_since_epoch() - offset}; }

/// The fires that the policy makes of a local time that the change skips or repeats.
std::vector<instant> fires_by(const dst_policy& dst, const clock_change& c, local_seconds local) {
  using gap_rule = dst_policy::gap_rule;
  using overlap_rule = dst_policy::overlap_rule;
  if (c.gap()) {
    if (dst.gap == gap_rule::skip) return {};
    if (dst.gap == gap_rule::shift) return {utc_at(local, c.before)};
    return {c.at + local.time_since_epoch() % std::chrono::minutes{1}};
  }
  std::vector<instant> fires;
  if (dst.overlap != overlap_rule::last) fires.emplace_back(utc_at(local, c.before));
  if (dst.overlap != overlap_rule::first) fires.emplace_back(utc_at(local, c.after));
  return fires;
}

/// The last match in [from, end), of which there is at least one.
local_seconds last_match(const cron_pattern& p, local_seconds from, local_seconds end) {
  auto match = p.next(from);
  for (auto clear = end; match + seconds{1} < clear;) { // there is none in [clear, end)
    const auto middle = match + (clear - match) / 2;
    if (const auto later = p.next(middle); later < clear)
      match = later;
    else
      clear = middle;
  }
  return match;
}

void tell_fates(clock_change& c, const timetable& t, const cron_parts& cron) {
  const auto& p = cron.pattern;
  c.named = p.count(c.first, c.end);
  if (c.named == 0) return;
  const auto dst = cron.dst.applied(p.interval_like);
  const auto tell = [&](local_seconds local) {
    fate f{local, fires_by(dst, c, local)};
    // what else narrows the timetable has the last word
    std::erase_if(f.fires, [&](instant fire) { return t.count(fire - tick, fire, 1) == 0; });
    c.fates.push_back(std::move(f));
  };
  tell(p.next(c.first));
  if (c.named > 1) tell(last_match(p, c.first, c.end));
}

void find_fires(clock_change& c, const timetable& t, instant earliest) {
  auto until = instant{c.at} - tick;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto fire = t.last(earliest, until);
    if (!fire) break;
    c.fires_before.insert(c.fires_before.begin(), *fire);
    until = *fire - tick;
  }
  auto after = instant{c.at} - tick;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto fire = t.next(after);
    if (!fire) break;
    c.fires_after.push_back(*fire);
    after = *fire;
  }
}

} // namespace

std::vector<clock_change> clock_changes(const timetable& t, const cron_parts* cron, const schedule::zone& zone,
                                        instant from, std::size_t most) {
  std::vector<clock_change> changes;
  for (auto i = zone.index_of(std::chrono::floor<seconds>(from)); i + 1 < zone.size() && changes.size() < most; ++i) {
    const auto &here = zone[i], &later = zone[i + 1];
    clock_change c;
    c.at = later.begin;
    c.before = here.offset;
    c.after = later.offset;
    c.first = std::min(here.local(c.at), later.local(c.at));
    c.end = std::max(here.local(c.at), later.local(c.at));
    find_fires(c, t, zone[0].begin);
    if (cron) tell_fates(c, t, *cron);
    changes.push_back(std::move(c));
  }
  return changes;
}

} // namespace xxl::forecast
