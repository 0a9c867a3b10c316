#pragma once
// A database server with what can happen between it and its clients. Statements are the product's own, on SQLite; what
// is simulated is PostgreSQL around them: sessions of its own for each client, statements that act at one instant
// between call and answer, answers and requests that are lost, statements that outlive their client, restarts, and the
// leader's advisory lock with its idle timeout.

#include "storage/error.hpp"
#include "storage/store.hpp"
#include "tests/simulation/world.hpp"

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace xxl::sim {

/// What a session is for; in production its application_name tells.
enum class duty : std::uint8_t { claim, complete, plan, catalog, lock };

/// The server's side of a session.
struct backend {
  duty what;
  bool alive = true;
  moment used{};     ///< when its last statement acted
  int under_way = 0; ///< statements that have not acted yet
};

/// What the laws look at.
struct database_listener {
  virtual ~database_listener() = default;
  /// A leader claims, for the first time or anew, not to settle.
  virtual void claims(process who) = 0;
  /// A row that no law allows came as far as a constraint.
  virtual void refuses(const std::string& statement, const std::string& why) = 0;
};

class database {
public:
  /// Per statement.
  struct traits {
    double locked = 0;       ///< of claims: another session holds some of the jobs' rows
    double refused = 0;      ///< not done for certain: a timeout, a lack of resources
    double slow = 0;         ///< acts late, and its answer comes later still
    double request_lost = 0; ///< the connection breaks before the server has the statement
    double answer_lost = 0;  ///< … after the statement acted
    double orphaned = 0;     ///< … before the statement acts: it does later, unless its backend is ended
    span slow_most = 500ms;
  };

  database(world& w, dice random, traits t, std::shared_ptr<storage::store> statements, database_listener& listener);

  /// What the node of that process opens its connections with.
  std::shared_ptr<storage::store> store_for(process who);

  /// Every session ends; nobody connects for that long.
  void restart(span down);
  /// The session that holds the leader's lock ends, as if somebody had terminated it.
  void end_lock_session();
  /// Nothing passes between the server and hosts of that name, in either direction.
  void part(const std::string& host) { parted_.insert(host); }
  void heal(const std::string& host) { parted_.erase(host); }
  /// From now on nothing fails any more by itself.
  void be_good() { traits_ = {}; }

  /// How long the node of that process may trust itself as the leader, by the heartbeats that were answered.
  moment trusted_until(process who) const;

private:
  friend class client;
  friend class ledger_client;
  friend class lock_client;
  friend class store_client;

  /// How one call goes: when its statement acts (never: not at all), when the caller hears, and what.
  struct fate {
    std::optional<span> acts = 0ns;
    span ends = 0ns;
    bool answered = true;
  };
  fate draw(process who, const char* statement, span patience);
  bool reachable(process who) const { return up_ && !parted_.contains(world_.name(who)); }
  /// False where the server has ended it: it was terminated, or is a lock session that was silent for too long.
  bool lives(const backend& b) const;
  std::shared_ptr<backend> accept(duty what);
  void terminate(backend& b);

  world& world_;
  dice random_;
  traits traits_;
  bool up_ = true;
  std::set<std::string> parted_;
  std::vector<std::weak_ptr<backend>> backends_;
  std::shared_ptr<backend> lock_holder_;
  std::map<process, moment> trusted_;
  database_listener& listener_;
  // One connection each: statements act one after the other.
  std::shared_ptr<storage::store> statements_;
  std::shared_ptr<storage::ledger> ledger_;
  std::shared_ptr<storage::plan_reader> plan_;
  std::shared_ptr<storage::catalog> catalog_;
  std::shared_ptr<storage::leader_lock> epochs_;
};

/// What a broken connection means for a statement under way.
enum class on_loss : std::uint8_t {
  unknown_outcome,
  repeatable,
  attended, ///< an unknown outcome; but several round trips: it acts only while its client is there
};

/// The client's side of a session: what storage/postgres_connection does.
class client {
public:
  client(database& db, process who, duty what) : db_{db}, who_{who}, what_{what} {}
  ~client() { close(); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Connects unless connected; ends the backend that was lost with an unknown outcome. Throws error_kind::unavailable.
  void open();
  bool is_open() const { return backend_ != nullptr; }
  void close();
  const std::shared_ptr<backend>& server_side() const { return backend_; }

  /// `work()` is the statement, with copies of all it needs: it may act when the caller is gone.
  template <class Work> std::invoke_result_t<Work> call(const char* name, on_loss loss, Work work, span patience = 8s) {
    using answer = std::invoke_result_t<Work>;
    require_session(loss);
    auto fate = db_.draw(who_, name, patience);
    if (fate.answered && fate.ends == 0ns) {
      backend_->used = db_.world_.now();
      return act(db_, name, work);
    }
    struct statement {
      std::conditional_t<std::is_void_v<answer>, bool, std::optional<answer>> result{};
      std::exception_ptr error;
    };
    auto done = std::make_shared<statement>();
    auto here = std::make_shared<bool>();
    act_later(fate.acts, [&db = db_, name, done, caller = std::weak_ptr{here}, loss, work] {
      if (loss == on_loss::attended && caller.expired()) return;
      try {
        if constexpr (std::is_void_v<answer>) {
          act(db, name, work);
          done->result = true;
        } else {
          done->result = act(db, name, work);
        }
      } catch (...) {
        done->error = std::current_exception();
      }
    });
    wait(fate.ends);
    if (!fate.answered || !(done->result || done->error) || !answer_comes()) lose(loss);
    if (done->error) std::rethrow_exception(done->error);
    if constexpr (!std::is_void_v<answer>) return std::move(*done->result);
  }

private:
  /// What a constraint refuses the laws hear of.
  template <class Work> static std::invoke_result_t<Work> act(database& db, const char* what, const Work& work) {
    try {
      return work();
    } catch (const storage::error& e) {
      if (e.kind == storage::error_kind::refused) db.listener_.refuses(what, e.what());
      throw;
    }
  }
  void require_session(on_loss loss);
  void act_later(std::optional<span> wait, std::function<void()> work);
  void wait(span length);
  bool answer_comes() const;
  [[noreturn]] void lose(on_loss loss);

  database& db_;
  process who_;
  duty what_;
  std::shared_ptr<backend> backend_, lost_;
};

} // namespace xxl::sim
