#pragma once
// Actors without threads: CAF's test coordinator and its clock, which moves only when a test says so.

#include "protocol/actors.hpp"
#include "protocol/clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <utility>

namespace xxl::test {

/// Wall and boot clock of a test: both follow CAF's test clock; the wall clock can be stepped apart.
class virtual_clock final : public clock {
public:
  explicit virtual_clock(caf::detail::test_actor_clock& source) : source_{source} {}
  instant now() const override {
    return start_ + std::chrono::duration_cast<std::chrono::milliseconds>(source_.current_time.time_since_epoch()) +
           step_;
  }
  boot_time boot() const override { return boot_time{source_.current_time.time_since_epoch()}; }
  /// Steps the wall clock, as NTP or a person does.
  void step(std::chrono::milliseconds by) { step_ += by; }
  /// Sets the wall clock.
  void set(instant to) { step_ += to - now(); }

private:
  caf::detail::test_actor_clock& source_;
  instant start_ = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
  std::chrono::milliseconds step_{0};
};

class ActorTest : public ::testing::Test {
protected:
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::xxl_protocol>();
      add_message_types<caf::id_block::xxl_handles>();
      set("scheduler.policy", caf::atom("testing"));
    }
  };
  config cfg;
  caf::actor_system sys{cfg};
  caf::scheduler::test_coordinator& sched = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  caf::scoped_actor self{sys};
  virtual_clock clock{sched.clock()};

  ActorTest() { sched.clock().current_time += std::chrono::hours(1); }
  ~ActorTest() override { // the derived fixture's handles are gone by now
    settle();
    sched.clock().cancel_all(); // a pending timer holds its actor
    settle();
    if (auto n = sys.registry().running(); n > 1) { // 1 is `self`
      ADD_FAILURE() << n - 1 << " actors still alive: a cycle or a forgotten strong handle";
      sys.await_actors_before_shutdown(false); // fail, do not hang
    }
  }

  /// Runs every ready actor; fires no timer.
  void settle() {
    while (sched.try_run_once()) {}
  }

  /// Timers one by one, in order, settle() after each.
  void advance(caf::timespan d) {
    auto& clk = sched.clock();
    auto end = clk.current_time + d;
    settle();
    while (!clk.schedule().empty() && clk.schedule().begin()->first <= end) {
      clk.trigger_timeout();
      settle();
    }
    clk.current_time = end;
  }

  /// Request and answer, without waiting.
  template <class R, class H, class... Ts> caf::expected<R> ask(const H& h, Ts... xs) {
    auto req = self->request(h, caf::infinite, std::move(xs)...);
    settle();
    caf::expected<R> out{caf::sec::request_timeout};
    if (!self->has_next_message()) return out;
    req.receive([&](R& x) { out = std::move(x); }, [&](caf::error& e) { out = std::move(e); });
    return out;
  }

  /// The next T sent to `self`, if it is there.
  template <class T> std::optional<T> next() {
    settle();
    std::optional<T> out;
    self->receive([&](T& x) { out = std::move(x); }, caf::after(std::chrono::seconds(0)) >> [] {});
    return out;
  }
};

} // namespace xxl::test
