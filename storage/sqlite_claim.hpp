#pragma once
// The claims on SQLite: what is one statement on PostgreSQL, row by row in one transaction (storage.md §4b, §9).

#include "storage/ledger.hpp"
#include "storage/soci_values.hpp"
#include "storage/sqlite_units.hpp"

#include <soci/soci.h>

namespace xxl::storage::sqlite {

/// The fence: one for all that is bound to an epoch.
class leader_row {
public:
  explicit leader_row(soci::session& s);
  storage::fence look(epoch_id epoch);

private:
  long long epoch_ = 0, paused_ = 0;
  soci::statement query_;
};

/// Compare-and-set of next fires, gap rows and new triggers. Call within a write transaction, behind the fence.
class claims {
public:
  explicit claims(soci::session& s);
  void claim(epoch_id epoch, const claim_batch& batch, instant now, batch_units& units, claim_answer& answer);
  /// What an earlier, lost claim of this batch wrote: adds to `answer` what it did not take now.
  void settle(epoch_id epoch, const claim_batch& batch, claim_answer& answer);

private:
  void claim_job(epoch_id epoch, const advance& a, std::span<const new_trigger* const> triggers, instant now,
                 claim_answer& answer);
  bool advance_fire(const advance& a);
  void insert_gap(const advance& a, instant now);
  bool insert_trigger(epoch_id epoch, const advance& a, const new_trigger& t, instant now);

  long long job_ = 0, expect_ = 0, version_ = 0, fires_ = 0, awaits_ = 0;
  nullable_number next_, last_;
  soci::statement advance_;

  long long gap_from_ = 0, gap_to_ = 0, gap_fires_ = 0, gap_reason_ = 0, now_ = 0;
  soci::statement gap_;

  long long trigger_ = 0, fire_ = 0, epoch_ = 0, shard_ = 0, shards_ = 0, state_ = 0, cause_ = 0, reason_ = 0;
  nullable_number planned_, parent_, session_, claimed_, due_, open_shards_;
  soci::statement trigger_insert_;

  long long found_ = 0;
  soci::statement standing_;
};

/// Claims of rows that wait. Call within a write transaction, behind the fence.
class waiting_claims {
public:
  explicit waiting_claims(soci::session& s);
  void claim(epoch_id epoch, std::span<const waiting_claim> rows, instant now, batch_units& units,
             claim_answer& answer);
  void settle(epoch_id epoch, std::span<const waiting_claim> rows, claim_answer& answer);

private:
  void bind(epoch_id epoch, const waiting_claim& row);

  long long trigger_ = 0, epoch_ = 0, now_ = 0, handed_ = 0, found_ = 0;
  nullable_number session_;
  soci::statement claim_, standing_;
};

} // namespace xxl::storage::sqlite
