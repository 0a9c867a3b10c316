#pragma once
// What the scheduler's tests share: a cast of fakes around the actor under test, jobs and rows with sensible defaults,
// and a ledger in memory that fails where a test says so.

#include "actors/admin/scheduler_actors.hpp"
#include "actors/admin/trust.hpp"
#include "actors/metrics.hpp"
#include "storage/error.hpp"
#include "storage/leadership.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace xxl::admin::test {

using namespace std::chrono_literals;

/// Options of a job; every second, in group 1, unless a test says otherwise.
struct job_options {
  schedule_spec schedule = every_schedule{1s, std::nullopt};
  group_id group{1};
  spec_version version = 1;
  route_strategy route = route_strategy::round;
  misfire_policy misfire = misfire_policy::skip;
  work_spec work = handler_work{"noop"};
  std::chrono::milliseconds misfire_deadline{0};
};
armed_job_ptr make_job(std::int64_t id, const job_options& options = {});

/// A row of that job that waits since `due`.
waiting_trigger make_waiting(std::int64_t trigger, const armed_job_ptr& job, instant due);
/// A fire on time: it runs at `at`, and a second later again.
due_fire make_due(const armed_job_ptr& job, instant at);
/// An order as the ledger hands it to a link.
order make_order(std::int64_t trigger, instant planned);

template <class Id> std::vector<std::int64_t> values(const std::vector<Id>& ids) {
  std::vector<std::int64_t> all;
  for (auto& id : ids) all.push_back(id.value);
  return all;
}
std::vector<std::int64_t> ids_of(const std::vector<order>& orders);

/// A storage::ledger in memory. It grants every claim and moves every completion; what it was asked stays in `calls`,
/// and faults strike in the order given.
class fake_ledger final : public storage::ledger {
public:
  struct fault {
    std::string call; ///< name of the function
    storage::error_kind kind = storage::error_kind::unavailable;
    std::string state;
  };
  std::deque<fault> faults;       ///< each strikes once, at the next call of that name
  std::vector<std::string> calls; ///< "claim", "claim (settle)", "complete", …
  /// Called within each call, with its name: what happens meanwhile.
  std::function<void(const std::string&)> meanwhile = [](const std::string&) {};

  storage::fence fence = storage::fence::ours;
  std::set<job_id> edited;                   ///< jobs that lose their compare-and-set
  std::set<job_id> locked;                   ///< jobs whose rows another session holds
  std::set<trigger_id> gone;                 ///< rows that a claim or a completion does not find
  std::map<trigger_id, trigger_state> ended; ///< of `gone`: final already

  std::vector<storage::claim_batch> claims;
  std::vector<std::vector<storage::waiting_claim>> waiting_claims;
  struct completed {
    std::optional<epoch_id> epoch;
    std::vector<storage::completion> rows;
  };
  std::vector<completed> completions;
  std::vector<storage::hand_back> handed_back;
  std::vector<storage::progress_report> reports;
  std::vector<storage::session_open> opened;
  storage::session_opened opening{true, {}, true, false, {}};
  std::vector<std::pair<session_id, session_end>> ended_sessions;
  std::vector<session_id> renewed;
  instant wall{};                    ///< the database's clock
  std::vector<instant> leases_until; ///< of each renewal and takeover
  std::vector<instant> looked_at;    ///< what leases were compared with
  std::vector<session_id> live, lease_over;
  std::vector<storage::dead_session> dead;
  std::vector<storage::open_row> open;
  std::vector<awaiting> overdue;
  std::vector<std::pair<job_id, std::optional<instant>>> next_set;

  void connect() override;
  trigger_id take_ids() override;
  storage::claim_answer claim(epoch_id epoch, const storage::claim_batch& batch, instant now,
                              storage::run how) override;
  storage::claim_answer claim_waiting(epoch_id epoch, std::span<const storage::waiting_claim> rows, instant now,
                                      storage::run how) override;
  std::vector<job_id> unlocked(std::span<const job_id> jobs) override;
  storage::complete_answer complete(std::optional<epoch_id> epoch, std::span<const storage::completion> rows,
                                    instant now, storage::run how) override;
  std::vector<storage::final_state> finals(std::span<const trigger_id> ids, std::span<const instant> fires) override;
  std::vector<trigger_id> hand_back_rows(epoch_id epoch, std::span<const storage::hand_back> rows) override;
  void report(std::span<const storage::progress_report> rows) override;
  storage::session_opened open_session(epoch_id epoch, const storage::session_open& s) override;
  storage::sessions_answer renew_sessions(epoch_id epoch, std::span<const session_id> sessions,
                                          instant lease_until) override;
  storage::sessions_answer end_sessions(epoch_id epoch, std::span<const session_id> sessions, instant now,
                                        session_end reason) override;
  storage::sessions_answer end_expired(epoch_id epoch, instant now) override;
  storage::sessions_answer lease_takeover(epoch_id epoch, instant lease_until) override;
  std::vector<storage::open_row> open_rows(std::span<const session_id> sessions, trigger_id after,
                                           std::size_t most) override;
  std::vector<storage::dead_session> ended_with_open_rows() override;
  std::vector<awaiting> overdue_ends() override;
  bool set_next(const awaiting& row, std::optional<instant> next) override;
  instant database_now() override;

private:
  /// Notes the call, and fails if a fault waits for it.
  void called(const std::string& name, storage::run how = storage::run::first);
  std::int64_t blocks_ = 0;
};

/// A leader lock in memory, free unless another node has it.
class fake_lock final : public storage::leader_lock {
public:
  bool reachable = true; ///< the database answers
  bool free = true;      ///< try_lock() is granted
  bool beats = true;     ///< heartbeats are answered
  std::function<std::optional<instant>()> database_now = [] { return std::optional<instant>{}; };
  std::vector<storage::presence> present;
  std::int64_t epoch = 100; ///< the next one is one higher
  std::vector<std::string> calls;
  /// Called within a heartbeat and a try: what happens meanwhile.
  std::function<void()> meanwhile = [] {};

  void connect() override;
  bool try_lock() override;
  epoch_id raise_epoch(const std::string& node, instant now) override;
  bool heartbeat(std::chrono::milliseconds patience) override;
  std::optional<instant> say_present(const storage::presence& p) override;
  void hand_over(epoch_id epoch) noexcept override;
  void close() noexcept override;

private:
  void reach(const char* call);
};

/// The actor under test in the middle of fakes: each is made of the handlers a test gives it.
class SchedulerTest : public xxl::test::ActorTest {
protected:
  static constexpr epoch_id epoch{101};
  static constexpr epoch_id later_epoch{102};

  trust_ptr leads = std::make_shared<trust>(clock);
  metrics_ptr stats = std::make_shared<metrics>();

  SchedulerTest() { leads->begin(epoch, clock.boot() + 24h); }

  /// An actor behind a typed interface that answers with these handlers.
  template <class Handle, class... Fs> Handle play(Fs... handlers) {
    auto actor = sys.spawn([=](caf::event_based_actor*) -> caf::behavior { return {handlers...}; });
    cast_.push_back(actor);
    return caf::actor_cast<Handle>(actor);
  }
  /// The real one, ended with the test.
  template <class Handle> Handle watch_over(Handle actor) {
    cast_.push_back(caf::actor_cast<caf::actor>(actor));
    settle();
    return actor;
  }
  /// A handler that keeps what it is told.
  template <class T> static auto keep(std::vector<T>& kept) {
    return [&kept](T& x) { kept.push_back(std::move(x)); };
  }
  template <class Handle> void end(const Handle& actor) {
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    settle();
  }
  std::int64_t stat(const char* name) const { return stats->at(name); }

  /// Nothing under test outlives what its fakes refer to.
  void TearDown() override {
    for (auto it = cast_.rbegin(); it != cast_.rend(); ++it) self->send_exit(*it, caf::exit_reason::kill);
    settle();
    cast_.clear();
    sched.clock().cancel_all();
    settle();
  }

private:
  std::vector<caf::actor> cast_;
};

} // namespace xxl::admin::test
