#include "storage/soci_values.hpp"
#include "storage/sqlite_store.hpp"

#include <algorithm>
#include <utility>

namespace xxl::storage {
namespace {

/// As on PostgreSQL: above every earlier epoch, and not below the database's clock, so that a file restored from a
/// backup goes on above the epochs that executors have seen.
constexpr auto* raise_sql =
    "UPDATE leader SET epoch = max(epoch + 1, cast((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),"
    " node = :node, since_ms = :now WHERE one = 1 RETURNING epoch";

constexpr auto* before_sql = "SELECT l.node, t.ended_ms IS NOT NULL, coalesce(t.ended_ms, n.seen_ms),"
                             " cast((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM leader l"
                             " LEFT JOIN takeover t ON t.epoch = l.epoch LEFT JOIN node n ON n.node = l.node";

constexpr auto* record_sql = "INSERT INTO takeover (epoch, node, at_ms, cause, before, gap_ms)"
                             " VALUES (:epoch, :node, :now, :cause, :before, :gap)";

constexpr auto* prune_sql = "DELETE FROM takeover WHERE epoch <= (SELECT epoch FROM takeover ORDER BY epoch DESC"
                            " LIMIT 1 OFFSET 1000)";

constexpr auto* present_sql =
    "INSERT INTO node (node, address, version, started_ms, seen_ms, clock_offset_ms)"
    " VALUES (:node, :address, :version, :started, cast((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0)"
    " ON CONFLICT (node) DO UPDATE SET address = excluded.address, version = excluded.version,"
    " started_ms = excluded.started_ms, seen_ms = excluded.seen_ms";

constexpr auto* hand_over_sql = "UPDATE takeover SET ended_ms = cast((julianday('now') - 2440587.5) * 86400000 AS "
                                "INTEGER) WHERE epoch = :epoch";

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
      const auto before = leader_before(s);
      soci::statement raise = (s.prepare << raise_sql, soci::use(checked_text(node, "the node's name"), "node"),
                               soci::use(at, "now"), soci::into(epoch));
      each_row(raise, [] {});
      record(s, epoch, node, before);
      transaction.commit();
      return epoch_id{epoch};
    });
  }

  bool heartbeat(std::chrono::milliseconds) override { return connected_; }

  std::optional<instant> say_present(const presence& p) override {
    connection_.run([&](soci::session& s) {
      const long long started = to_ms(p.started);
      s << present_sql, soci::use(checked_text(p.node, "the node's name"), "node"), soci::use(p.address, "address"),
          soci::use(p.version, "version"), soci::use(started, "started");
    });
    return std::nullopt;
  }

  void hand_over(epoch_id epoch) noexcept override {
    try {
      connection_.run([&](soci::session& s) {
        const long long id = epoch.value;
        s << hand_over_sql, soci::use(id, "epoch");
      });
    } catch (const error&) {
      // The record then says that this node fell silent.
    }
    close();
  }

  void close() noexcept override {
    connected_ = false;
    connection_.close();
  }

private:
  struct reign_before {
    std::string node;
    long long ended = 0, now = 0; ///< by the database's clock
    nullable_number last;
  };

  static reign_before leader_before(soci::session& s) {
    reign_before b;
    soci::statement query = (s.prepare << before_sql, soci::into(b.node), soci::into(b.ended),
                             soci::into(b.last.value, b.last.state), soci::into(b.now));
    each_row(query, [] {});
    return b;
  }

  static void record(soci::session& s, long long epoch, const std::string& node, const reign_before& before) {
    const auto cause = before.node.empty() ? takeover_cause::first
                       : before.ended != 0 ? takeover_cause::handed_over
                                           : takeover_cause::lost;
    const auto number = static_cast<long long>(cause);
    nullable_number gap;
    if (!before.last.null()) gap.set(std::max(before.now - before.last.value, 0LL));
    s << record_sql, soci::use(epoch, "epoch"), soci::use(node, "node"), soci::use(before.now, "now"),
        soci::use(number, "cause"), soci::use(before.node, "before"), soci::use(gap.value, gap.state, "gap");
    s << prune_sql;
  }

  soci_connection connection_;
  bool connected_ = false;
};

} // namespace

std::unique_ptr<leader_lock> open_sqlite_leader_lock(std::shared_ptr<const sqlite_file> file) {
  return std::make_unique<sqlite_leader_lock>(std::move(file));
}

} // namespace xxl::storage
