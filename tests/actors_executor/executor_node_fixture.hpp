#pragma once
// An executor node between two admins of a test, and what it tells its own actors.

#include "actors/executor/executor_node.hpp"
#include "tests/actors_executor/fakes.hpp"
#include "tests/support/actor_test.hpp"

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace xxl::executor::test {

using namespace std::chrono_literals;

/// What the node told its own actors.
struct told_peers {
  std::vector<intake> intakes;
  std::vector<state_reason> given_back;
  int started = 0;
  std::vector<results_committed> committed;
  std::vector<session_id> sessions;
  std::vector<session_id> over;
  std::vector<kill_runs> kills;
  std::vector<outcome> results;

  std::vector<std::int64_t> accepted() const {
    std::vector<std::int64_t> ids;
    for (auto& i : intakes)
      for (auto& o : i.orders) ids.push_back(o.trigger.value);
    return ids;
  }
};
using told_ptr = std::shared_ptr<told_peers>;

inline runners_actor::behavior_type fake_runners(runners_actor::stateful_pointer<fake_state> self, told_ptr told,
                                                 executor_node_actor node) {
  return {
      [=](intake& i) {
        self->send(node, orders_taken{i.connection, static_cast<std::uint32_t>(i.orders.size())});
        told->intakes.push_back(std::move(i));
      },
      [=](start_waiting) { ++told->started; },
      [=](give_back_waiting what) { told->given_back.push_back(what.reason); },
      [=](kill_runs& kills) { told->kills.push_back(std::move(kills)); },
      [=](cancel_running) {},
      [=](runs_ended_tick) {},
      [=](deadline_tick) {},
      [=](report_tick) {},
  };
}

inline callback_spool_actor::behavior_type fake_spool(callback_spool_actor::stateful_pointer<fake_state> self,
                                                      told_ptr told, executor_node_actor node) {
  return {
      [=](results& what) { told->results.insert(told->results.end(), what.outcomes.begin(), what.outcomes.end()); },
      [=](const results_committed& what) { told->committed.push_back(what); },
      [=](session_began began) {
        told->sessions.push_back(began.session);
        self->send(node, session_noted{began.session});
      },
      [=](life_over over) { told->over.push_back(over.life); },
      [=](spool_retry_tick) {},
  };
}

inline log_store_actor::behavior_type fake_logs() {
  return {
      [](log_records_tick) {},
      [](log_write_tick) {},
      [](log_atom, const log_query& query) {
        return log_chunk{query.from_line, {"a line"}, true, true};
      },
  };
}

/// Dials gates by port; a port without a gate is down.
inline transport::dialer_actor::behavior_type fake_dialer(std::shared_ptr<std::map<std::uint16_t, gate_actor>> gates,
                                                          std::shared_ptr<std::vector<std::uint16_t>> dialed) {
  return {[=](caf::connect_atom, const std::string&, std::uint16_t port) -> caf::result<gate_actor> {
    dialed->push_back(port);
    auto it = gates->find(port);
    if (it == gates->end()) return make_error(errc::unavailable, "connection refused");
    return it->second;
  }};
}

class ExecutorNodeTest : public xxl::test::ActorTest {
protected:
  ExecutorNodeTest() {
    for (auto [port, admin] : {std::pair{1, one}, std::pair{2, two}}) {
      admin->leads = port == 1;
      admin->epoch = {port == 1 ? 5 : 0};
      open(static_cast<std::uint16_t>(port), admin);
    }
    dialer = sys.spawn(fake_dialer, gates, dialed);
  }
  ~ExecutorNodeTest() override {
    for (auto& [port, gate] : *gates) self->send_exit(gate, caf::exit_reason::kill);
    for (auto& admin : {one, two}) {
      for (auto& link : admin->links) self->send_exit(link, caf::exit_reason::kill);
      admin->forget_actors();
    }
    gates->clear();
    auto stop = [&](auto&... actors) { (self->send_exit(actors, caf::exit_reason::kill), ...); };
    stop(dialer, node, runners, spool, logs);
    settle();
  }

  void open(std::uint16_t port, const fake_admin_ptr& admin) { (*gates)[port] = sys.spawn(fake_gate, admin); }

  executor_node_config config() {
    executor_node_config c;
    c.hello.session = our_session;
    c.hello.group = "tests";
    c.hello.name = "node-1";
    c.admins = {{"a", 1}, {"b", 2}};
    c.dialer = dialer;
    trust->begin(our_session);
    c.trust = trust;
    c.credit = 10;
    c.counters = counters;
    c.time = &clock;
    return c;
  }
  void begin(executor_node_config c) {
    node = spawn_executor_node(sys, std::move(c));
    runners = sys.spawn(fake_runners, told, node);
    spool = sys.spawn(fake_spool, told, node);
    logs = sys.spawn(fake_logs);
    self->send(node, node_peers{runners, spool, logs});
    settle();
  }
  /// Connected to both admins, the first leads with epoch 5.
  void begin_led() {
    begin(config());
    lead(one, {5});
  }
  void lead(const fake_admin_ptr& admin, epoch_id epoch) {
    self->send(admin->executors.back(), lead_atom_v, epoch);
    settle();
  }
  void send_orders(const fake_admin_ptr& admin, std::vector<order> orders, epoch_id epoch = {5},
                   session_id session = our_session) {
    self->send(admin->executors.back(), run_atom_v, order_batch{epoch, session, std::move(orders)});
    settle();
  }
  void finish(std::vector<outcome> outcomes, session_id session = our_session) {
    self->send(node, results_spooled{{session, std::move(outcomes)}});
    settle();
  }
  void give_back(std::vector<order> orders, state_reason reason = state_reason::not_started) {
    runs_given_back back{reason, {}};
    for (auto& o : orders) back.runs.push_back(std::make_shared<run>(o, our_session, epoch_id{5}, 1, clock.boot()));
    self->send(node, std::move(back));
    settle();
  }
  std::int64_t metric(const std::string& name) { return counters->at(name).load(); }

  fake_admin_ptr one = std::make_shared<fake_admin>(), two = std::make_shared<fake_admin>();
  std::shared_ptr<std::map<std::uint16_t, gate_actor>> gates = std::make_shared<std::map<std::uint16_t, gate_actor>>();
  std::shared_ptr<std::vector<std::uint16_t>> dialed = std::make_shared<std::vector<std::uint16_t>>();
  told_ptr told = std::make_shared<told_peers>();
  metrics_ptr counters = std::make_shared<metrics>();
  std::shared_ptr<lease> trust = std::make_shared<lease>();
  transport::dialer_actor dialer;
  executor_node_actor node;
  runners_actor runners;
  callback_spool_actor spool;
  log_store_actor logs;
};

} // namespace xxl::executor::test
