#include "actors/admin/ring.hpp"

#include <algorithm>
#include <utility>

namespace xxl::admin {

ring::ring(ring_options options) : options_{options} {}

void ring::put(planned_fire fire) {
  auto [it, added] = fires_.try_emplace(fire.job->id, fire_slot{fire, false});
  if (!added) {
    auto& slot = it->second;
    auto& had = slot.fire;
    if (slot.out || fire.job->version < had.job->version) return;
    if (fire.job->version == had.job->version && fire.next <= had.next) return;
    slot.fire = fire;
  }
  ticks_[tick_of(fire.job->planned(fire.next))].push_back(fire_key{fire.job->id, fire.job->version, fire.next});
}

void ring::put(waiting_trigger waiting) {
  auto id = waiting.row.trigger;
  auto due = tick_of(waiting.row.due);
  auto [it, added] = waiting_.try_emplace(id, waiting_slot{waiting, false});
  if (!added) {
    auto& slot = it->second;
    // Read again: it may have been marked for killing, or handed back with a higher count, since.
    if (!slot.out) slot.waiting.row = std::move(waiting.row);
    return;
  }
  ticks_[due].push_back(id);
}

std::chrono::milliseconds ring::lead_of(std::size_t entries) const {
  return std::min(options_.horizon,
                  options_.lead + options_.lead_per_1000 * static_cast<std::int64_t>(entries) / 1'000);
}

std::optional<group_id> ring::group_of(const key& k) const {
  if (auto* f = std::get_if<fire_key>(&k)) {
    auto it = fires_.find(f->job);
    if (it == fires_.end() || it->second.out || it->second.fire.next != f->next ||
        it->second.fire.job->version != f->version)
      return std::nullopt;
    return it->second.fire.job->group;
  }
  auto it = waiting_.find(std::get<trigger_id>(k));
  if (it == waiting_.end() || it->second.out) return std::nullopt;
  return it->second.waiting.job->group;
}

/// Moves the entries of all ticks whose lead has begun to their groups. A crowded tick may begin before an earlier,
/// emptier one.
void ring::ripen(instant now) {
  auto last = tick_of(now + options_.horizon);
  for (auto it = ticks_.begin(); it != ticks_.end() && it->first <= last;) {
    if (instant{tick * it->first} - lead_of(it->second.size()) > now) {
      ++it;
      continue;
    }
    for (auto& k : it->second)
      if (auto group = group_of(k)) groups_[*group].ready.push_back(k);
    it = ticks_.erase(it);
  }
}

void ring::fill(handout& h, group_state& g) {
  while (!g.ready.empty() && h.fires.size() + h.waiting.size() < claim_chunk && g.out < options_.window) {
    auto k = std::move(g.ready.front());
    g.ready.pop_front();
    if (!group_of(k)) continue;
    if (auto* f = std::get_if<fire_key>(&k)) {
      auto& slot = fires_.at(f->job);
      slot.out = true;
      h.fires.push_back(slot.fire);
    } else {
      auto& slot = waiting_.at(std::get<trigger_id>(k));
      slot.out = true;
      h.waiting.push_back(slot.waiting);
    }
    ++g.out;
  }
}

std::vector<ring::handout> ring::take(instant now) {
  ripen(now);
  std::vector<handout> all;
  // Round by round, a chunk each: no group's crowd delays another group's first fires.
  for (bool more = true; more;) {
    more = false;
    for (auto& [group, g] : groups_) {
      if (g.held || g.ready.empty() || g.out >= options_.window) continue;
      handout h;
      h.group = group;
      fill(h, g);
      if (h.fires.empty() && h.waiting.empty()) continue;
      all.push_back(std::move(h));
      more = true;
    }
  }
  return all;
}

std::optional<instant> ring::next_claim() const {
  std::optional<instant> earliest;
  for (auto& [tick_number, keys] : ticks_) {
    auto at = instant{tick * tick_number};
    if (earliest && at - options_.horizon > *earliest) break; // no lead is longer than the horizon
    auto claim = at - lead_of(keys.size());
    if (!earliest || claim < *earliest) earliest = claim;
  }
  return earliest;
}

void ring::done(const batch_done& answer, instant now) {
  auto& g = groups_[answer.group];
  g.out -= std::min(g.out, answer.fires.size() + answer.waiting.size());
  std::vector<key> back;
  for (auto& f : answer.fires) {
    auto it = fires_.find(f.job);
    if (it == fires_.end() || !it->second.out) continue;
    auto fire = std::move(it->second.fire);
    if (f.what == placement::no_room) {
      it->second = fire_slot{fire, false};
      back.push_back(fire_key{f.job, fire.job->version, fire.next});
      continue;
    }
    fires_.erase(it);
    if (f.what == placement::taken && f.next && *f.next < now + options_.horizon)
      put(planned_fire{std::move(fire.job), *f.next, fire.fires + (f.fired ? 1 : 0)});
  }
  for (auto& w : answer.waiting) {
    auto it = waiting_.find(w.trigger);
    if (it == waiting_.end() || !it->second.out) continue;
    if (w.what == placement::no_room) {
      it->second.out = false;
      back.push_back(w.trigger);
    } else {
      waiting_.erase(it);
    }
  }
  if (!back.empty()) {
    g.held = true;
    g.ready.insert(g.ready.begin(), back.begin(), back.end());
  }
}

void ring::has_room(group_id group) { groups_[group].held = false; }
void ring::hold(group_id group) { groups_[group].held = true; }

} // namespace xxl::admin
