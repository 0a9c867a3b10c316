#include "storage/catalog_jobs.hpp"

#include "storage/catalog_rows.hpp"
#include "storage/soci_arrays.hpp"
#include "storage/soci_values.hpp"

#include <nlohmann/json.hpp>

namespace xxl::storage {
namespace {

using soci::use;

constexpr auto* from_jobs = " FROM job j JOIN executor_group g ON g.group_id = j.group_id"
                            " JOIN job_fire f ON f.job_id = j.job_id";

/// The named ones; CROSS JOIN keeps SQLite's order of the loops: names first.
constexpr sql from_names{
    " FROM unnest(cast(:groups AS text[]), cast(:names AS text[])) AS k(group_name, job_name)"
    " JOIN executor_group g ON g.name = k.group_name"
    " JOIN job j ON j.group_id = g.group_id AND j.name = k.job_name JOIN job_fire f ON f.job_id = j.job_id",
    " FROM json_each(:refs) k CROSS JOIN executor_group g ON g.name = json_extract(k.value, '$[0]')"
    " CROSS JOIN job j ON j.group_id = g.group_id AND j.name = json_extract(k.value, '$[1]')"
    " CROSS JOIN job_fire f ON f.job_id = j.job_id",
};

constexpr auto* list_where =
    " WHERE j.job_id > :after AND j.deleted_ms IS NULL"
    " AND (cast(:group AS text) = '' OR g.name = cast(:group AS text))"
    " AND (cast(:name AS text) = '' OR j.name = cast(:name AS text)) ORDER BY j.job_id LIMIT :most";

std::vector<job_row> read(job_columns_into& columns, soci::details::prepare_temp_type& prepared) {
  soci::statement query = columns.bind(prepared);
  std::vector<job_row> rows;
  each_row(query, [&] { rows.push_back(columns.row()); });
  return rows;
}

std::optional<job_row> first(std::vector<job_row> rows) {
  return rows.empty() ? std::nullopt : std::optional{std::move(rows.front())};
}

} // namespace

std::optional<job_row> find_job(soci::session& s, const std::string& group, const std::string& name) {
  job_columns_into columns;
  auto prepare = s.prepare << job_columns << from_jobs << " WHERE g.name = :group AND j.name = :name";
  return first(read(columns, (prepare, use(checked_text(group, "the group's name"), "group"),
                              use(checked_text(name, "the job's name"), "name"))));
}

std::optional<job_row> find_job(soci::session& s, job_id job) {
  job_columns_into columns;
  const long long id = job.value;
  auto prepare = s.prepare << job_columns << from_jobs << " WHERE j.job_id = :job";
  return first(read(columns, (prepare, use(id, "job"))));
}

std::vector<job_row> find_jobs(soci_connection& c, soci::session& s, std::span<const job_ref> names) {
  job_columns_into columns;
  auto prepare = s.prepare << job_columns << c.pick(from_names);
  if (c.dialect() == dialect::postgres) {
    std::vector<std::string> groups, jobs;
    for (const auto& ref : names) {
      groups.push_back(checked_text(ref.group, "the group's name"));
      jobs.push_back(checked_text(ref.name, "the job's name"));
    }
    const auto group_array = postgres_array(groups), job_array = postgres_array(jobs);
    return read(columns, (prepare, use(group_array, "groups"), use(job_array, "names")));
  }
  auto pairs = nlohmann::json::array();
  for (const auto& ref : names) pairs.push_back({ref.group, ref.name});
  const auto refs = pairs.dump();
  return read(columns, (prepare, use(refs, "refs")));
}

std::vector<job_row> list_jobs(soci::session& s, const job_query& q) {
  job_columns_into columns;
  const long long after = q.after.value, most = q.limit;
  auto prepare = s.prepare << job_columns << from_jobs << list_where;
  return read(columns, (prepare, use(after, "after"), use(checked_text(q.group, "the group's name"), "group"),
                        use(checked_text(q.name, "the job's name"), "name"), use(most, "most")));
}

} // namespace xxl::storage
