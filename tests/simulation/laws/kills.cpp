// guarantees.md §2, Kill: a row that is marked ends as killed, whatever is reported, and nothing else does. What was
// marked while it waited never starts.

#include "tests/simulation/laws/law.hpp"
#include "tests/simulation/sometimes.hpp"

#include <set>

namespace xxl::sim {
namespace {

class kills final : public law {
public:
  explicit kills(judge& j) : judge_{j} {}

  void updated(const open_trigger& before, const open_trigger& after) override {
    if (before.kill && !after.kill) judge_.violated("a mark for killing stays", name(after));
    if (before.kill || !after.kill) return;
    auto waits = after.state == trigger_state::waiting;
    sometimes(waits ? "a waiting trigger is killed" : "a trigger at an executor is killed");
    (waits ? unstarted_ : marked_).insert(after.id);
  }
  void inserted(const open_trigger& x) override {
    if (x.kill) judge_.violated("a kill is of one trigger", name(x) + " is born with a mark");
  }
  void inserted(const ended_trigger& x) override {
    auto marked = marked_.contains(x.id) || unstarted_.contains(x.id);
    if (marked != (x.state == trigger_state::killed))
      judge_.violated("what is marked ends as killed", "trigger " + to_string(x.id) + " " + to_string(x.key) + " is " +
                                                           to_string(x.state) + (marked ? ", marked" : ", not marked"));
  }
  void arrived(const connection&, connection::side to, const caf::message& what) override {
    if (to != connection::dialler) return;
    if (what.match_elements<kill_atom, kill_batch>()) {
      for (auto& o : what.get_as<kill_batch>(1).orders)
        if (!ordered_.contains(o.trigger)) sometimes("a kill comes before its order");
    } else if (what.match_elements<run_atom, order_batch>()) {
      for (auto& o : what.get_as<order_batch>(1).orders) ordered_.insert(o.trigger);
    }
  }
  void started(process, const executor::run& what) override {
    if (unstarted_.contains(what.task.trigger))
      judge_.violated("what was killed while it waited never starts", "trigger " + to_string(what.task.trigger));
  }
  void finished(process, const executor::run& what, bool) override {
    if (marked_.contains(what.task.trigger)) sometimes("a killed run had another end");
  }

private:
  static std::string name(const open_trigger& x) { return "trigger " + to_string(x.id) + " " + to_string(x.key); }
  judge& judge_;
  std::set<trigger_id> unstarted_, marked_; ///< marked while they waited, or later
  std::set<trigger_id> ordered_;            ///< came to an executor
};

} // namespace

std::unique_ptr<law> killed_ends_as_killed(judge& j) { return std::make_unique<kills>(j); }

} // namespace xxl::sim
