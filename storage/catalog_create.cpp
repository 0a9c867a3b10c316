#include "storage/catalog_jobs.hpp"
#include "storage/soci_arrays.hpp"
#include "storage/soci_values.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <utility>

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

/// The groups' flags stay as they are until we have committed: a group that is being paused plans none of the new jobs.
constexpr sql groups_sql{
    "SELECT name, group_id, CASE WHEN paused THEN 1 ELSE 0 END FROM executor_group"
    " WHERE name = ANY (cast(:names AS text[])) ORDER BY group_id FOR SHARE",
    "SELECT name, group_id, paused FROM executor_group WHERE name IN (SELECT value FROM json_each(:names))",
};

constexpr auto* jobs_postgres =
    "INSERT INTO job (group_id, name, version, spec, enabled, owner, source)"
    " SELECT k.group_id, k.name, 1, cast(k.spec AS jsonb), k.enabled, k.owner, k.source"
    " FROM unnest(cast(:groups AS int[]), cast(:names AS text[]), cast(:specs AS text[]), cast(:enabled AS boolean[]),"
    " cast(:owners AS text[]), cast(:sources AS text[])) WITH ORDINALITY AS k(group_id, name, spec, enabled, owner, "
    "source, nth)"
    " ORDER BY k.nth RETURNING job_id, group_id, name";
constexpr auto* job_sqlite = "INSERT INTO job (group_id, name, version, spec, enabled, owner, source)"
                             " VALUES (:group, :name, 1, :spec, :enabled, :owner, :source) RETURNING job_id";

constexpr sql fires_sql{
    "INSERT INTO job_fire (job_id, next_ms, version) SELECT k.job_id, nullif(k.next_ms, 0), 1"
    " FROM unnest(cast(:jobs AS bigint[]), cast(:nexts AS bigint[])) AS k(job_id, next_ms)",
    "INSERT INTO job_fire (job_id, next_ms, version) SELECT json_extract(value, '$[0]'),"
    " nullif(json_extract(value, '$[1]'), 0), 1 FROM json_each(:pairs)",
};

constexpr sql versions_sql{
    "INSERT INTO job_version (job_id, version, from_ms, spec, enabled, paused, first_fire_ms, tzdb, who)"
    " SELECT j.job_id, 1, :now, j.spec, j.enabled, false, f.next_ms, :tzdb, :who"
    " FROM job j JOIN job_fire f USING (job_id) WHERE j.job_id = ANY (cast(:jobs AS bigint[]))",
    "INSERT INTO job_version (job_id, version, from_ms, spec, enabled, paused, first_fire_ms, tzdb, who)"
    " SELECT j.job_id, 1, :now, j.spec, j.enabled, 0, f.next_ms, :tzdb, :who"
    " FROM json_each(:jobs) k CROSS JOIN job j ON j.job_id = k.value CROSS JOIN job_fire f ON f.job_id = j.job_id",
};

constexpr sql log_sql{
    "INSERT INTO operator_log (at_ms, who, what, target, after)"
    " SELECT :now, :who, :what, 'job ' || j.job_id, j.spec FROM job j WHERE j.job_id = ANY (cast(:jobs AS bigint[]))"
    " ORDER BY j.job_id",
    "INSERT INTO operator_log (at_ms, who, what, target, after)"
    " SELECT :now, :who, :what, 'job ' || j.job_id, j.spec FROM json_each(:jobs) k CROSS JOIN job j ON j.job_id = "
    "k.value",
};

struct group_flags {
  long long id = 0;
  bool paused = false;
};
using groups_by_name = std::map<std::string, group_flags>;

void check(const new_job& job) {
  checked_text(job.group, "the group's name");
  checked_text(job.name, "the job's name");
  checked_text(job.spec, "the job's specification");
  checked_text(job.owner, "the job's owner");
  checked_text(job.source, "the job's source");
}

groups_by_name lock_groups(soci_connection& c, soci::session& s, std::span<const new_job> jobs) {
  groups_by_name groups;
  for (const auto& job : jobs) {
    check(job);
    groups.try_emplace(job.group);
  }
  std::vector<std::string> names;
  for (const auto& [name, flags] : groups) names.push_back(name);
  const auto array = c.dialect() == dialect::postgres ? postgres_array(names) : nlohmann::json(names).dump();
  std::string name;
  long long id = 0, paused = 0;
  soci::statement query = (s.prepare << c.pick(groups_sql), use(array, "names"), into(name), into(id), into(paused));
  each_row(query, [&] { groups[name] = {id, paused != 0}; });
  for (const auto& [wanted, flags] : groups)
    if (flags.id == 0)
      throw error{error_kind::refused, {}, "there is no group '" + wanted + "': apply the group first"};
  return groups;
}

std::vector<long long> insert_postgres(soci::session& s, std::span<const new_job> jobs, const groups_by_name& groups) {
  std::vector<long long> group_ids, enabled;
  std::vector<std::string> names, specs, owners, sources;
  for (const auto& job : jobs) {
    group_ids.push_back(groups.at(job.group).id);
    enabled.push_back(job.enabled ? 1 : 0);
    names.push_back(job.name);
    specs.push_back(job.spec);
    owners.push_back(job.owner);
    sources.push_back(job.source);
  }
  const auto group_array = postgres_array(group_ids), enabled_array = postgres_array(enabled),
             name_array = postgres_array(names), spec_array = postgres_array(specs),
             owner_array = postgres_array(owners), source_array = postgres_array(sources);
  long long id = 0, group = 0;
  std::string name;
  soci::statement insert = (s.prepare << jobs_postgres, use(group_array, "groups"), use(name_array, "names"),
                            use(spec_array, "specs"), use(enabled_array, "enabled"), use(owner_array, "owners"),
                            use(source_array, "sources"), into(id), into(group), into(name));
  std::map<std::pair<long long, std::string>, long long> made;
  each_row(insert, [&] { made[{group, name}] = id; });
  std::vector<long long> ids;
  for (std::size_t i = 0; i < jobs.size(); ++i) ids.push_back(made.at({group_ids[i], names[i]}));
  return ids;
}

std::vector<long long> insert_sqlite(soci::session& s, std::span<const new_job> jobs, const groups_by_name& groups) {
  long long group = 0, enabled = 0, id = 0;
  std::string name, spec, owner, source;
  soci::statement insert = (s.prepare << job_sqlite, use(group, "group"), use(name, "name"), use(spec, "spec"),
                            use(enabled, "enabled"), use(owner, "owner"), use(source, "source"), into(id));
  std::vector<long long> ids;
  for (const auto& job : jobs) {
    group = groups.at(job.group).id;
    enabled = job.enabled ? 1 : 0;
    name = job.name;
    spec = job.spec;
    owner = job.owner;
    source = job.source;
    each_row(insert, [&] { ids.push_back(id); });
  }
  return ids;
}

/// 0: none, because there is none, or because the job or its group rests.
std::vector<long long> first_fires(std::span<const new_job> jobs, const groups_by_name& groups) {
  std::vector<long long> nexts;
  for (const auto& job : jobs)
    nexts.push_back(job.next && job.enabled && !groups.at(job.group).paused ? to_ms(*job.next) : 0);
  return nexts;
}

void insert_fires(soci_connection& c, soci::session& s, const std::vector<long long>& ids,
                  const std::vector<long long>& nexts) {
  if (c.dialect() == dialect::postgres) {
    const auto jobs = postgres_array(ids), fires = postgres_array(nexts);
    s << c.pick(fires_sql), use(jobs, "jobs"), use(fires, "nexts");
  } else {
    const auto pairs = json_pairs(ids, nexts);
    s << c.pick(fires_sql), use(pairs, "pairs");
  }
}

} // namespace

std::vector<job_id> create_jobs(soci_connection& c, soci::session& s, std::span<const new_job> jobs,
                                const edit_note& note) {
  if (jobs.empty()) return {};
  write_transaction transaction{c};
  const bool postgres = c.dialect() == dialect::postgres;
  const auto groups = lock_groups(c, s, jobs);
  const auto ids = postgres ? insert_postgres(s, jobs, groups) : insert_sqlite(s, jobs, groups);
  insert_fires(c, s, ids, first_fires(jobs, groups));
  const auto array = postgres ? postgres_array(ids) : json_array(ids);
  const long long now = to_ms(note.now);
  s << c.pick(versions_sql), use(now, "now"), use(note.tzdb, "tzdb"), use(note.who, "who"), use(array, "jobs");
  s << c.pick(log_sql), use(now, "now"), use(note.who, "who"), use(note.what, "what"), use(array, "jobs");
  transaction.commit();
  std::vector<job_id> made;
  made.reserve(ids.size());
  for (const auto id : ids) made.push_back(job_id{id});
  return made;
}

} // namespace xxl::storage
