#include "schedule/included.hpp"

#include <algorithm>
#include <utility>

namespace xxl::schedule {

namespace {

constexpr std::chrono::milliseconds tick{1}; // the resolution of an instant

std::chrono::sys_seconds to_seconds(instant t) { return std::chrono::floor<std::chrono::seconds>(t); }

} // namespace

included_time::included_time(std::shared_ptr<const calendar> c, std::shared_ptr<const zone> z, part p)
    : calendar_(std::move(c)), zone_(std::move(z)), hours_(p == part::days ? &whole_day() : &calendar_->hours()) {}

bool included_time::holds(instant t) const {
  const auto found = next(t);
  return found && found->begin == t;
}

std::optional<instant_range> included_time::next(instant t) const {
  for (auto i = zone_->index_of(to_seconds(t)); i < zone_->size(); ++i) {
    const auto& here = (*zone_)[i];
    const auto from = here.local(std::max<instant>(t, here.begin)), end = here.local(instant{here.end});
    const auto found = next_range(calendar_->days(), *hours_, from);
    if (found && found->begin < end) return instant_range{here.utc(found->begin), here.utc(std::min(found->end, end))};
    // nothing is left in later stretches either: their local times go back by a day at most
    if (!found && !next_range(calendar_->days(), *hours_, from - std::chrono::days{2})) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<instant> included_time::last(instant t) const {
  for (auto i = std::min(zone_->index_of(to_seconds(t)) + 1, zone_->size()); i-- > 0;) {
    const auto& here = (*zone_)[i];
    if (t < here.begin) continue; // before the first stretch
    const auto found = last_time(calendar_->days(), *hours_, here.local(std::min<instant>(t, here.end - tick)));
    if (found && *found >= here.local(instant{here.begin})) return here.utc(*found);
  }
  return std::nullopt;
}

} // namespace xxl::schedule
