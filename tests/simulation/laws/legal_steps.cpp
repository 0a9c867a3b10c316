// guarantees.md §1: states step as they may, a final one never moves, and a key stands once, open or ended.

#include "tests/simulation/laws/law.hpp"

#include <map>

namespace xxl::sim {
namespace {

class legal_steps final : public law {
public:
  explicit legal_steps(judge& j) : judge_{j} {}

  void inserted(const open_trigger& x) override {
    if (x.state != trigger_state::waiting && x.state != trigger_state::claimed) illegal(x, "begins as");
    if (ended_.contains(x.key)) judge_.violated("a final state never moves", to_string(x.key) + " opens again");
  }
  void updated(const open_trigger& before, const open_trigger& after) override {
    if (before.key != after.key || before.id != after.id)
      judge_.violated("a row keeps its key", to_string(before.key) + " becomes " + to_string(after.key));
    auto back = after.state == trigger_state::waiting && before.state != trigger_state::waiting;
    if (back && after.handed != before.handed + 1) illegal(after, "is handed back without being counted:");
    if (!back && after.handed != before.handed) illegal(after, "is counted as handed back:");
    if (!back && after.state < before.state) illegal(after, "steps back to");
    if (before.state == trigger_state::waiting && after.state > trigger_state::claimed)
      illegal(after, "runs without a claim:");
  }
  void inserted(const ended_trigger& x) override {
    if (!is_final(x.state)) judge_.violated("states step as they may", to_string(x.key) + " ends without an end");
    if (!ended_.emplace(x.key, x.state).second)
      judge_.violated("a final state never moves", to_string(x.key) + " ends twice");
  }
  void rewritten(const ended_trigger& x) override {
    judge_.violated("a final state never moves", to_string(x.key) + " is rewritten");
  }

private:
  void illegal(const open_trigger& x, const std::string& what) {
    judge_.violated("states step as they may",
                    "trigger " + to_string(x.id) + " " + to_string(x.key) + " " + what + " " + to_string(x.state));
  }
  judge& judge_;
  std::map<trigger_key, trigger_state> ended_;
};

} // namespace

std::unique_ptr<law> states_step_forward(judge& j) { return std::make_unique<legal_steps>(j); }

} // namespace xxl::sim
