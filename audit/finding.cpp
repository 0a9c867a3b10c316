#include "audit/finding.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace xxl::audit {
namespace {

constexpr std::array kinds{
    kind::missing_fire,
    kind::doubled_fire,
    kind::fire_not_due,
    kind::gap_overlaps_fire,
    kind::gaps_overlap,
    kind::gap_count_wrong,
    kind::delay_not_awaited,
    kind::plan_lost,
    kind::illegal_state,
    kind::final_without_end,
    kind::attempt_missing,
    kind::attempt_doubled,
    kind::retry_not_asked,
    kind::retry_missing,
    kind::shard_missing,
    kind::shard_unasked,
    kind::unknown_job,
    kind::unknown_version,
    kind::version_missing,
    kind::version_unusable,
    kind::handler_doubled,
    kind::handler_without_row,
    kind::handler_denied,
    kind::handler_elsewhere,
    kind::start_without_handler,
    kind::gap,
    kind::held,
    kind::not_claimed,
    kind::times_out_of_order,
    kind::tzdb_differs,
    kind::handlers_silent,
};

auto place(const finding& x) { return std::tie(x.what, x.job, x.first, x.origin, x.shard, x.attempt); }

} // namespace

std::string_view name_of(kind x) {
  switch (x) {
  case kind::missing_fire: return "missing_fire";
  case kind::doubled_fire: return "doubled_fire";
  case kind::fire_not_due: return "fire_not_due";
  case kind::gap_overlaps_fire: return "gap_overlaps_fire";
  case kind::gaps_overlap: return "gaps_overlap";
  case kind::gap_count_wrong: return "gap_count_wrong";
  case kind::delay_not_awaited: return "delay_not_awaited";
  case kind::plan_lost: return "plan_lost";
  case kind::illegal_state: return "illegal_state";
  case kind::final_without_end: return "final_without_end";
  case kind::attempt_missing: return "attempt_missing";
  case kind::attempt_doubled: return "attempt_doubled";
  case kind::retry_not_asked: return "retry_not_asked";
  case kind::retry_missing: return "retry_missing";
  case kind::shard_missing: return "shard_missing";
  case kind::shard_unasked: return "shard_unasked";
  case kind::unknown_job: return "unknown_job";
  case kind::unknown_version: return "unknown_version";
  case kind::version_missing: return "version_missing";
  case kind::version_unusable: return "version_unusable";
  case kind::handler_doubled: return "handler_doubled";
  case kind::handler_without_row: return "handler_without_row";
  case kind::handler_denied: return "handler_denied";
  case kind::handler_elsewhere: return "handler_elsewhere";
  case kind::start_without_handler: return "start_without_handler";
  case kind::gap: return "gap";
  case kind::held: return "held";
  case kind::not_claimed: return "not_claimed";
  case kind::times_out_of_order: return "times_out_of_order";
  case kind::tzdb_differs: return "tzdb_differs";
  case kind::handlers_silent: return "handlers_silent";
  }
  return "unknown";
}

bool is_error(kind x) { return x < kind::gap; }

std::span<const kind> all_kinds() { return kinds; }

void findings::add(finding f) {
  ++counts_[f.what];
  auto& list = is_error(f.what) ? errors_ : notes_;
  if (list.size() < most_) list.push_back(std::move(f));
}

void findings::add(const findings& other) {
  for (auto& [what, n] : other.counts_) counts_[what] += n;
  auto take = [this](std::vector<finding>& to, const std::vector<finding>& from) {
    auto room = std::min(from.size(), most_ - to.size());
    to.insert(to.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(room));
  };
  take(errors_, other.errors_);
  take(notes_, other.notes_);
}

void findings::keep_errors_also_in(const findings& earlier) {
  auto before = earlier.errors_;
  auto less = [](const finding& a, const finding& b) { return place(a) < place(b); };
  std::sort(before.begin(), before.end(), less);
  std::erase_if(errors_, [&](const finding& x) {
    if (std::binary_search(before.begin(), before.end(), x, less)) return false;
    if (--counts_[x.what] == 0) counts_.erase(x.what);
    return true;
  });
}

std::uint64_t findings::count(kind x) const {
  auto it = counts_.find(x);
  return it == counts_.end() ? 0 : it->second;
}

std::uint64_t findings::error_count() const {
  std::uint64_t n = 0;
  for (auto& [what, count] : counts_) n += is_error(what) ? count : 0;
  return n;
}

std::uint64_t findings::note_count() const {
  std::uint64_t n = 0;
  for (auto& [what, count] : counts_) n += is_error(what) ? 0 : count;
  return n;
}

} // namespace xxl::audit
