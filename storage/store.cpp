#include "storage/store.hpp"

#include "protocol/clock.hpp"
#include "storage/catalog_days.hpp"
#include "storage/migrate.hpp"
#include "storage/postgres_store.hpp"
#include "storage/soci_catalog.hpp"
#include "storage/soci_postgres.hpp"
#include "storage/sqlite_store.hpp"

#include <string_view>
#include <utility>

namespace xxl::storage {
namespace {

class sqlite_store final : public store {
public:
  explicit sqlite_store(std::string path) : file_{std::make_shared<sqlite_file>(std::move(path))} {}

  void migrate() override {
    auto connection = sqlite_connection(file_);
    storage::migrate(connection, sqlite_migrations(), system_clock().now());
  }
  std::unique_ptr<ledger> open_ledger(bool) override { return open_sqlite_ledger(file_); }
  std::unique_ptr<plan_reader> open_plan_reader() override { return open_sqlite_plan_reader(file_); }
  std::unique_ptr<catalog> open_catalog() override { return open_soci_catalog(sqlite_connection(file_)); }
  std::unique_ptr<leader_lock> open_leader_lock() override { return open_sqlite_leader_lock(file_); }
  bool one_writer() const noexcept override { return true; }
  std::string describe() const override { return "sqlite " + file_->path(); }

private:
  std::shared_ptr<const sqlite_file> file_;
};

class postgres_store final : public store {
public:
  postgres_store(std::string url, std::string node)
      : url_{std::move(url)}, node_{std::move(node)}, place_{postgres_place(url_)} {}

  void migrate() override {
    auto connection = postgres_connection(url_, "xxl-migrate", node_);
    storage::migrate(connection, postgres_migrations(), system_clock().now());
    connection.run([&](soci::session& s) { ensure_days_around_now(connection, s); });
  }
  std::unique_ptr<ledger> open_ledger(bool claims) override { return open_postgres_ledger(url_, node_, claims); }
  std::unique_ptr<plan_reader> open_plan_reader() override { return open_postgres_plan_reader(url_, node_); }
  std::unique_ptr<catalog> open_catalog() override {
    return open_soci_catalog(postgres_connection(url_, "xxl-catalog", node_));
  }
  std::unique_ptr<leader_lock> open_leader_lock() override { return open_postgres_leader_lock(url_, node_); }
  bool one_writer() const noexcept override { return false; }
  std::string describe() const override { return "postgresql " + place_; }

private:
  std::string url_, node_, place_;
};

} // namespace

std::unique_ptr<store> open_store(const std::string& url, const std::string& node) {
  constexpr std::string_view sqlite = "sqlite://";
  if (url.starts_with(sqlite)) return std::make_unique<sqlite_store>(url.substr(sqlite.size()));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return std::make_unique<postgres_store>(url, node);
  // The scheme alone: the rest may hold a password.
  throw error{error_kind::fatal,
              {},
              "storage: '" + url.substr(0, url.find(':')) +
                  "' is neither sqlite nor postgresql; write sqlite://data/xxl.db or "
                  "postgresql://user:password@host:port/database"};
}

} // namespace xxl::storage
