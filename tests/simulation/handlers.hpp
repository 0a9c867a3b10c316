#pragma once
// Handlers without threads: each run begins a moment after its turn came and takes as long as the seed says. Some
// fail, some go on after their timeout. The work of every run goes through the product's run_recorder, as on a thread.

#include "actors/executor/handler_pool.hpp"
#include "tests/simulation/world.hpp"

#include <functional>
#include <memory>

namespace xxl::sim {

/// What a job's handler does, by draw.
struct behaviour {
  span shortest = 1ms, longest = 50ms;
  double fails = 0;
  double ignores_cancel = 0; ///< goes on after its timeout
};

struct run_listener {
  virtual ~run_listener() = default;
  /// The work of that run begins now.
  virtual void started(process who, const executor::run& what) = 0;
  virtual void finished(process who, const executor::run& what, bool succeeded) = 0;
  /// That process is gone, without a word; its disk too where its host was lost.
  virtual void died(process who, bool host_too) = 0;
  /// What that process writes fails from now on, for a while.
  virtual void disk_fills(process who) = 0;
};

/// The workers of one executor's life; ended with it.
std::shared_ptr<executor::handler_runner> make_handlers(world& w, dice random, process who,
                                                        std::function<behaviour(const order&)> behaviour_of,
                                                        std::shared_ptr<executor::run_recorder> recorder,
                                                        run_listener& listener);

} // namespace xxl::sim
