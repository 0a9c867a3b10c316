#pragma once
// A migrated database of its own for each test, and the rows that ledger tests need.

#include "storage/ledger.hpp"
#include "tests/support/postgres_server.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct pg_conn;

namespace xxl::test {

/// A plain session beside the code under test: an operator's psql. Failures are exceptions.
class sql_session {
public:
  explicit sql_session(const std::string& url);
  /// Rows of text; NULL is "∅".
  std::vector<std::vector<std::string>> rows(const std::string& sql);
  /// The first column of the first row.
  std::string text(const std::string& sql) { return rows(sql).at(0).at(0); }
  std::int64_t number(const std::string& sql) { return std::stoll(text(sql)); }
  /// The rows, one a line, columns parted by spaces.
  std::string lines(const std::string& sql);

private:
  struct finish {
    void operator()(pg_conn* c) const;
  };
  std::unique_ptr<pg_conn, finish> conn_;
};

/// A new database with our schema, copied from one that is migrated once per server.
std::string migrated_database(postgres_server& server);

/// Midnight of a day in 2026, UTC: where the tests' time begins.
inline constexpr instant day_one = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
inline constexpr std::chrono::milliseconds second{1'000};

/// Jobs 1 to n in group 1, each with next fire `next` and version 1; epoch 9 is in force.
void insert_jobs(sql_session& s, int n, instant next);

/// Fires jobs first … first + n − 1: expected and fired at `fire`, next fire a second later, trigger ids from
/// `trigger`, one per job.
storage::claim_batch fires(std::int64_t first_job, int n, instant fire, std::int64_t trigger, session_id session);
/// Ends triggers first … first + n − 1 of that session as succeeded.
std::vector<storage::completion> ends(std::int64_t first, int n, session_id session, instant ended);
std::vector<trigger_id> triggers(std::int64_t first, int n);

class PostgresTest : public ::testing::Test {
protected:
  explicit PostgresTest(postgres_server& server = postgres_server::shared())
      : database{migrated_database(server)}, url{server.url(database)}, psql{url} {}

  std::string database, url;
  sql_session psql;
};

inline constexpr epoch_id epoch{9};
inline constexpr session_id alice{7001}, bob{7002};

} // namespace xxl::test
