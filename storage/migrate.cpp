#include "storage/migrate.hpp"

#include "storage/soci_locks.hpp"
#include "storage/soci_values.hpp"

#include <algorithm>
#include <map>

namespace xxl::storage {
namespace {

constexpr sql has_versions{
    "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_version')",
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
};
constexpr auto* applied_versions = "SELECT version, checksum FROM schema_version ORDER BY version";
constexpr auto* record_version =
    "INSERT INTO schema_version (version, name, checksum, applied_ms) VALUES (:version, :name, :checksum, :applied)";

using checksums = std::map<int, std::string>;

checksums read_applied(soci_connection& c, soci::session& s) {
  long long exists = 0;
  s << c.pick(has_versions), soci::into(exists);
  checksums applied;
  if (exists == 0) return applied;
  long long version = 0;
  std::string checksum;
  soci::statement query = (s.prepare << applied_versions, soci::into(version), soci::into(checksum));
  each_row(query, [&] { applied[static_cast<int>(version)] = checksum; });
  return applied;
}

void check(const checksums& applied, std::span<const migration> known) {
  const int ours = known.empty() ? 0 : known.back().version;
  if (!applied.empty() && applied.rbegin()->first > ours)
    throw error{error_kind::fatal,
                {},
                "database is at " + std::to_string(applied.rbegin()->first) + ", this xxl knows " +
                    std::to_string(ours) + ": upgrade xxl"};
  for (const auto& m : known)
    if (const auto found = applied.find(m.version); found != applied.end() && found->second != m.checksum)
      throw error{error_kind::fatal,
                  {},
                  "migration " + std::to_string(m.version) + " (" + std::string{m.name} +
                      ") was applied to this database with another text (checksum " + found->second + ", ours " +
                      std::string{m.checksum} + "): use the xxl that made it, or another database"};
}

void apply(soci::session& s, const migration& m, instant now) {
  for (const auto& statement : statements_of(m.text)) s << statement;
  const long long version = m.version, applied = to_ms(now);
  const std::string name{m.name}, checksum{m.checksum};
  s << record_version, soci::use(version, "version"), soci::use(name, "name"), soci::use(checksum, "checksum"),
      soci::use(applied, "applied");
}

std::string without_comments(std::string_view text) {
  std::string code;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    line = line.substr(0, line.find("--"));
    line = line.substr(0, line.find_last_not_of(' ') + 1);
    if (!line.empty()) code.append(line).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return code;
}

} // namespace

std::vector<std::string> statements_of(std::string_view text) {
  constexpr std::string_view mark = "\n-- ;;\n";
  std::vector<std::string> statements;
  while (!text.empty()) {
    const auto end = std::min(text.find(mark), text.size());
    if (auto code = without_comments(text.substr(0, end)); !code.empty()) statements.push_back(std::move(code));
    text.remove_prefix(std::min(end + mark.size(), text.size()));
  }
  return statements;
}

void migrate(soci_connection& c, std::span<const migration> known, instant now) {
  c.run([&](soci::session& s) {
    write_transaction transaction{c};
    if (c.dialect() == dialect::postgres) {
      wait_for_lock(s, advisory_lock::migrations);
      s << "SET LOCAL lock_timeout = '5s'"; // a stuck reader fails the start, instead of queueing everybody behind us
    }
    const auto applied = read_applied(c, s);
    check(applied, known);
    for (const auto& m : known)
      if (!applied.contains(m.version)) apply(s, m, now);
    transaction.commit();
  });
}

} // namespace xxl::storage
