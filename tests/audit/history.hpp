#pragma once
// The records of one job as the product writes them: edits are planned by actors/admin/edit_plan, claims decided by
// schedule/misfire. Tests tamper with what is recorded and see what the audit says.

#include "actors/admin/armed_spec.hpp"
#include "audit/audit.hpp"
#include "storage/catalog.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <vector>

namespace xxl::audit::test {

using namespace std::chrono_literals;

inline constexpr instant zero = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

class history {
public:
  /// Job orders/NAME of id `id`, applied for the first time at `now`.
  history(const schedule_spec& schedule, instant now, std::int64_t id = 12, const std::string& name = "close-stale",
          bool group_paused = false);

  // ---- edits, as the job_version table keeps them

  void apply(const std::function<void(job_spec&)>& change, instant now);
  void reschedule(const schedule_spec& schedule, instant now);
  void pause(instant now);
  void resume(instant now);
  void remove(instant now);
  void pause_group(instant now);
  void resume_group(instant now);

  // ---- the scheduler and the executors

  /// Claims the stored next fire at `now`, whatever its lateness: its trigger, null if it was passed over.
  audit_trigger* claim(instant now);
  /// Ends it; what follows is written as well: the retry, a fixed delay's next fire.
  void complete(trigger_id trigger, instant now, trigger_state end = trigger_state::succeeded);
  /// Claims each fire 100 ms early and completes it 30 ms after it, up to `until`.
  void run_until(instant until);
  audit_trigger& trigger_by_hand(instant now);
  trigger_id open_trigger() const; ///< one that has not ended; none: all have

  // ---- the records

  audit_job job;
  std::vector<audit_version> versions;
  std::vector<audit_gap> gaps;
  std::vector<audit_trigger> triggers; ///< as they were written; the audit sees them by key
  job_spec spec;
  audit_trigger& trigger(trigger_id id);
  const audit_trigger& first_attempt(instant fire) const;
  bool paused() const { return row_.paused; }
  bool removed() const { return row_.deleted.has_value(); }

private:
  storage::locked_job locked(bool group_paused) const;
  void write(storage::job_edit edit, instant now);
  audit_trigger& add_trigger(instant fire);
  admin::armed_spec armed() const;
  void end_of_delay(const audit_trigger& ended, instant now);

  storage::job_row row_;
  std::map<spec_version, job_spec> specs_;
  std::int64_t next_id_;
};

/// Histories as an audit reads them.
class memory_source : public source {
public:
  explicit memory_source(std::vector<history*> jobs) : jobs_{std::move(jobs)} {}

  std::optional<subject> next() override;
  subject again() override;
  std::optional<audit_gap> next_gap() override;
  std::optional<audit_trigger> next_trigger() override;

  /// Called before a job is read a second time.
  std::function<void()> on_again;
  instant from = zero, to = zero + std::chrono::days{3'650};

private:
  subject open();

  std::vector<history*> jobs_;
  std::size_t at_ = 0;
  std::vector<audit_gap> gaps_;
  std::vector<audit_trigger> triggers_;
  std::size_t next_gap_ = 0, next_trigger_ = 0;
};

/// The audit of one history in [from, to), long after all of it.
report audit_of(history& h, instant from = zero, instant to = zero + std::chrono::days{3'650},
                const handler_record* handlers = nullptr);

} // namespace xxl::audit::test
