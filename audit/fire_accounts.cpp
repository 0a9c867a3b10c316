#include "audit/fire_accounts.hpp"

#include "audit/words.hpp"
#include "config/instant.hpp"

#include <algorithm>
#include <utility>

namespace xxl::audit {
namespace {

using namespace std::chrono_literals;

/// Its fires depend on when runs end: no schedule names them.
bool is_delay(const planned_version& v) { return v.times.what() == schedule::timetable::kind::after; }

std::string gap_words(const audit_gap& g) {
  return "gap row from " + config::format_instant(g.from) + " to " + config::format_instant(g.to);
}

finding about_gap(kind what, const audit_gap& g, const std::string& text) {
  return {what, {}, g.from, g.to, g.fires, {}, -1, 0, {}, "the " + gap_words(g) + text};
}

} // namespace

fire_accounts::fire_accounts(const plan& p, instant from, instant to, sink out)
    : plan_{p},
      from_{from},
      until_{std::min(to, p.border())},
      out_{std::move(out)},
      accounted_{from - 1ms},
      due_{static_cast<std::uint64_t>(p.count(from - 1ms, until_ - 1ms))} {}

void fire_accounts::nothing_missing_before(instant t) {
  auto first = plan_.next(accounted_);
  if (!first || *first >= t) return;
  auto n = plan_.count(accounted_, t - 1ms);
  auto last = plan_.last(accounted_, t - 1ms).value_or(*first);
  missing_ += static_cast<std::uint64_t>(n);
  out_({kind::missing_fire,
        {},
        *first,
        last,
        n,
        {},
        -1,
        0,
        {},
        fires_words(*first, last, n) +
            (n == 1 ? " has neither a first attempt nor a gap row" : " have neither first attempts nor gap rows")});
}

void fire_accounts::gap(const audit_gap& g) {
  if (g.from >= plan_.border()) return;
  ++gap_rows_;
  out_(about_gap(kind::gap, g, ": " + std::to_string(g.fires) + " fires passed over, reason " + to_string(g.reason)));
  nothing_missing_before(std::min(g.from, until_));
  if (gap_until_ && g.from <= *gap_until_)
    out_(about_gap(kind::gaps_overlap, g,
                   " reaches into another one, that ends at " + config::format_instant(*gap_until_)));
  auto* v = plan_.find(g.version);
  if (v)
    check_count(g, *v);
  else
    out_(about_gap(kind::unknown_version, g, " is of version " + std::to_string(g.version) + ", which does not exist"));
  count_fires(g, v);
  accounted_ = std::max(accounted_, g.to);
  gap_until_ = std::max(gap_until_.value_or(g.to), g.to);
}

void fire_accounts::check_count(const audit_gap& g, const planned_version& v) {
  if (v.what == planned_version::kind::unknown) return;
  auto delay = is_delay(v);
  auto due = delay ? 1 : plan_.count(g.from - 1ms, g.to);
  auto ends = delay ? g.from == g.to : plan_.next(g.from - 1ms) == g.from && plan_.last(g.from - 1ms, g.to) == g.to;
  if (g.fires == due && ends) return;
  out_(about_gap(kind::gap_count_wrong, g,
                 " counts " + std::to_string(g.fires) + " fires; " + std::to_string(due) + " were due there" +
                     (ends ? "" : ", and it begins or ends with none of them")));
}

/// Those that no schedule names are due because they are recorded.
void fire_accounts::count_fires(const audit_gap& g, const planned_version* v) {
  auto first = std::max(g.from, from_), last = std::min(g.to, until_ - 1ms);
  if (first > last) return;
  auto named = plan_.count(first - 1ms, last);
  auto whole = first == g.from && last == g.to;
  auto fires = whole && v && (is_delay(*v) || v->what == planned_version::kind::unknown) ? g.fires : named;
  gap_fires_ += static_cast<std::uint64_t>(fires);
  due_ += static_cast<std::uint64_t>(fires - named);
}

void fire_accounts::first_attempt(const audit_trigger& t) {
  nothing_missing_before(t.fire);
  accounted_ = std::max(accounted_, t.fire);
  if (gap_until_ && t.fire <= *gap_until_)
    out_(about(kind::gap_overlaps_fire, t,
               "is in a gap row as well, that ends at " + config::format_instant(*gap_until_)));
  auto* v = plan_.find(t.version);
  if (auto why = v ? plan_.why_not_due(*v, t.fire) : std::string{}; !why.empty())
    return out_(about(kind::fire_not_due, t, "was not due: " + why));
  ++first_attempts_;
  if (plan_.next(t.fire - 1ms) != t.fire) ++due_;
}

void fire_accounts::end() { nothing_missing_before(until_); }

} // namespace xxl::audit
