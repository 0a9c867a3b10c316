#include "storage/soci_values.hpp"
#include "storage/sqlite_store.hpp"

#include <utility>

namespace xxl::storage {
namespace {

/// As on PostgreSQL: above every earlier epoch, and not below the database's clock, so that a file restored from a
/// backup goes on above the epochs that executors have seen.
constexpr auto* raise_sql =
    "UPDATE leader SET epoch = max(epoch + 1, cast((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),"
    " node = :node, since_ms = :now WHERE one = 1 RETURNING epoch";

class sqlite_leader_lock final : public leader_lock {
public:
  explicit sqlite_leader_lock(std::shared_ptr<const sqlite_file> file)
      : connection_{sqlite_connection(std::move(file))} {}

  void connect() override {
    connection_.run([](soci::session&) {});
    connected_ = true;
  }

  bool try_lock() override { return connected_; }

  epoch_id raise_epoch(const std::string& node, instant now) override {
    return connection_.run([&](soci::session& s) {
      write_transaction transaction{connection_};
      const long long at = to_ms(now);
      long long epoch = 0;
      soci::statement raise = (s.prepare << raise_sql, soci::use(checked_text(node, "the node's name"), "node"),
                               soci::use(at, "now"), soci::into(epoch));
      each_row(raise, [] {});
      transaction.commit();
      return epoch_id{epoch};
    });
  }

  bool heartbeat(std::chrono::milliseconds) override { return connected_; }

  void close() noexcept override {
    connected_ = false;
    connection_.close();
  }

private:
  soci_connection connection_;
  bool connected_ = false;
};

} // namespace

std::unique_ptr<leader_lock> open_sqlite_leader_lock(std::shared_ptr<const sqlite_file> file) {
  return std::make_unique<sqlite_leader_lock>(std::move(file));
}

} // namespace xxl::storage
