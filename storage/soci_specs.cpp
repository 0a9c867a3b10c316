#include "storage/soci_specs.hpp"

#include "storage/soci_arrays.hpp"
#include "storage/soci_values.hpp"

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

/// A version without a text has that of the newest one before it.
constexpr sql specs_sql{
    "SELECT v.job_id, v.version, j.group_id, g.name,"
    " (SELECT b.spec FROM job_version b WHERE b.job_id = v.job_id AND b.version <= v.version AND b.spec IS NOT NULL"
    " ORDER BY b.version DESC LIMIT 1)"
    " FROM unnest(cast(:jobs AS bigint[]), cast(:versions AS int[])) AS k(job_id, version)"
    " JOIN job_version v USING (job_id, version) JOIN job j USING (job_id) JOIN executor_group g USING (group_id)",
    "SELECT v.job_id, v.version, j.group_id, g.name,"
    " (SELECT b.spec FROM job_version b WHERE b.job_id = v.job_id AND b.version <= v.version AND b.spec IS NOT NULL"
    " ORDER BY b.version DESC LIMIT 1)"
    " FROM json_each(:pairs) k CROSS JOIN job_version v ON v.job_id = json_extract(k.value, '$[0]')"
    " AND v.version = json_extract(k.value, '$[1]')"
    " JOIN job j USING (job_id) JOIN executor_group g USING (group_id)",
};

} // namespace

std::vector<stored_spec> read_specs(soci_connection& c, soci::session& s, std::span<const spec_key> keys) {
  std::vector<long long> jobs, versions;
  for (const auto& key : keys) {
    jobs.push_back(key.job.value);
    versions.push_back(key.version);
  }
  const auto job_array = postgres_array(jobs), version_array = postgres_array(versions),
             pairs = json_pairs(jobs, versions);
  long long job = 0, version = 0, group = 0;
  std::string name, text;
  auto prepare = s.prepare << c.pick(specs_sql);
  if (c.dialect() == dialect::postgres)
    prepare, use(job_array, "jobs"), use(version_array, "versions");
  else
    prepare, use(pairs, "pairs");
  soci::statement query = (prepare, into(job), into(version), into(group), into(name), into(text));
  std::vector<stored_spec> found;
  each_row(query, [&] {
    found.push_back({job_id{job}, static_cast<spec_version>(version), group_id{group}, name, text});
  });
  return found;
}

} // namespace xxl::storage
