#include "cli/audit_source.hpp"

#include "protocol/limits.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace xxl::cli {
namespace {

constexpr job_id largest_job{(std::int64_t{1} << 53) - 1};

audit_place place_of(const audit_version& x) { return {x.job, x.version, {}, {}, 0, 0, 1}; }
audit_place place_of(const audit_gap& x) { return {x.job, 0, x.from, {}, 0, 0, 1}; }
audit_place place_of(const audit_trigger& x) { return {x.job, 0, x.fire, x.origin, x.shard, x.attempt, 1}; }

bool same_key(const audit_place& a, const audit_place& b) {
  auto key = [](const audit_place& x) { return std::tie(x.job, x.version, x.fire, x.origin, x.shard, x.attempt); };
  return key(a) == key(b);
}

/// Behind the last row of a page that began behind `before`.
template <class Row> audit_place place_behind(const std::vector<Row>& page, const std::optional<audit_place>& before) {
  auto place = place_of(page.back());
  auto first = page.size() - 1;
  while (first > 0 && same_key(place_of(page[first - 1]), place)) --first;
  place.taken = static_cast<std::uint32_t>(page.size() - first);
  if (first == 0 && before && same_key(*before, place)) place.taken += before->taken;
  return place;
}

} // namespace

// ---- one list

template <class Row, class List> void audit_pages<Row, List>::begin(audit_query q) {
  query_ = std::move(q);
  page_.clear();
  at_ = 0;
  more_ = true;
}

template <class Row, class List> const Row* audit_pages<Row, List>::peek() {
  if (at_ == page_.size() && more_) fetch();
  return at_ < page_.size() ? &page_[at_] : nullptr;
}

template <class Row, class List> Row audit_pages<Row, List>::take() { return std::move(page_[at_++]); }

template <class Row, class List> void audit_pages<Row, List>::fetch() {
  page_ = admin_->ask<std::vector<Row>>(audit_atom_v, List{}, query_);
  at_ = 0;
  more_ = !page_.empty(); // a page may end early: a message holds only so many bytes
  if (more_) query_.after = place_behind(page_, query_.after);
}

// ---- all of them

void audit_source::records::begin(const audit_query& q) {
  versions.begin(q);
  gaps.begin(q);
  triggers.begin(q);
}

audit_source::audit_source(admin& a, instant from, instant to, std::optional<job_id> only)
    : admin_{a},
      from_{from},
      to_{to},
      last_{only.value_or(largest_job)},
      done_{only ? job_id{only->value - 1} : job_id{0}},
      all_{a},
      second_{a} {}

audit_query audit_source::range(job_id first, job_id last) const {
  audit_query q;
  q.first = first;
  q.last = last;
  q.from = from_;
  q.to = to_;
  q.limit = limits::page_items;
  return q;
}

/// Reads jobs, then begins the records of all ids up to the last of them; behind the last job, of all ids that are
/// left.
bool audit_source::next_page_of_jobs() {
  if (ended_ || done_ == last_) return false;
  const job_id first{done_.value + 1};
  jobs_ = admin_.ask<std::vector<audit_job>>(audit_atom_v, jobs_atom_v, range(first, last_));
  at_ = 0;
  ended_ = jobs_.empty();
  done_ = ended_ ? last_ : jobs_.back().id;
  all_.begin(range(first, done_));
  return true;
}

/// A job below `known` that has records.
std::optional<job_id> audit_source::stray_before(job_id known) {
  auto lowest = known;
  if (auto* gap = all_.gaps.peek()) lowest = std::min(lowest, gap->job);
  if (auto* trigger = all_.triggers.peek()) lowest = std::min(lowest, trigger->job);
  return lowest < known ? std::optional{lowest} : std::nullopt;
}

std::optional<audit::subject> audit_source::next() {
  reading_ = &all_;
  do {
    auto known = at_ < jobs_.size() ? jobs_[at_].id : job_id{last_.value + 1};
    if (auto stray = stray_before(known)) return open({}, *stray, all_);
    if (at_ < jobs_.size()) return open(jobs_[at_++], known, all_);
  } while (next_page_of_jobs());
  return std::nullopt;
}

audit::subject audit_source::again() {
  auto only = range(current_, current_);
  auto found = admin_.ask<std::vector<audit_job>>(audit_atom_v, jobs_atom_v, only);
  second_.begin(only);
  reading_ = &second_;
  return open(found.empty() ? std::nullopt : std::optional{std::move(found.front())}, current_, second_);
}

audit::subject audit_source::open(std::optional<audit_job> job, job_id id, records& from) {
  current_ = id;
  audit::subject s;
  s.known = job.has_value();
  if (job) s.job = std::move(*job);
  s.job.id = id;
  for (auto* v = from.versions.peek(); v && v->job <= id; v = from.versions.peek()) {
    auto version = from.versions.take();
    if (version.job == id) s.versions.push_back(std::move(version));
  }
  return s;
}

std::optional<audit_gap> audit_source::next_gap() {
  auto* gap = reading_->gaps.peek();
  return gap && gap->job == current_ ? std::optional{reading_->gaps.take()} : std::nullopt;
}

std::optional<audit_trigger> audit_source::next_trigger() {
  auto* trigger = reading_->triggers.peek();
  return trigger && trigger->job == current_ ? std::optional{reading_->triggers.take()} : std::nullopt;
}

} // namespace xxl::cli
