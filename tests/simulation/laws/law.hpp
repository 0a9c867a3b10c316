#pragma once
// A law of guarantees.md as a checker: told of everything that happens, it says when a promise is broken. One law per
// file; run.cpp lists them.

#include "tests/simulation/database.hpp"
#include "tests/simulation/handlers.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/rows.hpp"
#include "tests/simulation/world.hpp"

#include <memory>
#include <string>
#include <vector>

namespace xxl::sim {

/// The first broken promise ends the run.
class judge {
public:
  explicit judge(world& w) : world_{w} {}
  /// `rule` is a constant, `what` names ids.
  void violated(std::string rule, std::string what) {
    if (!rule_.empty()) return;
    rule_ = std::move(rule);
    what_ = std::move(what);
    at_ = world_.now();
    world_.stop();
  }
  bool found() const { return !rule_.empty(); }
  const std::string& rule() const { return rule_; }
  const std::string& what() const { return what_; }
  moment at() const { return at_; }

private:
  world& world_;
  std::string rule_, what_;
  moment at_{};
};

struct law : row_listener, wiretap, run_listener, database_listener {
  void sent(const connection&, connection::side, const caf::message&) override {}
  void arrived(const connection&, connection::side, const caf::message&) override {}
  void started(process, const executor::run&) override {}
  void finished(process, const executor::run&, bool) override {}
  void claims(process) override {}
  void refuses(const std::string&, const std::string&) override {}
  void died(process, bool) override {}
  void disk_fills(process) override {}
  /// Nothing has gone wrong for a while, and everything still fires; `now` by the database's clock.
  virtual void calm(instant /*now*/) {}
  /// Everything has settled.
  virtual void finish() {}
};

/// Every law is told.
class laws final : public law {
public:
  void add(std::unique_ptr<law> l) { all_.push_back(std::move(l)); }

  void inserted(const open_trigger& x) override {
    tell([&](law& l) { l.inserted(x); });
  }
  void updated(const open_trigger& a, const open_trigger& b) override {
    tell([&](law& l) { l.updated(a, b); });
  }
  void removed(const open_trigger& x) override {
    tell([&](law& l) { l.removed(x); });
  }
  void inserted(const ended_trigger& x) override {
    tell([&](law& l) { l.inserted(x); });
  }
  void rewritten(const ended_trigger& x) override {
    tell([&](law& l) { l.rewritten(x); });
  }
  void inserted(const fire_plan& x) override {
    tell([&](law& l) { l.inserted(x); });
  }
  void updated(const fire_plan& a, const fire_plan& b) override {
    tell([&](law& l) { l.updated(a, b); });
  }
  void updated(const session_row& a, const session_row& b) override {
    tell([&](law& l) { l.updated(a, b); });
  }
  void inserted(const gap_row& x) override {
    tell([&](law& l) { l.inserted(x); });
  }
  void inserted(const version_row& x) override {
    tell([&](law& l) { l.inserted(x); });
  }
  void raised(epoch_id a, epoch_id b) override {
    tell([&](law& l) { l.raised(a, b); });
  }
  void sent(const connection& c, connection::side from, const caf::message& what) override {
    tell([&](law& l) { l.sent(c, from, what); });
  }
  void arrived(const connection& c, connection::side to, const caf::message& what) override {
    tell([&](law& l) { l.arrived(c, to, what); });
  }
  void started(process who, const executor::run& what) override {
    tell([&](law& l) { l.started(who, what); });
  }
  void finished(process who, const executor::run& what, bool succeeded) override {
    tell([&](law& l) { l.finished(who, what, succeeded); });
  }
  void claims(process who) override {
    tell([&](law& l) { l.claims(who); });
  }
  void refuses(const std::string& statement, const std::string& why) override {
    tell([&](law& l) { l.refuses(statement, why); });
  }
  void died(process who, bool host_too) override {
    tell([&](law& l) { l.died(who, host_too); });
  }
  void disk_fills(process who) override {
    tell([&](law& l) { l.disk_fills(who); });
  }
  void calm(instant now) override {
    tell([&](law& l) { l.calm(now); });
  }
  void finish() override {
    tell([](law& l) { l.finish(); });
  }

private:
  template <class F> void tell(F what) {
    for (auto& l : all_) what(*l);
  }
  std::vector<std::unique_ptr<law>> all_;
};

std::unique_ptr<law> a_key_starts_once(judge& j);
std::unique_ptr<law> acknowledged_is_committed(judge& j);
std::unique_ptr<law> ended_sessions_stay_ended(judge& j);
std::unique_ptr<law> ends_are_what_happened(judge& j, const world& w, span lease);
std::unique_ptr<law> killed_ends_as_killed(judge& j);
std::unique_ptr<law> leaders_act_on_trust(judge& j, const world& w, const database& db);
std::unique_ptr<law> older_epochs_claim_nothing(judge& j);
std::unique_ptr<law> orders_stay_within_credit(judge& j);
std::unique_ptr<law> nothing_due_is_left(judge& j);
std::unique_ptr<law> nothing_held_is_sent_again(judge& j);
std::unique_ptr<law> retries_follow_their_rule(judge& j);
std::unique_ptr<law> starts_are_allowed(judge& j, const world& w);
std::unique_ptr<law> states_step_forward(judge& j);
std::unique_ptr<law> the_database_refuses_nothing(judge& j);
std::unique_ptr<law> the_plan_moves_forward(judge& j);
std::unique_ptr<law> the_record_is_complete(judge& j);

} // namespace xxl::sim
