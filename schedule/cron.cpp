// A cron expression in a zone: the local times of the pattern, laid on the zone's stretches of one offset each. Within
// a stretch local time runs as evenly as UTC, so what a transition skips or repeats is decided once, at the border
// between two stretches, and the fires are strictly increasing by construction, from any instant on.

#include "schedule/cron_parser.hpp"
#include "schedule/cron_pattern.hpp"
#include "schedule/rule.hpp"
#include "schedule/search_back.hpp"
#include "schedule/unix_cron.hpp"
#include "schedule/zone.hpp"

#include <algorithm>
#include <bit>

namespace xxl::schedule {

namespace {

using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

using gap_rule = dst_policy::gap_rule;
using overlap_rule = dst_policy::overlap_rule;

struct utc_range {
  sys_seconds begin, end; ///< [begin, end)
};

struct local_range {
  local_seconds begin, end; ///< [begin, end)
  bool holds(local_seconds t) const { return begin <= t && t < end; }
};

/// The first whole second later than t.
sys_seconds second_after(instant t) { return std::chrono::floor<seconds>(t) + seconds{1}; }

/// Matches of a pattern in mostly rising order: what the last search found is used again, so that a rare fire is not
/// searched for anew in each stretch on the way.
class search {
public:
  explicit search(const cron_pattern& pattern) : pattern_(pattern) {}

  /// The first match at or after t.
  local_seconds from(local_seconds t) {
    if (t < from_ || t > match_) {
      from_ = t;
      match_ = pattern_.next(t);
    }
    return match_;
  }

  /// What from() answered last.
  local_seconds match() const { return match_; }

  /// True if it is known that nothing matches in [begin, end).
  bool clears(local_seconds begin, local_seconds end) const { return from_ <= begin && end <= match_; }

private:
  const cron_pattern& pattern_;
  local_seconds from_ = local_seconds::max(), match_ = local_seconds::min(); // there is no match in [from_, match_)
};

class cron_rule final : public timetable::rule {
public:
  cron_rule(const cron_pattern& pattern, std::shared_ptr<const zone> z, dst_policy dst)
      : pattern_(pattern),
        zone_(std::move(z)),
        gap_(dst.applied(pattern.interval_like).gap),
        overlap_(dst.applied(pattern.interval_like).overlap) {}

  std::optional<instant> next(instant after) const override {
    const auto from = second_after(after);
    search s{pattern_};
    for (auto i = zone_->index_of(from); i < zone_->size(); i = next_stretch(i, s))
      if (const auto fire = first_in(i, from, s)) return *fire;
    return std::nullopt;
  }

  std::int64_t count(instant after, instant until, std::int64_t most) const override {
    const utc_range all{second_after(after), second_after(until)};
    std::int64_t n = 0;
    for (auto i = zone_->index_of(all.begin); i < zone_->size() && (*zone_)[i].begin < all.end && n < most; ++i)
      n += count_in(i, {std::max(all.begin, (*zone_)[i].begin), std::min(all.end, (*zone_)[i].end)});
    return std::min(n, most);
  }

  std::optional<instant> last(instant after, instant until) const override {
    until = std::min(until, instant{(*zone_)[zone_->size() - 1].end}); // no fire beyond the table
    const auto fire_after = [this, until](instant t) -> std::optional<instant> {
      const auto fire = next(t);
      return fire && *fire <= until ? fire : std::nullopt;
    };
    return last_by_next(fire_after, after, until);
  }

  /// Not where a gap moves fires to other times.
  std::optional<instant> daily_since(const zone& z) const override {
    return &z == zone_.get() && gap_ == gap_rule::skip ? std::optional{instant::min()} : std::nullopt;
  }

  std::int64_t named(instant fire) const override {
    const auto t = std::chrono::floor<seconds>(fire);
    const auto i = zone_->index_of(t);
    if (i == zone_->size() || t < (*zone_)[i].begin || t != fire)
      return 0; // compared last: in range, nothing overflows
    const auto local = (*zone_)[i].local(t);
    const auto unmoved = window(i).holds(local) && pattern_.matches(local) ? 1 : 0;
    return gap_ != gap_rule::skip && after_gap(i) ? unmoved + named_moved(i, t) : unmoved;
  }

private:
  /// The offset before stretch i; its own if it is the first.
  seconds offset_before(std::size_t i) const { return (*zone_)[i == 0 ? 0 : i - 1].offset; }

  bool after_gap(std::size_t i) const { return offset_before(i) < (*zone_)[i].offset; }

  /// The local times of stretch i that count as they are: without the pass of an overlap that is passed over.
  local_range window(std::size_t i) const {
    const auto& here = (*zone_)[i];
    local_range w{here.local(here.begin), here.local(here.end)};
    if (overlap_ == overlap_rule::first && offset_before(i) > here.offset)
      w.begin = local_seconds{here.begin.time_since_epoch() + offset_before(i)};
    if (overlap_ == overlap_rule::last && i + 1 < zone_->size() && (*zone_)[i + 1].offset < here.offset)
      w.end = (*zone_)[i + 1].local(here.end);
    return w;
  }

  /// The local times skipped just before stretch i. Empty without a gap.
  local_range gap_before(std::size_t i) const {
    const auto& here = (*zone_)[i];
    return {local_seconds{here.begin.time_since_epoch() + offset_before(i)}, here.local(here.begin)};
  }

  /// The stretch to look into after i, which has no fire: those that end before the next match are passed over.
  std::size_t next_stretch(std::size_t i, const search& s) const {
    constexpr std::chrono::days margin{2}; // local times are less than that away from UTC, on either side of a change
    const local_seconds here{(*zone_)[i].end.time_since_epoch()};
    if (!s.clears(here - margin, here + margin)) return i + 1;
    return zone_->index_of(sys_seconds{(s.match() - margin).time_since_epoch()});
  }

  /// The first fire of stretch i at or after `from`.
  std::optional<sys_seconds> first_in(std::size_t i, sys_seconds from, search& s) const {
    const auto& here = (*zone_)[i];
    from = std::max(from, here.begin);
    const auto moved = gap_ != gap_rule::skip && after_gap(i) ? first_moved(i, from, s) : std::nullopt;
    const auto w = window(i);
    const auto match = s.from(std::max(here.local(from), w.begin));
    if (match >= w.end) return moved;
    return moved ? std::min(*moved, here.utc(match)) : here.utc(match);
  }

  /// The first fire at or after `from` that the gap before stretch i moves into it; from >= the stretch's begin.
  std::optional<sys_seconds> first_moved(std::size_t i, sys_seconds from, search& s) const {
    const auto fire = gap_ == gap_rule::next ? first_at_edge(i, from, s) : first_shifted(i, from, s);
    return fire && *fire < (*zone_)[i].end ? fire : std::nullopt;
  }

  /// gap_rule::next: the first minute after the gap, at the pattern's seconds, if the gap skipped any match.
  std::optional<sys_seconds> first_at_edge(std::size_t i, sys_seconds from, search& s) const {
    const auto edge = (*zone_)[i].begin;
    const auto gap = gap_before(i);
    if (from - edge >= std::chrono::minutes{1} || s.from(gap.begin) >= gap.end) return std::nullopt;
    const auto passed = static_cast<unsigned>((from - edge).count());
    for (auto left = pattern_.seconds >> passed << passed; left != 0; left &= left - 1)
      if (const auto second = std::countr_zero(left); named_at_edge(i, static_cast<unsigned>(second)) > 0)
        return edge + seconds{second};
    return std::nullopt; // a gap that does not begin and end with a minute may have skipped some of the seconds alone
  }

  /// gap_rule::next: how many times of the gap before stretch i are at that second, and come to it after the gap.
  std::int64_t named_at_edge(std::size_t i, unsigned second) const {
    const auto gap = gap_before(i);
    auto at_second = pattern_;
    at_second.seconds &= std::uint64_t{1} << second;
    return at_second.seconds != 0 ? at_second.count(gap.begin, gap.end) : 0;
  }

  /// How many local times of the gap before stretch i come to t, which lies in it.
  std::int64_t named_moved(std::size_t i, sys_seconds t) const {
    if (gap_ == gap_rule::next) {
      const auto since = t - (*zone_)[i].begin;
      return since < std::chrono::minutes{1} ? named_at_edge(i, static_cast<unsigned>(since.count())) : 0;
    }
    const local_seconds skipped{t.time_since_epoch() + offset_before(i)};
    return gap_before(i).holds(skipped) && pattern_.matches(skipped) ? 1 : 0;
  }

  /// gap_rule::shift: as if the clocks had not been put forward yet.
  std::optional<sys_seconds> first_shifted(std::size_t i, sys_seconds from, search& s) const {
    const auto gap = gap_before(i);
    const local_seconds skipped{from.time_since_epoch() + offset_before(i)};
    if (skipped >= gap.end) return std::nullopt;
    const auto match = s.from(skipped);
    return match < gap.end ? std::optional{sys_seconds{match.time_since_epoch() - offset_before(i)}} : std::nullopt;
  }

  /// How many fires lie in `range`, which lies in stretch i.
  std::int64_t count_in(std::size_t i, utc_range range) const {
    const auto& here = (*zone_)[i];
    const auto w = window(i);
    const auto n = pattern_.count(std::max(here.local(range.begin), w.begin), std::min(here.local(range.end), w.end));
    return gap_ != gap_rule::skip && after_gap(i) ? n + count_moved(i, range) : n;
  }

  /// How many instants of `range` are fires only because the gap before stretch i moved them there. A walk over the
  /// gap: one fire for `next`, at most one a second for `shift`.
  std::int64_t count_moved(std::size_t i, utc_range range) const {
    const auto w = window(i);
    search s{pattern_};
    std::int64_t n = 0;
    for (auto from = range.begin; from < range.end;) {
      const auto fire = first_moved(i, from, s);
      if (!fire || *fire >= range.end) break;
      const auto local = (*zone_)[i].local(*fire);
      n += w.holds(local) && pattern_.matches(local) ? 0 : 1;
      from = *fire + seconds{1};
    }
    return n;
  }

  cron_pattern pattern_;
  std::shared_ptr<const zone> zone_;
  gap_rule gap_;
  overlap_rule overlap_;
};

parse_error unknown_zone(std::string_view name) {
  return {"timezone: \"" + std::string(name) +
              "\" is not a name of the zone data (an IANA name such as Europe/Berlin or UTC)",
          1};
}

timetable in_zone(const cron_pattern& pattern, std::shared_ptr<const zone> z, dst_policy dst) {
  return timetable{timetable::kind::cron, std::make_shared<cron_rule>(pattern, std::move(z), dst)};
}

} // namespace

std::variant<timetable, parse_error> cron(std::string_view expression, std::string_view zone_name, dst_policy dst) {
  auto pattern = parse_cron(expression);
  if (auto* error = std::get_if<parse_error>(&pattern)) return std::move(*error);
  auto z = zone::find(zone_name);
  if (!z) return unknown_zone(zone_name);
  return in_zone(std::get<cron_pattern>(pattern), std::move(z), dst);
}

std::variant<timetable, parse_error> unix_cron(std::string_view expression, std::string_view zone_name,
                                               dst_policy dst) {
  auto parsed = parse_unix_cron(expression);
  if (auto* error = std::get_if<parse_error>(&parsed)) return std::move(*error);
  auto z = zone::find(zone_name);
  if (!z) return unknown_zone(zone_name);
  const auto& what = std::get<unix_schedule>(parsed);
  if (const auto* period = std::get_if<std::chrono::milliseconds>(&what)) return every(*period, std::nullopt);
  return in_zone(std::get<cron_pattern>(what), std::move(z), dst);
}

} // namespace xxl::schedule
