#pragma once
// The completion on SQLite: open row → history with all that follows, row by row in one transaction (storage.md §4c,
// §9).

#include "storage/ledger.hpp"
#include "storage/soci_values.hpp"
#include "storage/sqlite_units.hpp"

#include <soci/soci.h>

#include <map>
#include <string>
#include <tuple>

namespace xxl::storage::sqlite {

/// Call within a write transaction, behind the fence where an epoch was named.
class completions {
public:
  explicit completions(soci::session& s);
  void complete(std::span<const completion> rows, batch_units& units, complete_answer& answer);

private:
  /// What counters are grouped by: day, job, state, bucket of lateness, bucket of duration.
  using counter_key = std::tuple<long long, long long, long long, long long, long long>;
  struct counter {
    long long count = 0, duration_ms = 0;
  };

  bool move(const completion& row);
  void insert_retry(const completion& row, complete_answer& answer);
  void set_next_fire(const completion& row);
  void count(const completion& row);
  void take_off_parents(complete_answer& answer);
  void insert_counters();

  // Into history, and what was deleted.
  long long trigger_ = 0, ended_ = 0, state_ = 0, reason_ = 0;
  nullable_number session_, started_;
  std::string message_;
  soci::statement move_;
  long long job_ = 0, fire_ = 0, planned_ = 0, attempt_ = 0, killed_ = 0;
  nullable_number parent_, began_;
  std::string origin_;
  soci::statement remove_;

  // What follows.
  long long retry_ = 0, due_ = 0, next_ = 0;
  soci::statement retry_insert_, next_fire_;

  // At the end of the batch.
  std::map<long long, long long> closed_shards_; ///< of each parent
  std::map<counter_key, counter> counters_;
  long long shards_ = 0, left_ = 0;
  soci::statement parent_update_;
  long long day_ = 0, late_bucket_ = 0, duration_bucket_ = 0, count_ = 0, duration_ = 0;
  soci::statement counter_insert_;
};

/// Final states in history.
class final_states {
public:
  explicit final_states(soci::session& s);
  std::vector<final_state> look(std::span<const trigger_id> ids, std::span<const instant> fires);

private:
  long long trigger_ = 0, fire_ = 0, state_ = 0;
  soci::statement query_;
};

} // namespace xxl::storage::sqlite
