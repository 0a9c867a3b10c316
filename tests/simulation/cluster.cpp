#include "tests/simulation/cluster.hpp"

#include "tests/simulation/sometimes.hpp"
#include "tests/simulation/witness.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace xxl::sim {
namespace {

constexpr std::uint16_t first_port = 7'001;

/// Ends actors one after the other, each when the one before it is gone; then calls `done`.
struct ending_state {
  ending_state() = default;
  std::vector<caf::actor> left; ///< the next one last
};
void end_next(caf::stateful_actor<ending_state>* self, const std::function<void()>& done) {
  auto& left = self->state.left;
  if (left.empty()) return done();
  self->monitor(left.back());
  self->send_exit(left.back(), caf::exit_reason::user_shutdown);
  left.pop_back();
}
caf::behavior ending(caf::stateful_actor<ending_state>* self, const std::vector<caf::actor>& in_order,
                     const std::function<void()>& done) {
  self->state.left.assign(in_order.rbegin(), in_order.rend());
  self->set_down_handler([self, done](const caf::down_msg&) { end_next(self, done); });
  end_next(self, done);
  return {[](caf::unit_t) {}};
}

} // namespace

cluster::cluster(world& w, network& net, database& db, dice random, cluster_settings settings,
                 std::filesystem::path disks, std::function<behaviour(const order&)> behaviour_of, run_listener& runs,
                 std::function<void(const std::string&)> on_fatal)
    : world_{w},
      net_{net},
      db_{db},
      random_{random},
      settings_{settings},
      disks_{std::move(disks)},
      behaviour_of_{std::move(behaviour_of)},
      runs_{runs},
      on_fatal_{std::move(on_fatal)} {}

admin_machine& cluster::add_admin(std::chrono::milliseconds clock_offset) {
  auto& m = admins_.emplace_back(test::virtual_clock{world_.clock()});
  m.name = "admin-" + std::to_string(admins_.size());
  m.port = static_cast<std::uint16_t>(first_port + admins_.size());
  m.clock.step(clock_offset);
  return m;
}

executor_machine& cluster::add_executor(std::string group, std::chrono::milliseconds clock_offset) {
  auto& m = executors_.emplace_back(test::virtual_clock{world_.clock()});
  m.name = "executor-" + std::to_string(executors_.size());
  m.group = std::move(group);
  m.data = disks_ / m.name;
  m.clock.step(clock_offset);
  return m;
}

void cluster::start(admin_machine& m) {
  if (up(m)) return;
  m.life = world_.begin(m.name);
  db_.heal(m.name); // it may have been lost
  world_.as(m.life, [&] {
    admin::admin_settings settings;
    settings.node = m.name;
    settings.how = settings_.how;
    settings.on_fatal = on_fatal_;
    admin::admin_ground ground;
    ground.store = db_.store_for(m.life);
    ground.time = &m.clock;
    ground.stats = m.counters = std::make_shared<metrics>();
    ground.random = [this] { return random_.between(1, INT64_MAX); };
    ground.detached = false;
    m.actors = admin::spawn_admin(world_.system(), settings, ground);
  });
  net_.listen(m.port, m.life, m.actors.gate);
}

bool cluster::start(executor_machine& m) {
  if (up(m)) return true;
  auto life = world_.begin(m.name);
  bool started = true;
  world_.as(life, [&] {
    executor::executor_settings settings;
    settings.group = m.group;
    settings.name = m.name;
    settings.data = m.data;
    for (auto& a : admins_) settings.admins.push_back({a.name, a.port});
    settings.max_running = settings_.max_running;
    settings.queue_limit = settings_.queue_limit;
    settings.credit = settings_.credit;
    executor::executor_ground ground;
    ground.boot = m.name + " boot " + std::to_string(m.boots);
    ground.time = &m.clock;
    ground.counters = m.counters = std::make_shared<metrics>();
    ground.new_id = [this] { return random_.between(1, INT64_MAX); };
    ground.dialer = net_.dialer(life);
    ground.make_handlers = [&](auto, auto recorder) {
      return make_handlers(world_, dice{random_.bits(), "handlers"}, life, behaviour_of_, recorder, runs_);
    };
    ground.where = executor::placement::pooled;
    try {
      executor::spawn_executor(world_.system(), settings, {}, ground, m.actors);
    } catch (const std::runtime_error&) { // the data directory is another process's
      m.actors = {};
      started = false;
    }
  });
  if (started)
    m.life = life;
  else
    world_.kill(life);
  return started;
}

template <class Machine> void cluster::end(Machine& m, bool lost) {
  auto life = std::exchange(m.life, process::nobody);
  if (life == process::nobody) return;
  note_counters(*m.counters);
  m.actors = {};
  runs_.died(life, lost);
  world_.kill(life);
  if (lost)
    net_.host_gone(life);
  else
    net_.gone(life);
}

void cluster::kill(admin_machine& m) { end(m); }
void cluster::kill(executor_machine& m) { end(m); }

void cluster::lose(admin_machine& m) {
  db_.part(m.name); // the server hears nothing of the end either
  end(m, true);
}

void cluster::lose(executor_machine& m) {
  end(m, true);
  ++m.boots;
  std::filesystem::remove_all(m.data);
}

void cluster::note_lives() const {
  for (auto& m : admins_)
    if (up(m)) note_counters(*m.counters);
  for (auto& m : executors_)
    if (up(m)) note_counters(*m.counters);
}

void cluster::start_second(const executor_machine& m) {
  auto& twin = twins_.emplace_back(m);
  twin.life = process::nobody;
  twin.actors = {};
  if (start(twin)) return;
  sometimes("the data directory is held by another process");
  twins_.pop_back();
}

void cluster::fill_disk(const executor_machine& m, span length) {
  runs_.disk_fills(m.life);
  world_.fill_disk(m.life, true);
  world_.in(length, process::nobody, [this, life = m.life] { world_.fill_disk(life, false); });
}

void cluster::freeze(process life, span length) {
  if (life == process::nobody || world_.frozen(life)) return;
  spdlog::debug("{} is frozen for {} ms", world_.name(life), length.count() / 1'000'000);
  world_.freeze(life);
  net_.fell_silent(life);
  world_.in(length, process::nobody, [this, life] {
    for (auto& m : admins_)
      if (m.life == life && m.actors.leads->epoch() && !m.actors.leads->holds(m.actors.leads->epoch()))
        sometimes("a leader wakes without trust");
    world_.thaw(life);
  });
}

template <class Machine> std::function<void()> cluster::process_ends(Machine& m) {
  return [this, &m, life = m.life] {
    // Not now: it may be an actor of that process who says so.
    world_.in(0ns, process::nobody, [this, &m, life] {
      if (m.life == life) end(m);
    });
  };
}

void cluster::stop(admin_machine& m, span patience) {
  if (!up(m)) return;
  auto over = process_ends(m);
  world_.as(m.life, [&] { world_.system().spawn(ending, m.actors.in_order_of_end, over); });
  world_.in(patience, process::nobody, over);
}

void cluster::stop(executor_machine& m, span patience) {
  if (!up(m)) return;
  auto over = process_ends(m);
  auto& a = m.actors;
  std::vector<caf::actor> in_order;
  auto add = [&](auto&... actors) { (in_order.push_back(caf::actor_cast<caf::actor>(actors)), ...); };
  add(a.runners, a.scripts, a.node, a.spool, a.logs);
  world_.as(m.life, [&] {
    world_.system().spawn([in_order, over, patience, node = a.node](caf::event_based_actor* self) {
      auto end = [self, in_order, over] { self->system().spawn(ending, in_order, over); };
      self->request(node, patience, executor::drain_request{})
          .then([end](bool) { end(); }, [end](const caf::error&) { end(); });
    });
  });
  world_.in(2 * patience, process::nobody, over);
}

} // namespace xxl::sim
