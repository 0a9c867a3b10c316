#pragma once
// One suite for both databases: every case that derives from `conformance` runs by the same name on SQLite and on
// PostgreSQL. Without a PostgreSQL on the machine its cases fail. Fire times lie in the first days of 1970, so that a
// case can say 5'000.

#include "storage/soci_connection.hpp"
#include "storage/store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xxl::storage {

class conformance : public ::testing::TestWithParam<dialect> {
protected:
  conformance();

  /// A new job of group `group`, at version 1.
  job_id make_job(const std::string& name, std::optional<instant> next = from_ms(5'000));
  /// A claim of one fire at `fire`, by session 7; the answer.
  claim_answer claim_fire(job_id job, trigger_id trigger, instant fire, instant next);
  /// The same for a job whose fires may be named freely: claimed, running under session 7.
  void claim_one(job_id job, trigger_id trigger, instant fire = from_ms(5'000), instant next = from_ms(6'000));
  /// A waiting row, as a manual trigger makes it.
  void make_waiting(job_id job, trigger_id trigger, instant due);
  complete_answer complete_one(const completion& row);
  /// The trigger as lists show it.
  std::optional<trigger_view> find_trigger(trigger_id trigger);
  job_row read_job(job_id job);

  /// SQL that the interfaces have no word for: pauses of the cluster and of groups, marks for killing.
  void sql(const std::string& statement);
  long long number(const std::string& query);

  static advance fire_of(job_id job, instant fire, std::optional<instant> next);
  /// A trigger for one executor, session 7.
  static new_trigger trigger_of(trigger_id trigger, job_id job, session_id holder = session);
  /// Parent 101 of `job`, and its shards 102 and 103.
  static std::vector<new_trigger> broadcast_of(job_id job);
  static completion end_of(trigger_id trigger, trigger_state state = trigger_state::succeeded);

  static constexpr session_id session{7};
  edit_note note{"ann", "apply", from_ms(1'000), "2024a"};

  /// Another store on the same database; on SQLite the same one, for a process owns the file.
  std::unique_ptr<storage::ledger> another_ledger();

  test::temporary_directory place; ///< of SQLite's file
  std::unique_ptr<storage::store> store;
  std::unique_ptr<storage::catalog> catalog;
  std::unique_ptr<storage::plan_reader> plan;
  /// Claims and completions: two connections on PostgreSQL, one on SQLite.
  storage::ledger* claims = nullptr;
  storage::ledger* completions = nullptr;
  std::unique_ptr<storage::leader_lock> leadership;
  epoch_id epoch;

private:
  void open_database();

  std::vector<std::unique_ptr<storage::ledger>> ledgers_;
  std::unique_ptr<soci_connection> raw_;
};

/// The kind of error that `call` throws; nothing if it throws none.
template <class Call> std::optional<error_kind> kind_thrown(Call call) {
  try {
    call();
    return std::nullopt;
  } catch (const error& e) {
    return e.kind;
  }
}

/// Runs the cases of a suite on both databases.
#define XXL_ON_BOTH_DATABASES(suite)                                                                                   \
  INSTANTIATE_TEST_SUITE_P(                                                                                            \
      databases, suite, ::testing::Values(dialect::sqlite, dialect::postgres),                                         \
      [](const auto& test) { return std::string{test.param == dialect::sqlite ? "sqlite" : "postgres"}; })

} // namespace xxl::storage
