#include "storage/catalog_groups.hpp"

#include "storage/catalog_log.hpp"
#include "storage/soci_values.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace xxl::storage {
namespace {

using soci::into;
using soci::use;

constexpr auto* list_sql =
    "SELECT g.group_id, g.name, g.title, g.address_mode, g.addresses, CASE WHEN g.paused THEN 1 ELSE 0 END,"
    " (SELECT count(*) FROM executor_session s WHERE s.group_id = g.group_id AND s.ended_ms IS NULL),"
    " (SELECT count(*) FROM job j WHERE j.group_id = g.group_id AND j.deleted_ms IS NULL)"
    " FROM executor_group g ORDER BY g.name";

constexpr sql lock_sql{
    "SELECT title, address_mode, addresses FROM executor_group WHERE name = :name FOR UPDATE",
    "SELECT title, address_mode, addresses FROM executor_group WHERE name = :name",
};

constexpr sql insert_sql{
    "INSERT INTO executor_group (name, title, address_mode, addresses)"
    " VALUES (:name, :title, :mode, cast(:addresses AS jsonb)) ON CONFLICT (name) DO NOTHING",
    "INSERT INTO executor_group (name, title, address_mode, addresses)"
    " VALUES (:name, :title, :mode, :addresses) ON CONFLICT (name) DO NOTHING",
};

constexpr sql update_sql{
    "UPDATE executor_group SET title = :title, address_mode = :mode, addresses = cast(:addresses AS jsonb),"
    " version = version + 1 WHERE name = :name",
    "UPDATE executor_group SET title = :title, address_mode = :mode, addresses = :addresses,"
    " version = version + 1 WHERE name = :name",
};

std::string addresses_json(const group_spec& g) { return nlohmann::json(g.addresses).dump(); }

std::vector<std::string> read_addresses(const std::string& text) {
  return nlohmann::json::parse(text).get<std::vector<std::string>>();
}

std::optional<group_spec> lock_group(soci_connection& c, soci::session& s, const std::string& name) {
  std::string title, addresses;
  long long mode = 0;
  std::optional<group_spec> found;
  soci::statement query = (s.prepare << c.pick(lock_sql), use(name, "name"), into(title), into(mode), into(addresses));
  each_row(query, [&] { found = {name, title, static_cast<address_mode>(mode), read_addresses(addresses)}; });
  return found;
}

/// Inserts or updates; true if it took the row.
bool write(soci_connection& c, soci::session& s, const sql& statement, const group_spec& g) {
  const auto mode = static_cast<long long>(g.mode);
  const auto addresses = addresses_json(g);
  soci::statement change = (s.prepare << c.pick(statement), use(g.name, "name"), use(g.title, "title"),
                            use(mode, "mode"), use(addresses, "addresses"));
  return changes(change);
}

void check(const group_spec& g) {
  checked_text(g.name, "the group's name");
  checked_text(g.title, "the group's title");
  for (const auto& address : g.addresses) checked_text(address, "a group's address");
}

} // namespace

std::vector<group_row> list_groups(soci::session& s) {
  long long id = 0, mode = 0, paused = 0, executors = 0, jobs = 0;
  std::string name, title, addresses;
  soci::statement query = (s.prepare << list_sql, into(id), into(name), into(title), into(mode), into(addresses),
                           into(paused), into(executors), into(jobs));
  std::vector<group_row> rows;
  each_row(query, [&] {
    rows.push_back({.id = {id},
                    .spec = {name, title, static_cast<address_mode>(mode), read_addresses(addresses)},
                    .paused = paused != 0,
                    .executors = static_cast<std::uint32_t>(executors),
                    .jobs = static_cast<std::uint64_t>(jobs)});
  });
  return rows;
}

std::string put_group(soci_connection& c, soci::session& s, const group_spec& g, const edit_note& note) {
  check(g);
  write_transaction transaction{c};
  auto before = lock_group(c, s, g.name);
  const bool created = !before && write(c, s, insert_sql, g);
  if (!before && !created) before = lock_group(c, s, g.name); // somebody was quicker
  if (before == g) return "unchanged";
  if (!created) write(c, s, update_sql, g);
  write_operator_log(
      c, s, note, "group " + g.name,
      nlohmann::json{{"title", g.title}, {"mode", to_string(g.mode)}, {"addresses", g.addresses}}.dump());
  transaction.commit();
  return created ? "created" : "changed";
}

} // namespace xxl::storage
