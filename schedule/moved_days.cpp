#include "schedule/moved_days.hpp"

#include <algorithm>
#include <utility>

namespace xxl::schedule {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::milliseconds;
using std::chrono::sys_seconds;

constexpr milliseconds tick{1}; // the resolution of an instant
constexpr days most_offset{2};  // further from UTC than any local time

sys_seconds to_seconds(instant t) { return std::chrono::floor<std::chrono::seconds>(t); }
local_days date_of(local_instant t) { return std::chrono::floor<days>(t); }
sys_seconds as_if_utc(local_instant t) { return to_seconds(instant{t.time_since_epoch()}); }

/// The local times of stretch i.
local_range range_of(const stretch& s) { return {s.local(instant{s.begin}), s.local(instant{s.end})}; }

/// The local times skipped, or repeated if it ends before it begins, just before stretch i > 0.
local_range gap_before(const zone& z, std::size_t i) {
  return {z[i - 1].local(instant{z[i].begin}), z[i].local(instant{z[i].begin})};
}

std::vector<local_days> missing_days(const zone& z) {
  std::vector<local_days> result;
  for (std::size_t i = 1; i < z.size(); ++i) {
    const auto gap = gap_before(z, i);
    for (auto day = std::chrono::ceil<days>(gap.begin); day + days{1} <= gap.end; day += days{1}) result.push_back(day);
  }
  return result;
}

} // namespace

moved_days::moved_days(timetable t, std::shared_ptr<const calendar> c, std::shared_ptr<const zone> z, direction d)
    : base_(std::move(t)),
      calendar_(std::move(c)),
      zone_(std::move(z)),
      direction_(d),
      daily_since_(base_.daily_since(*zone_)),
      missing_(missing_days(*zone_)) {}

// --- days ---

bool moved_days::is_target(days day) const {
  return calendar_->days().has(day) && std::ranges::find(missing_, day) == missing_.end();
}

moved_days::days moved_days::next_target(days day) const {
  day = calendar_->days().next(day);
  while (day != day_set::end && !is_target(day)) day = calendar_->days().next(day + std::chrono::days{1});
  return day;
}

std::optional<moved_days::days> moved_days::last_target(days day) const {
  auto found = calendar_->days().last(day);
  while (found && !is_target(*found)) found = calendar_->days().last(*found - std::chrono::days{1});
  return found;
}

std::optional<moved_days::days> moved_days::target_of(days excluded) const {
  if (direction_ == direction::previous) return last_target(excluded);
  const auto day = next_target(excluded);
  return day != day_set::end ? std::optional{day} : std::nullopt;
}

moved_days::run moved_days::run_of(days target) const {
  const auto after = target + std::chrono::days{1};
  if (direction_ == direction::previous) return {after, next_target(after)};
  const auto before = last_target(target - std::chrono::days{1});
  return {before ? *before + std::chrono::days{1} : day_set::begin, target};
}

// --- one fire ---

/// The later occurrence, or the first instant after the gap.
instant moved_days::lay(local_instant t) const {
  std::optional<instant> result;
  for (auto i = zone_->index_of(as_if_utc(t) - most_offset);
       i < zone_->size() && (*zone_)[i].begin <= as_if_utc(t) + most_offset; ++i) {
    const auto here = range_of((*zone_)[i]);
    if (here.begin <= t && t < here.end)
      result = (*zone_)[i].utc(t);
    else if (t < here.begin && !result)
      result = (*zone_)[i].begin;
  }
  return result.value_or(instant{as_if_utc(t)}); // always found: the zone's table is wider than a calendar
}

std::optional<instant> moved_days::moved(instant fire) const {
  const auto i = zone_->index_of(to_seconds(fire));
  if (i == zone_->size() || fire < (*zone_)[i].begin) return std::nullopt;
  const auto local = (*zone_)[i].local(fire);
  const auto date = date_of(local);
  if (date < day_set::begin || date >= day_set::end) return std::nullopt;
  if (is_target(date)) return fire;
  const auto target = target_of(date);
  return target ? std::optional{lay(*target + (local - date))} : std::nullopt;
}

// --- all of them ---

/// Does each local time of the day exist just once, and in stretch i?
bool moved_days::is_plain(std::size_t i, days day) const {
  auto range = range_of((*zone_)[i]);
  if (i > 0) range.begin = std::max(range.begin, gap_before(*zone_, i).begin);
  if (i + 1 < zone_->size()) range.end = std::min(range.end, gap_before(*zone_, i + 1).end);
  return range.begin <= day && day + std::chrono::days{1} <= range.end;
}

/// Has the day fires of its own at all times that fires of other days could bring?
bool moved_days::has_all_times(days target) const {
  if (!daily_since_) return false;
  const auto i = zone_->index_of(as_if_utc(target + std::chrono::hours{12}));
  if (i == zone_->size() || !is_plain(i, target)) return false;
  const auto begin = (*zone_)[i].utc(local_instant{target});
  const auto fire = base_.next(begin - tick);
  return begin >= *daily_since_ && fire && *fire < begin + std::chrono::days{1};
}

/// The earliest time of the day, at or after `from`, of a fire in the run. Fires are sought from day to day in each
/// stretch of the zone, where local time runs evenly.
std::optional<milliseconds> moved_days::first_time(run r, milliseconds from) const {
  std::optional<milliseconds> best;
  for (auto i = zone_->index_of(as_if_utc(r.begin) - most_offset);
       i < zone_->size() && (*zone_)[i].begin < as_if_utc(r.end) + most_offset; ++i) {
    const auto& here = (*zone_)[i];
    const auto end = std::min<local_instant>(range_of(here).end, r.end);
    const auto next = [&](local_instant t) {
      const auto fire = base_.next(here.utc(t) - tick);
      return fire && *fire < here.utc(end) ? here.local(*fire) : end;
    };
    auto from_here = std::max<local_instant>(range_of(here).begin, r.begin);
    while (from_here < end) {
      auto fire = next(from_here);
      if (fire >= end) break;
      const auto day = date_of(fire);
      if (fire - day < from) fire = next(day + from);
      const bool found = fire < end && date_of(fire) == day;
      if (found && (!best || fire - day < *best)) best = fire - day;
      if (best == from) return best;
      if (daily_since_ && here.utc(local_instant{day}) >= *daily_since_ && is_plain(i, day)) return best;
      from_here = day + std::chrono::days{1};
    }
  }
  return best;
}

/// The first local time in the range to which a fire is moved.
std::optional<local_instant> moved_days::first(local_range range) const {
  for (auto day = next_target(date_of(range.begin)); day != day_set::end && day < range.end;
       day = next_target(day + std::chrono::days{1})) {
    const auto r = run_of(day);
    if (r.empty() || has_all_times(day)) continue;
    const auto time = first_time(r, std::max(range.begin - day, milliseconds{0}));
    if (time && day + *time < range.end) return day + *time;
  }
  return std::nullopt;
}

std::optional<instant> moved_days::next(instant after, instant until) const {
  if (after >= until) return std::nullopt;
  for (auto i = zone_->index_of(to_seconds(after + tick)); i < zone_->size() && (*zone_)[i].begin <= until; ++i) {
    const auto& here = (*zone_)[i];
    const auto from = std::max<instant>(after + tick, here.begin);
    if (i > 0 && from == here.begin) {
      const auto gap = gap_before(*zone_, i);
      if (gap.begin < gap.end && first(gap)) return from;
    }
    local_range range{here.local(from), here.local(std::min<instant>(here.end - tick, until)) + tick};
    if (i + 1 < zone_->size()) // an overlap counts in its later pass
      range.end = std::min(range.end, gap_before(*zone_, i + 1).end);
    if (range.begin >= range.end) continue;
    if (const auto found = first(range)) return here.utc(*found);
  }
  return std::nullopt;
}

} // namespace xxl::schedule
