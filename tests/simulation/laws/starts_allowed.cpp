// guarantees.md §2.4, §3 Sessions: nothing starts without trust in the lease, in another session than the process's
// own, or by an order of an epoch below the highest that the executor had adopted when the order came.

#include "protocol/limits.hpp"
#include "tests/simulation/laws/law.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace xxl::sim {
namespace {

class starts_allowed final : public law {
public:
  starts_allowed(judge& j, const world& w) : judge_{j}, world_{w} {}

  void sent(const connection& c, connection::side from, const caf::message& what) override {
    if (from != connection::dialler) return;
    auto& me = executors_[c.at(from)];
    if (what.match_elements<register_atom, executor_hello>()) {
      me.session = what.get_as<executor_hello>(1).session;
    } else if (what.match_elements<holds_atom, inventory_piece>()) {
      me.adopted = std::max(me.adopted, what.get_as<inventory_piece>(1).epoch);
    } else if (what.match_elements<beat_atom, session_id, std::uint64_t>()) {
      beats_[{c.number, what.get_as<std::uint64_t>(2)}] = {what.get_as<session_id>(1), world_.now()};
    }
  }
  void arrived(const connection& c, connection::side to, const caf::message& what) override {
    if (to != connection::dialler) return;
    auto& me = executors_[c.at(to)];
    if (what.match_elements<executor_welcome>()) {
      me.lease = what.get_as<executor_welcome>(0).lease;
    } else if (what.match_elements<beat_answer>()) {
      auto& answer = what.get_as<beat_answer>(0);
      auto [session, when] = beats_[{c.number, answer.sequence}];
      auto& until = me.trusted[session];
      if (answer.leads) until = std::max(until, when + me.lease - limits::lease_margin);
    } else if (what.match_elements<run_atom, order_batch>()) {
      auto& batch = what.get_as<order_batch>(1);
      if (batch.epoch < me.adopted) return;
      for (auto& o : batch.orders) me.ordered.emplace(o.trigger, batch.epoch);
    }
  }
  void started(process who, const executor::run& what) override {
    auto& me = executors_[who];
    auto name = "trigger " + to_string(what.task.trigger) + " on " + world_.name(who);
    if (world_.now() >= me.trusted[what.session])
      judge_.violated("nothing starts without trust", name + " in session " + to_string(what.session));
    if (what.session != me.session)
      judge_.violated("nothing starts in another session",
                      name + " in session " + to_string(what.session) + ", which is now " + to_string(me.session));
    if (!me.ordered.contains({what.task.trigger, what.epoch}))
      judge_.violated("nothing starts below the highest epoch",
                      name + ", ordered under epoch " + to_string(what.epoch) + " when a higher one was adopted");
  }

private:
  struct executor_life {
    session_id session;
    epoch_id adopted;
    span lease{};
    std::map<session_id, moment> trusted;
    std::set<std::pair<trigger_id, epoch_id>> ordered; ///< by a batch whose epoch was the highest then
  };
  judge& judge_;
  const world& world_;
  std::map<process, executor_life> executors_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<session_id, moment>> beats_; ///< by connection and number
};

} // namespace

std::unique_ptr<law> starts_are_allowed(judge& j, const world& w) { return std::make_unique<starts_allowed>(j, w); }

} // namespace xxl::sim
