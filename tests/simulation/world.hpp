#pragma once
// The one thread in which everybody lives: whose turn it is, and what time. Each step runs one message of one actor,
// chosen by the seed among all that are ready, and takes a little time; when nobody is ready, time goes on to the next
// timer or event. Processes can be frozen (their actors are passed over, then wake and believe) and killed (their
// actors are gone, without a goodbye).
//
// A call that blocks an actor in production, which has a thread of its own there, lets everybody else go on: wait()
// runs the steps of the others until the call is over.

#include "tests/simulation/dice.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace xxl::sim {

using namespace std::chrono_literals;

using moment = caf::actor_clock::time_point;
using span = std::chrono::nanoseconds;

/// One life of a process. `nobody` owns what is outside of all: the network, the operators, the simulation itself.
enum class process : std::size_t { nobody = 0 };

class world {
public:
  /// `step_most`: how long a step may take.
  world(caf::actor_system& sys, dice random, span step_most);

  caf::actor_system& system() { return system_; }
  moment now() const { return clock_.current_time; }
  caf::detail::test_actor_clock& clock() { return clock_; }

  // ---- processes

  process begin(std::string name);
  /// What `f` spawns belongs to that process.
  void as(process who, const std::function<void()>& f);
  void kill(process who);
  /// The end of everything: all processes, all that was to come. Answers how many actors are left all the same.
  std::size_t end();
  void freeze(process who) { at_[index(who)].frozen = true; }
  void thaw(process who) { at_[index(who)].frozen = false; }
  /// Whatever its steps write to files fails, as on a full disk.
  void fill_disk(process who, bool full) { at_[index(who)].disk_full = full; }
  bool alive(process who) const { return at_[index(who)].alive; }
  bool frozen(process who) const { return at_[index(who)].frozen; }
  const std::string& name(process who) const { return at_[index(who)].name; }
  /// Whose step it is.
  process current() const { return current_; }
  /// Actors of that process that have not ended.
  std::size_t actors(process who) const;

  // ---- time

  /// Calls `what` then, as that process: later if it is frozen, never if it is dead.
  void at(moment when, process who, std::function<void()> what);
  void in(span wait, process who, std::function<void()> what) { at(now() + wait, who, std::move(what)); }
  void run_until(moment limit);
  /// The call that the running actor makes takes until then, or until `over`. Time may be later when it returns, if the
  /// process was frozen meanwhile; it returns at once when the process dies.
  void wait(moment until, const std::function<bool()>& over);
  /// How long such a call may take: no longer than those that wait for it to end.
  span longest_wait() const;

  /// Nothing runs any more.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }

  std::uint64_t steps() const { return steps_; }
  /// Of all steps so far: who took them, and when.
  std::uint64_t hash() const { return hash_; }

private:
  struct life {
    std::string name;
    bool alive = true, frozen = false, disk_full = false;
    std::vector<caf::weak_actor_ptr> actors;
  };
  struct event {
    process who;
    std::function<void()> what;
  };
  static std::size_t index(process p) { return static_cast<std::size_t>(p); }
  static caf::actor_id id_of(const caf::resumable* job);
  process owner(caf::actor_id id) const;
  /// Whatever was spawned since the last call belongs to whose step it is.
  void adopt();
  void happen();
  /// False if nothing is to be done before `limit`, which it is then.
  bool turn(moment limit);
  bool take_step();
  void run(std::size_t job);

  caf::actor_system& system_;
  caf::scheduler::test_coordinator& coordinator_;
  caf::detail::test_actor_clock& clock_;
  dice random_;
  span step_most_;
  std::vector<life> at_;
  std::vector<process> owners_; ///< by actor id
  std::multimap<moment, event> events_;
  std::vector<moment> waits_; ///< of calls that block, the innermost last
  process current_ = process::nobody;
  bool stopped_ = false;
  std::uint64_t steps_ = 0, hash_ = 0;
};

} // namespace xxl::sim
