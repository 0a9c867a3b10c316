#include "tests/simulation/witness.hpp"

#include "tests/simulation/sometimes.hpp"

#include <map>
#include <utility>

namespace xxl::sim {
namespace {

class witness final : public law {
public:
  explicit witness(const world& w) : world_{w} {}

  void inserted(const open_trigger& x) override {
    if (x.cause == trigger_cause::retry) sometimes("a retry follows");
    if (x.cause == trigger_cause::schedule && x.due) sometimes("a fire finds no executor");
  }
  void updated(const open_trigger& before, const open_trigger& after) override {
    if (after.handed > before.handed && restarted_.contains(before.session))
      sometimes("a row that never started waits again");
  }
  void inserted(const ended_trigger& x) override {
    if (x.state == trigger_state::lost)
      sometimes(restarted_.contains(x.session) ? "a run of the journal is lost" : "a run is lost with its session");
    if (x.reason == state_reason::still_running) sometimes("a run goes on after its timeout");
    if (x.reason == state_reason::deadline) sometimes("a run is cancelled at its timeout");
    if (x.reason == state_reason::queue_full) sometimes("a queue is full");
    if (x.reason == state_reason::no_executor) sometimes("nobody takes a row in time");
  }
  void inserted(const gap_row& x) override {
    if (x.reason == state_reason::misfire) sometimes("a gap row is written by a claim");
    if (x.reason == state_reason::paused) sometimes("a gap row is written by a pause that ends");
    if (x.reason == state_reason::edited || x.reason == state_reason::disabled)
      sometimes("an edit comes while a fire is overdue");
  }
  void inserted(const version_row& x) override {
    if (x.after && *x.after > x.from) sometimes("an edit comes between a claim and its fire");
  }
  void updated(const session_row&, const session_row& after) override {
    if (!after.ended) return;
    if (after.how == session_end::lease_expired) sometimes("a session's lease runs out");
    if (after.how == session_end::restarted) {
      sometimes("a restarted executor ends its earlier life");
      restarted_.insert(after.id);
    }
    if (after.how == session_end::stopped) sometimes("an executor says goodbye");
  }
  void claims(process who) override {
    if (last_leader_ != process::nobody && world_.name(who) != world_.name(last_leader_))
      sometimes("another admin takes over");
    last_leader_ = who;
  }
  void sent(const connection& c, connection::side from, const caf::message& what) override {
    if (from == connection::dialler && what.match_elements<register_atom, executor_hello>())
      newest_[{c.at(connection::dialler), c.at(connection::listener)}] = c.number;
    if (from == connection::dialler && what.match_elements<life_atom, life_report>()) sometimes("a journal is told");
  }
  void arrived(const connection& c, connection::side, const caf::message& what) override {
    auto newest = newest_.find({c.at(connection::dialler), c.at(connection::listener)});
    if (newest != newest_.end() && newest->second > c.number)
      sometimes("a message of an old connection comes after the next hello");
    if (what.match_elements<run_atom, order_batch>())
      for (auto& o : what.get_as<order_batch>(1).orders)
        if (o.handed > 0) sometimes("an order that was given back comes again");
  }

private:
  const world& world_;
  process last_leader_ = process::nobody;
  std::set<session_id> restarted_;
  std::map<std::pair<process, process>, std::uint64_t> newest_; ///< connection that said hello, by its ends
};

} // namespace

std::unique_ptr<law> make_witness(const world& w) { return std::make_unique<witness>(w); }

void note_counters(const metrics& counters) {
  static const std::map<std::string, const char*> seen_by{
      {"claim.locked", "a claim leaves locked jobs to the next pass"},
      {"complete.late", "a result comes late"},
      {"complete.repeated", "a result comes again"},
      {"claim.ends_repaired", "a fixed delay's end is repaired"},
      {"journal.write_failures", "a start cannot be written down"},
      {"spool.write_failures", "a result cannot be written down"},
      {"executor.lease_losses", "an executor loses its trust"},
      {"executor.orders_duplicate", "an order is known already"},
      {"executor.orders_refused", "an order is refused"},
      {"executor.orders_returned", "an executor gives back what waits"},
      {"executor.sessions_ended", "an executor takes a new session"},
      {"executor.stale_leads", "an adoption of an older epoch is refused"},
      {"link.sent_again", "a row is sent again after the inventory"},
  };
  for (auto& [name, value] : counters.snapshot())
    if (auto it = seen_by.find(name); it != seen_by.end()) sometimes(it->second, value);
}

} // namespace xxl::sim
