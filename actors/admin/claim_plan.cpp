#include "actors/admin/claim_plan.hpp"

#include <algorithm>
#include <utility>

namespace xxl::admin {
namespace {

storage::advance advance_of(const due_fire& due) {
  storage::advance a;
  a.job = due.job->id;
  a.expect = due.expect;
  a.version = due.job->version;
  a.fire = due.decision.fire;
  a.next = due.decision.next;
  a.awaits_end = due.decision.awaits_end;
  if (auto& g = due.decision.gap) a.gap = storage::gap{g->first, g->last, g->fires, state_reason::misfire};
  return a;
}

template <class T> bool contains(const std::vector<T>& sorted, T x) {
  return std::binary_search(sorted.begin(), sorted.end(), x);
}

} // namespace

claim_plan plan_claim(const claim_work& work, const std::function<trigger_id()>& next_id, instant now) {
  claim_plan plan;
  plan.fires.jobs.reserve(work.fires.size());
  for (auto& f : work.fires) {
    plan.fires.jobs.push_back(advance_of(f.due));
    if (!f.due.decision.fire) continue;
    storage::new_trigger row;
    row.trigger = next_id();
    row.job = f.due.job->id;
    row.session = f.session;
    auto fire = *f.due.decision.fire;
    if (auto planned = f.due.job->planned(fire); planned != fire) row.planned = planned;
    if (!f.session) {
      row.due = now;
      row.reason = state_reason::no_executor;
    }
    plan.fires.triggers.push_back(row);
  }
  plan.waiting.reserve(work.waiting.size());
  for (auto& w : work.waiting) plan.waiting.push_back({w.waiting.row.trigger, w.session, w.waiting.row.handed});
  return plan;
}

claim_result read_answers(const claim_work& work, const claim_plan& plan, const storage::claim_answer& fires,
                          const storage::claim_answer& waiting) {
  claim_result result;
  result.done.group = work.group;
  auto row = plan.fires.triggers.begin();
  for (auto& f : work.fires) {
    auto& d = f.due.decision;
    auto taken = d.fire ? contains(fires.claimed, row->trigger) : contains(fires.skipped, f.due.job->id);
    if (taken && d.fire && f.session) {
      auto o = order_of(*f.due.job, row->trigger, *d.fire, row->planned.value_or(*d.fire));
      if (d.gap) o.cause = trigger_cause::misfire;
      result.orders[f.session].push_back(std::move(o));
    }
    if (d.fire) ++row;
    result.done.fires.push_back({f.due.job->id, taken ? placement::taken : placement::not_taken,
                                 taken ? d.next : std::nullopt, taken && d.fire});
  }
  for (auto& w : work.waiting) {
    auto taken = contains(waiting.claimed, w.waiting.row.trigger);
    if (taken) result.orders[w.session].push_back(order_of(*w.waiting.job, w.waiting.row));
    result.done.waiting.push_back({w.waiting.row.trigger, taken ? placement::taken : placement::not_taken});
  }
  return result;
}

batch_done nothing_taken(const claim_work& work) {
  batch_done done;
  done.group = work.group;
  for (auto& f : work.fires) done.fires.push_back({f.due.job->id, placement::not_taken, std::nullopt, false});
  for (auto& w : work.waiting) done.waiting.push_back({w.waiting.row.trigger, placement::not_taken});
  return done;
}

} // namespace xxl::admin
