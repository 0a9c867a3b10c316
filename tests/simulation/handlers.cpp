#include "tests/simulation/handlers.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <set>
#include <utility>
#include <vector>

namespace xxl::sim {
namespace {

using executor::run_ptr;
/// INTERNAL to a worker: the work of that run begins, or ends.
struct begin_run {
  run_ptr what;
};
struct end_run {
  run_ptr what;
  bool succeeds = true;
};

} // namespace
} // namespace xxl::sim

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::sim::begin_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::sim::end_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<xxl::executor::run_ptr>)

namespace xxl::sim {
namespace {

constexpr auto thread_wakes = 3ms;

/// All threads of one executor: whoever is frozen or killed takes its workers along.
class workers {
public:
  workers(dice random, process who, std::function<behaviour(const order&)> behaviour_of,
          std::shared_ptr<executor::run_recorder> recorder, run_listener& listener)
      : random_{random},
        who_{who},
        behaviour_of_{std::move(behaviour_of)},
        recorder_{std::move(recorder)},
        listener_{listener} {}

  void begin(caf::event_based_actor* self, const run_ptr& what) {
    if (!recorder_->begin(what)) return;
    listener_.started(who_, *what);
    auto does = behaviour_of_(what->task);
    auto succeeds = !random_.chance(does.fails);
    running_.insert(what.get());
    self->delayed_send(self, random_.between(does.shortest, does.longest), end_run{what, succeeds});
    if (random_.chance(does.ignores_cancel)) return;
    what->on_cancel([me = caf::actor_cast<caf::actor_addr>(self), run = std::weak_ptr{what}, succeeds] {
      if (auto worker = caf::actor_cast<caf::actor>(me)) caf::anon_send(worker, end_run{run.lock(), succeeds});
    });
  }
  void end(const end_run& x) {
    if (running_.erase(x.what.get()) == 0) return; // cancelled before its time was over
    listener_.finished(who_, *x.what, x.succeeds);
    recorder_->end(x.what, x.succeeds ? trigger_state::succeeded : trigger_state::failed,
                   x.succeeds ? state_reason::none : state_reason::handler_error, {});
  }
  span wake() { return random_.between(0ns, thread_wakes); }

private:
  dice random_;
  process who_;
  std::function<behaviour(const order&)> behaviour_of_;
  std::shared_ptr<executor::run_recorder> recorder_;
  run_listener& listener_;
  std::set<const executor::run*> running_;
};

/// What the runners hand their runs to.
class pool final : public executor::handler_runner {
public:
  pool(world& w, std::shared_ptr<workers> all) : workers_{std::move(all)} {
    actor_ = w.system().spawn([all = workers_](caf::event_based_actor* self) -> caf::behavior {
      return {[self, all](const begin_run& x) { all->begin(self, x.what); }, [all](const end_run& x) { all->end(x); },
              [self, all](const std::vector<run_ptr>& runs) {
                for (auto& r : runs) self->delayed_send(self, all->wake(), begin_run{r});
              }};
    });
  }
  void submit(std::vector<executor::handler_task> tasks) override {
    std::vector<run_ptr> runs;
    for (auto& t : tasks) runs.push_back(std::move(t.what));
    caf::anon_send(actor_, std::move(runs));
  }

private:
  std::shared_ptr<workers> workers_;
  caf::actor actor_;
};

} // namespace

std::shared_ptr<executor::handler_runner> make_handlers(world& w, dice random, process who,
                                                        std::function<behaviour(const order&)> behaviour_of,
                                                        std::shared_ptr<executor::run_recorder> recorder,
                                                        run_listener& listener) {
  return std::make_shared<pool>(
      w, std::make_shared<workers>(random, who, std::move(behaviour_of), std::move(recorder), listener));
}

} // namespace xxl::sim
