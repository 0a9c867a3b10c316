// get, describe, next and stats: what only looks.

#include "cli/json.hpp"
#include "cli/render.hpp"
#include "cli/verbs.hpp"
#include "protocol/clock.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <utility>

namespace xxl::cli {
namespace {

template <class Answer> void print(const Answer& answer, const printer& p) {
  p.out << (p.as == format::json ? json(answer) : render(answer));
}

/// The job to narrow a list to; a bare name is looked up first.
job_ref narrowed(admin& a, const job_ref& ref) { return ref.name.empty() ? ref : resolve(a, ref); }

job_id place_of(const job_view& x) { return x.id; }
trigger_position place_of(const trigger_view& x) { return {x.fire, x.id}; }

/// At most `limit` items, asked for page by page; `keyset` is where the query says after which item its page begins.
template <class Item, class Atom, class Query, class Place>
std::vector<Item> pages(admin& a, Atom verb, Query q, Place Query::*keyset, std::size_t limit) {
  std::vector<Item> all;
  while (all.size() < limit) {
    q.limit = static_cast<std::uint32_t>(std::min(limits::page_items, limit - all.size()));
    auto page = a.ask<std::vector<Item>>(verb, q);
    if (page.empty()) break; // a page may end early: a message holds only so many bytes
    std::move(page.begin(), page.end(), std::back_inserter(all));
    q.*keyset = place_of(all.back());
  }
  return all;
}

} // namespace

job_ref resolve(admin& a, const job_ref& ref) {
  if (!ref.group.empty()) return ref;
  job_query q;
  q.name = ref.name;
  auto found = a.ask<std::vector<job_view>>(jobs_atom_v, q); // none of that name is an error of its own
  if (found.empty()) throw failure{exit_code::not_found, "there is no job \"" + ref.name + "\""};
  if (found.size() == 1) return {found[0].spec.group, ref.name};
  std::string groups;
  for (auto& j : found) groups += (groups.empty() ? "" : ", ") + j.spec.group + "/" + j.spec.name;
  throw failure{exit_code::usage, "\"" + ref.name + "\" is in several groups; name one of " + groups};
}

void get_groups(admin& a, const printer& p) { print(a.ask<std::vector<group_view>>(groups_atom_v), p); }

void get_jobs(const get_jobs_verb& v, admin& a, const printer& p) {
  job_query q;
  q.group = v.job.group;
  q.name = v.job.name;
  print(pages<job_view>(a, jobs_atom_v, q, &job_query::after, v.limit), p);
}

void get_executors(const get_executors_verb& v, admin& a, const printer& p) {
  auto all = a.ask<std::vector<executor_view>>(executors_atom_v);
  if (!v.group.empty()) std::erase_if(all, [&](const executor_view& x) { return x.group != v.group; });
  print(all, p);
}

void get_triggers(const get_triggers_verb& v, admin& a, const printer& p) {
  auto job = narrowed(a, v.job);
  trigger_query q;
  q.group = job.group;
  q.job = job.name;
  q.state = v.state;
  q.from = v.from;
  q.to = v.to;
  if (!v.from) q.ended_from = v.to.value_or(system_clock().now()) - limits::listed_back; // once, for all pages
  print(pages<trigger_view>(a, triggers_atom_v, q, &trigger_query::before, v.limit), p);
}

void describe_job(const describe_job_verb& v, admin& a, const printer& p) {
  print(a.ask<job_detail>(describe_atom_v, resolve(a, v.job)), p);
}

void describe_trigger(const describe_trigger_verb& v, admin& a, const printer& p) {
  trigger_query q;
  q.id = v.trigger;
  q.limit = 1;
  auto found = a.ask<std::vector<trigger_view>>(triggers_atom_v, q);
  if (found.empty()) throw failure{exit_code::not_found, "there is no trigger " + to_string(v.trigger)};
  print(found.front(), p);
}

void next(const next_verb& v, admin& a, const printer& p) {
  auto fires = a.ask<std::vector<instant>>(next_atom_v, resolve(a, v.job), v.count);
  print(fires, p);
  if (fires.empty() && p.as == format::table)
    p.err << "no fire is planned: the job is paused, disabled, waits for the end of a run, or its schedule is over "
             "(xxlctl describe)\n";
}

void cluster(admin& a, const printer& p) { print(a.ask<cluster_view>(cluster_atom_v), p); }

void stats(admin& a, const printer& p) { print(a.ask<node_stats>(stats_atom_v), p); }

} // namespace xxl::cli
