// What the nodes hold in their hands: the product's storage interfaces, each on a session of its own.

#include "storage/error.hpp"
#include "tests/simulation/database.hpp"
#include "tests/simulation/sometimes.hpp"

#include <utility>

namespace xxl::sim {

using storage::error;
using storage::error_kind;
using storage::run;

namespace {

template <class T> std::vector<T> copy(std::span<const T> all) { return {all.begin(), all.end()}; }

/// One session, opened whenever a call finds it closed, as the product's implementations do.
class caller {
protected:
  caller(database& db, process who, duty what) : session_{db, who, what} {}
  template <class Work> auto read(const char* what, Work work) {
    session_.open();
    return session_.call(what, on_loss::repeatable, std::move(work));
  }
  /// A statement that settles leaves the outcome as unknown as it was, whatever goes wrong before it has acted.
  template <class Work> auto write(const char* what, run how, Work work) {
    try {
      session_.open();
      return session_.call(what, on_loss::unknown_outcome, std::move(work));
    } catch (const error& e) {
      if (how == run::settle && (e.kind == error_kind::unavailable || e.kind == error_kind::retry))
        throw error{error_kind::unknown_outcome, e.state, std::string{"not settled yet: "} + e.what()};
      throw;
    }
  }
  client session_;
};

} // namespace

/// Opens the interfaces, and the way from them into the database's own.
class store_client final : public storage::store {
public:
  store_client(database& db, process who) : db_{db}, who_{who} {}
  void migrate() override {}
  std::unique_ptr<storage::ledger> open_ledger(bool claims) override;
  std::unique_ptr<storage::plan_reader> open_plan_reader() override;
  std::unique_ptr<storage::catalog> open_catalog() override;
  std::unique_ptr<storage::leader_lock> open_leader_lock() override;
  bool one_writer() const noexcept override { return false; }
  std::string describe() const override { return "simulated"; }

private:
  database& db_;
  process who_;
};

// ---- the ledger

namespace {

/// What carries a fence goes out on the claim connection only.
class ledger_caller : protected caller {
protected:
  ledger_caller(database& db, process who, bool claims)
      : caller{db, who, claims ? duty::claim : duty::complete}, claims_{claims} {}
  template <class Work> auto fenced(const char* what, run how, Work work) {
    if (!claims_) throw error{error_kind::fatal, {}, "a fenced statement on the completion connection"};
    return write(what, how, std::move(work));
  }

private:
  bool claims_;
};

} // namespace

class ledger_client final : public storage::ledger, ledger_caller {
public:
  ledger_client(database& db, process who, bool claims, std::shared_ptr<storage::ledger> statements)
      : ledger_caller{db, who, claims}, db_{db}, who_{who}, do_{std::move(statements)} {}

  void connect() override { session_.open(); }
  trigger_id take_ids() override {
    return read("take_ids", [to = do_] { return to->take_ids(); });
  }
  storage::claim_answer claim(epoch_id epoch, const storage::claim_batch& batch, instant now, run how) override {
    if (how == run::first && db_.random_.chance(db_.traits_.locked))
      throw error{error_kind::retry, "55P03", "canceling statement due to lock timeout"};
    return noted(how, batch.triggers.size(), [=, this, to = do_] {
      return fenced("claim", how, [=] { return to->claim(epoch, batch, now, how); });
    });
  }
  storage::claim_answer claim_waiting(epoch_id epoch, std::span<const storage::waiting_claim> rows, instant now,
                                      run how) override {
    return noted(how, rows.size(), [=, this, to = do_, rows = copy(rows)] {
      return fenced("claim_waiting", how, [=] { return to->claim_waiting(epoch, rows, now, how); });
    });
  }
  std::vector<job_id> unlocked(std::span<const job_id> jobs) override {
    auto free = read("unlocked", [to = do_, jobs = copy(jobs)] { return to->unlocked(jobs); });
    std::erase_if(free, [this](auto&) { return db_.random_.chance(0.3); });
    return free;
  }
  storage::complete_answer complete(std::optional<epoch_id> epoch, std::span<const storage::completion> rows,
                                    instant now, run how) override {
    auto work = [=, to = do_, rows = copy(rows)] { return to->complete(epoch, rows, now, how); };
    return epoch ? fenced("complete", how, work) : write("complete", how, work);
  }
  std::vector<storage::final_state> finals(std::span<const trigger_id> ids, std::span<const instant> fires) override {
    return read("finals", [to = do_, ids = copy(ids), fires = copy(fires)] { return to->finals(ids, fires); });
  }
  std::vector<trigger_id> hand_back_rows(epoch_id epoch, std::span<const storage::hand_back> rows) override {
    return fenced("hand_back_rows", run::first,
                  [=, to = do_, rows = copy(rows)] { return to->hand_back_rows(epoch, rows); });
  }
  void report(std::span<const storage::progress_report> rows) override {
    write("report", run::first, [to = do_, rows = copy(rows)] { to->report(rows); });
  }
  storage::session_opened open_session(epoch_id epoch, const storage::session_open& s) override {
    return fenced("open_session", run::first, [=, to = do_] { return to->open_session(epoch, s); });
  }
  storage::sessions_answer renew_sessions(epoch_id epoch, std::span<const session_id> sessions,
                                          instant until) override {
    return fenced("renew_sessions", run::first,
                  [=, to = do_, all = copy(sessions)] { return to->renew_sessions(epoch, all, until); });
  }
  storage::sessions_answer end_sessions(epoch_id epoch, std::span<const session_id> sessions, instant now,
                                        session_end why) override {
    return fenced("end_sessions", run::first,
                  [=, to = do_, all = copy(sessions)] { return to->end_sessions(epoch, all, now, why); });
  }
  storage::sessions_answer end_expired(epoch_id epoch, instant now) override {
    return fenced("end_expired", run::first, [=, to = do_] { return to->end_expired(epoch, now); });
  }
  storage::sessions_answer lease_takeover(epoch_id epoch, instant until) override {
    return fenced("lease_takeover", run::first, [=, to = do_] { return to->lease_takeover(epoch, until); });
  }
  std::vector<storage::open_row> open_rows(std::span<const session_id> sessions, trigger_id after,
                                           std::size_t most) override {
    return read("open_rows", [=, to = do_, all = copy(sessions)] { return to->open_rows(all, after, most); });
  }
  std::vector<storage::dead_session> ended_with_open_rows() override {
    return read("ended_with_open_rows", [to = do_] { return to->ended_with_open_rows(); });
  }
  std::vector<awaiting> overdue_ends() override {
    return read("overdue_ends", [to = do_] { return to->overdue_ends(); });
  }
  bool set_next(const awaiting& row, std::optional<instant> next) override {
    return write("set_next", run::first, [=, to = do_] { return to->set_next(row, next); });
  }
  instant database_now() override {
    return read("database_now", [to = do_] { return to->database_now(); });
  }

private:
  template <class Claim> storage::claim_answer noted(run how, std::size_t rows, Claim claim) {
    if (how == run::first) db_.listener_.claims(who_);
    try {
      auto answer = claim();
      if (answer.fence == storage::fence::deposed)
        sometimes(how == run::settle ? "a claim is settled: another epoch is in force"
                                     : "a claim of an older epoch is refused");
      else if (how == run::settle && rows > 0)
        sometimes(answer.claimed.empty() ? "a claim is settled: nothing of it counts"
                                         : "a claim is settled: it counts");
      return answer;
    } catch (const error& e) {
      if (how == run::first && e.kind == error_kind::unknown_outcome) sometimes("a claim's outcome is unknown");
      throw;
    }
  }

  database& db_;
  process who_;
  std::shared_ptr<storage::ledger> do_;
};

// ---- what only reads

namespace {

class plan_client final : public storage::plan_reader, caller {
public:
  plan_client(database& db, process who, std::shared_ptr<storage::plan_reader> statements)
      : caller{db, who, duty::plan}, do_{std::move(statements)} {}
  void connect() override { session_.open(); }
  std::vector<storage::due_job> due(instant until, instant next, job_id job, std::size_t most) override {
    return read("due", [=, to = do_] { return to->due(until, next, job, most); });
  }
  std::vector<storage::waiting_row> waiting(instant until, instant due, trigger_id trigger, std::size_t most) override {
    return read("waiting", [=, to = do_] { return to->waiting(until, due, trigger, most); });
  }
  std::vector<storage::marked_row> marked(trigger_id after, std::size_t most) override {
    return read("marked", [=, to = do_] { return to->marked(after, most); });
  }
  std::vector<storage::stored_spec> specs(std::span<const storage::spec_key> keys) override {
    return read("specs", [to = do_, keys = copy(keys)] { return to->specs(keys); });
  }

private:
  std::shared_ptr<storage::plan_reader> do_;
};

// ---- people's

class catalog_client final : public storage::catalog, caller {
public:
  catalog_client(database& db, process who, std::shared_ptr<storage::catalog> statements)
      : caller{db, who, duty::catalog}, do_{std::move(statements)} {}
  void connect() override { session_.open(); }
  trigger_id take_ids() override {
    return read("take_ids", [to = do_] { return to->take_ids(); });
  }
  std::vector<storage::group_row> groups() override {
    return read("groups", [to = do_] { return to->groups(); });
  }
  std::string put_group(const group_spec& g, const storage::edit_note& note) override {
    return write("put_group", run::first, [=, to = do_] { return to->put_group(g, note); });
  }
  std::optional<storage::job_row> find_job(const std::string& group, const std::string& name) override {
    return read("find_job", [=, to = do_] { return to->find_job(group, name); });
  }
  std::vector<storage::job_row> find_jobs(std::span<const job_ref> names) override {
    return read("find_jobs", [to = do_, names = copy(names)] { return to->find_jobs(names); });
  }
  std::vector<storage::job_row> list_jobs(const job_query& q) override {
    return read("list_jobs", [=, to = do_] { return to->list_jobs(q); });
  }
  std::vector<job_id> create_jobs(std::span<const storage::new_job> jobs, const storage::edit_note& note) override {
    return write("create_jobs", run::first, [=, to = do_, jobs = copy(jobs)] { return to->create_jobs(jobs, note); });
  }
  std::optional<storage::job_row>
  edit_job(job_id job, const std::function<std::optional<storage::job_edit>(const storage::locked_job&)>& decide,
           const storage::edit_note& note) override {
    session_.open();
    return session_.call("edit_job", on_loss::attended, [=, to = do_] { return to->edit_job(job, decide, note); });
  }
  trigger_receipt insert_manual(const storage::manual_row& row) override {
    return write("insert_manual", run::first, [=, to = do_] { return to->insert_manual(row); });
  }
  storage::kill_marks kill(std::span<const trigger_id> triggers, const storage::edit_note& note,
                           const std::string& target) override {
    return write("kill", run::first, [=, to = do_, ids = copy(triggers)] { return to->kill(ids, note, target); });
  }
  std::vector<trigger_id> open_unmarked(job_id job, std::size_t most) override {
    return read("open_unmarked", [=, to = do_] { return to->open_unmarked(job, most); });
  }
  cluster_view cluster() override {
    return read("cluster", [to = do_] { return to->cluster(); });
  }
  std::vector<executor_view> list_executors() override {
    return read("list_executors", [to = do_] { return to->list_executors(); });
  }
  std::vector<trigger_view> list_triggers(const trigger_query& q) override {
    return read("list_triggers", [=, to = do_] { return to->list_triggers(q); });
  }
  std::vector<gap_view> list_gaps(job_id job, std::size_t most) override {
    return read("list_gaps", [=, to = do_] { return to->list_gaps(job, most); });
  }
  std::vector<storage::stored_spec> specs(std::span<const storage::spec_key> keys) override {
    return read("specs", [to = do_, keys = copy(keys)] { return to->specs(keys); });
  }
  std::vector<audit_job> audit_jobs(const audit_query& q) override {
    return read("audit_jobs", [=, to = do_] { return to->audit_jobs(q); });
  }
  std::vector<storage::version_row> audit_versions(const audit_query& q) override {
    return read("audit_versions", [=, to = do_] { return to->audit_versions(q); });
  }
  std::vector<audit_gap> audit_gaps(const audit_query& q) override {
    return read("audit_gaps", [=, to = do_] { return to->audit_gaps(q); });
  }
  std::vector<audit_trigger> audit_triggers(const audit_query& q) override {
    return read("audit_triggers", [=, to = do_] { return to->audit_triggers(q); });
  }
  void ensure_days(instant, instant) override {}

private:
  std::shared_ptr<storage::catalog> do_;
};

} // namespace

// ---- the leader's lock

/// An advisory lock: it goes with its session.
class lock_client final : public storage::leader_lock {
public:
  lock_client(database& db, process who) : db_{db}, who_{who}, session_{db, who, duty::lock} {}
  ~lock_client() override { lock_client::close(); }

  void connect() override { session_.open(); }
  bool try_lock() override {
    asked_ = db_.world_.now();
    return session_.call("try_lock", on_loss::repeatable, [&db = db_, me = session_.server_side()] {
      if (auto& holder = db.lock_holder_; holder && holder != me) {
        if (db.lives(*holder)) return false;
        if (holder->alive) sometimes("a leader's lock session is ended by silence");
      }
      db.lock_holder_ = me;
      return true;
    });
  }
  epoch_id raise_epoch(const std::string& node, instant now) override {
    auto epoch = session_.call("raise_epoch", on_loss::repeatable, [&db = db_, node, now] {
      for (auto& weak : db.backends_)
        if (auto b = weak.lock(); b && b->what == duty::claim) db.terminate(*b);
      return db.epochs_->raise_epoch(node, now);
    });
    db_.trusted_[who_] = asked_ + trust;
    return epoch;
  }
  bool heartbeat(std::chrono::milliseconds patience) override {
    try {
      auto sent = db_.world_.now();
      auto ours = session_.call(
          "heartbeat", on_loss::repeatable, [&db = db_, me = session_.server_side()] { return db.lock_holder_ == me; },
          patience);
      auto& until = db_.trusted_[who_];
      if (ours && db_.world_.now() < until) until = std::max(until, sent + trust);
      return ours;
    } catch (const error&) {
      return false;
    }
  }
  std::optional<instant> say_present(const storage::presence& p) override {
    return session_.call("say_present", on_loss::repeatable, [&db = db_, p] {
      db.epochs_->say_present(p);
      return std::optional{db.ledger_->database_now()};
    });
  }
  void hand_over(epoch_id epoch) noexcept override {
    try {
      session_.call("hand_over", on_loss::repeatable, [&db = db_, epoch] { db.epochs_->hand_over(epoch); });
    } catch (const error&) {
      // The record then says that this node fell silent.
    }
    close();
  }
  void close() noexcept override { session_.close(); }

private:
  static constexpr auto trust = 2s; // guarantees.md §3

  database& db_;
  process who_;
  client session_;
  moment asked_{}; ///< for the lock, the last time
};

// ---- the store

std::unique_ptr<storage::ledger> store_client::open_ledger(bool claims) {
  return std::make_unique<ledger_client>(db_, who_, claims, db_.ledger_);
}
std::unique_ptr<storage::plan_reader> store_client::open_plan_reader() {
  return std::make_unique<plan_client>(db_, who_, db_.plan_);
}
std::unique_ptr<storage::catalog> store_client::open_catalog() {
  return std::make_unique<catalog_client>(db_, who_, db_.catalog_);
}
std::unique_ptr<storage::leader_lock> store_client::open_leader_lock() {
  return std::make_unique<lock_client>(db_, who_);
}

std::shared_ptr<storage::store> database::store_for(process who) { return std::make_shared<store_client>(*this, who); }

} // namespace xxl::sim
