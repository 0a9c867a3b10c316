#pragma once
// What an audit finds (docs/xxlctl.md lists the kinds): errors, which break a promise of guarantees.md, and notes,
// which are facts worth knowing.

#include "protocol/ids.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::audit {

/// The names of these are told to people and programs: never rename one, only add.
enum class kind : std::uint8_t {
  // Errors: the schedule against the ledger.
  missing_fire,      ///< due, but neither a first attempt nor a gap row
  doubled_fire,      ///< two first attempts
  fire_not_due,      ///< a first attempt that no version asked for
  gap_overlaps_fire, ///< a fire that is in a gap row has a first attempt as well
  gaps_overlap,      ///< a fire is in two gap rows
  gap_count_wrong,   ///< a gap row's ends or number are not those of the schedule
  delay_not_awaited, ///< a fixed delay fired although the run before had not ended
  plan_lost,         ///< the schedule has a next fire, but none is stored
  // Errors: each trigger by itself and with its attempts.
  illegal_state,     ///< a row that no legal path leads to
  final_without_end, ///< a final state without an end
  attempt_missing,   ///< a retry without the attempt before it
  attempt_doubled,   ///< one attempt of a retry, a shard or a trigger by hand stands twice
  retry_not_asked,   ///< an attempt after one that is open, or that nothing may follow
  retry_missing,     ///< the retry that must follow was never written
  shard_missing,     ///< a broadcast's parent without one of its shards
  shard_unasked,     ///< a shard that no parent asked for
  // Errors: what the record refers to.
  unknown_job,      ///< records of a job that does not exist
  unknown_version,  ///< a record under a version that does not exist
  version_missing,  ///< a hole in the versions of a job
  version_unusable, ///< a specification that cannot be read: nothing can be proved of its time
  // Errors: the handlers' own record against the ledger.
  handler_doubled,       ///< an attempt started twice
  handler_without_row,   ///< an attempt started that the ledger does not know
  handler_denied,        ///< an attempt started that never did, says the ledger
  handler_elsewhere,     ///< an attempt started in another session than the ledger's
  start_without_handler, ///< an attempt ran, says the ledger, but no handler noted it
  // Notes.
  gap,                ///< a gap row
  held,               ///< fires held by a pause that goes on; its end writes the gap row
  not_claimed,        ///< due for some time and not claimed: is there a leader?
  times_out_of_order, ///< times of a row contradict each other: clocks of different hosts do
  tzdb_differs,       ///< planned with other zone data than this machine's
  handlers_silent,    ///< runs of a job that the handlers' record does not name at all
};

std::string_view name_of(kind x);
bool is_error(kind x);
/// All of them, errors first.
std::span<const kind> all_kinds();

struct finding {
  audit::kind what = kind::missing_fire;
  std::string job;                      ///< group/name
  instant first{}, last{};              ///< the fire, or the first and the last one
  std::int64_t fires = 0;               ///< how many; 0 where it is not fires that are counted
  std::string origin;                   ///< with shard and attempt, where it is about one trigger
  std::int16_t shard = -1, attempt = 0; ///< attempt 0: not about one trigger
  trigger_id trigger;                   ///< none: not about one trigger
  std::string text;                     ///< a sentence that names job, fire and trigger
};

/// Counts all findings; keeps the first ones of each severity.
class findings {
public:
  explicit findings(std::size_t most_kept = 1'000) : most_{most_kept} {}

  void add(finding f);
  void add(const findings& other);
  /// Takes out the errors that `earlier` does not have: of the same kind, at the same fire, origin, shard and attempt.
  void keep_errors_also_in(const findings& earlier);

  const std::vector<finding>& errors() const { return errors_; }
  const std::vector<finding>& notes() const { return notes_; }
  const std::map<kind, std::uint64_t>& counts() const { return counts_; }
  std::uint64_t count(kind x) const;
  std::uint64_t error_count() const;
  std::uint64_t note_count() const;

private:
  std::size_t most_;
  std::vector<finding> errors_, notes_;
  std::map<kind, std::uint64_t> counts_;
};

} // namespace xxl::audit
