// Migrations on both databases, and who may open a SQLite file.

#include "storage/migrate.hpp"
#include "storage/store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <thread>
#include <unistd.h>

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The fatal error that `call` throws; empty if it throws none.
template <class Call> std::string fatal_text(Call call) {
  try {
    call();
    return {};
  } catch (const error& e) {
    EXPECT_EQ(e.kind, error_kind::fatal);
    return e.what();
  }
}

class migrations : public ::testing::TestWithParam<dialect> {
protected:
  migrations() {
    if (GetParam() == dialect::sqlite) {
      const auto path = (place_ / "xxl.db").string();
      url_ = "sqlite://" + path;
      open_ = [path](soci::session& s) { s.open(soci::sqlite3, "db=\"" + path + "\" timeout=5"); };
    } else {
      auto& server = test::postgres_server::shared();
      url_ = server.url(server.fresh_database());
      open_ = [url = url_](soci::session& s) { s.open(soci::postgresql, url); };
    }
    store_ = open_store(url_, "node-1");
  }

  long long number(const std::string& query) {
    soci::session s;
    open_(s);
    long long answer = 0;
    s << query, soci::into(answer);
    return answer;
  }
  void sql(const std::string& statement) {
    soci::session s;
    open_(s);
    s << statement;
  }
  std::span<const migration> ours() const {
    return GetParam() == dialect::sqlite ? sqlite_migrations() : postgres_migrations();
  }
  long long known_versions() const { return static_cast<long long>(ours().size()); }
  void run(std::span<const migration> known) {
    soci_connection connection{GetParam(), open_};
    migrate(connection, known, from_ms(1));
  }

  test::temporary_directory place_; ///< of SQLite's file
  std::unique_ptr<store> store_;

private:
  std::string url_;
  std::function<void(soci::session&)> open_;
};

TEST_P(migrations, ASecondRunChangesNothing) {
  store_->migrate();
  const auto applied = number("SELECT max(applied_ms) FROM schema_version");
  store_->migrate();
  EXPECT_EQ(number("SELECT count(*) FROM schema_version"), known_versions());
  EXPECT_EQ(number("SELECT max(applied_ms) FROM schema_version"), applied);
  EXPECT_EQ(number("SELECT epoch FROM leader"), 0) << "nobody leads a new database";
}

TEST_P(migrations, FourAtOnceMakeOneSchema) {
  std::vector<std::thread> nodes;
  std::vector<std::string> failures(4);
  for (auto& failure : failures)
    nodes.emplace_back([&] {
      try {
        store_->migrate();
      } catch (const std::exception& e) {
        failure = e.what();
      }
    });
  for (auto& node : nodes) node.join();
  EXPECT_THAT(failures, ElementsAre("", "", "", ""));
  EXPECT_EQ(number("SELECT count(*) FROM schema_version"), known_versions());
}

TEST_P(migrations, ANewerDatabaseIsRefused) {
  store_->migrate();
  sql("INSERT INTO schema_version (version, name, checksum, applied_ms) VALUES (7, 'later', 'x', 1)");
  EXPECT_EQ(fatal_text([&] { store_->migrate(); }),
            "database is at 7, this xxl knows " + std::to_string(known_versions()) + ": upgrade xxl");
}

TEST_P(migrations, AMigrationAppliedWithAnotherTextIsRefused) {
  store_->migrate();
  sql("UPDATE schema_version SET checksum = 'other' WHERE version = 1");
  EXPECT_THAT(fatal_text([&] { store_->migrate(); }),
              HasSubstr("migration 1 (ledger) was applied to this database with another text (checksum other, ours "));
}

TEST_P(migrations, AMigrationThatFailsLeavesNothingBehind) {
  store_->migrate();
  std::vector<migration> more{ours().begin(), ours().end()};
  const auto next = static_cast<int>(known_versions()) + 1;
  more.push_back({next, "broken", "b", "CREATE TABLE half (x int);\n-- ;;\nINSERT INTO nowhere VALUES (1);\n"});
  EXPECT_NE(fatal_text([&] { run(more); }), "");
  EXPECT_EQ(number("SELECT max(version) FROM schema_version"), known_versions());
  more.back().text = "CREATE TABLE half (x int);\n";
  run(more);
  EXPECT_EQ(number("SELECT max(version) FROM schema_version"), next);
}

INSTANTIATE_TEST_SUITE_P(databases, migrations, ::testing::Values(dialect::sqlite, dialect::postgres),
                         [](const auto& test) {
                           return std::string{test.param == dialect::sqlite ? "sqlite" : "postgres"};
                         });

TEST(PostgresDays, ReachFromYesterdayToEightDaysAheadAndAreMadeOnce) {
  auto& server = test::postgres_server::shared();
  const auto url = server.url(server.fresh_database());
  const auto store = open_store(url, "node-1");
  store->migrate();
  soci::session s{soci::postgresql, url};
  const auto partitions = [&] {
    long long count = 0;
    s << "SELECT count(*) FROM pg_inherits WHERE inhparent = cast('trigger_history' AS regclass)", soci::into(count);
    return count;
  };
  EXPECT_EQ(partitions(), 10);
  const auto catalog = store->open_catalog();
  catalog->ensure_days(from_ms(0), from_ms(86'400'000));
  catalog->ensure_days(from_ms(0), from_ms(86'400'000));
  EXPECT_EQ(partitions(), 12);
}

TEST(Statements, ArePartedAtMarksAndFreeOfComments) {
  EXPECT_THAT(statements_of("-- about a: b\nCREATE TABLE a (x int); -- why\n-- ;;\n\n-- the rest\nSELECT 1;\n-- ;;\n"),
              ElementsAre("CREATE TABLE a (x int);\n", "SELECT 1;\n"));
}

TEST(SqliteFile, OfAnotherOwnerIsRefusedWithItsPid) {
  const test::temporary_directory place;
  const auto path = (place / "new/xxl.db").string();
  const auto url = "sqlite://" + path;
  {
    const auto first = open_store(url, "node-1");
    EXPECT_EQ(first->describe(), "sqlite " + path);
    EXPECT_EQ(fatal_text([&] { open_store(url, "node-2"); }), path + " is in use by process " +
                                                                  std::to_string(::getpid()) +
                                                                  ": stop it, or give this node a database of its own");
  }
  EXPECT_EQ(fatal_text([&] { open_store(url, "node-2"); }), "") << "its owner is gone";
}

TEST(StoreUrl, IsRefusedWithoutItsPassword) {
  EXPECT_THAT(fatal_text([] { open_store("mysql://u:secret@h/d", "n"); }), HasSubstr("'mysql' is neither sqlite nor"));
  const auto text = fatal_text([] { open_store("postgresql://u:secret@h:port:1/d?nonsense=1", "n"); });
  EXPECT_THAT(text, HasSubstr("not a PostgreSQL url"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("secret")));
  EXPECT_NE(fatal_text([] { open_store("sqlite://", "n"); }), "");
  EXPECT_NE(fatal_text([] { open_store("sqlite://:memory:", "n"); }), "");
}

TEST(StoreUrl, IsDescribedWithoutUserAndPassword) {
  EXPECT_EQ(open_store("postgresql://u:secret@db1:5432/xxl", "n")->describe(), "postgresql db1:5432/xxl");
  EXPECT_EQ(open_store("postgresql://u:secret@/xxl?host=/run/pg", "n")->describe(), "postgresql /run/pg/xxl");
}

TEST(LostCatalog, IsToldAsUnavailableAndConnectsAnew) {
  test::postgres_server server{{}};
  const auto url = server.url(server.fresh_database());
  const auto store = open_store(url, "node-1");
  store->migrate();
  const auto catalog = store->open_catalog();
  EXPECT_TRUE(catalog->groups().empty());
  server.restart();
  try {
    catalog->groups();
    ADD_FAILURE() << "the connection went with the server";
  } catch (const error& e) {
    EXPECT_EQ(e.kind, error_kind::unavailable) << e.what();
  }
  EXPECT_TRUE(catalog->groups().empty());
}

} // namespace
} // namespace xxl::storage
