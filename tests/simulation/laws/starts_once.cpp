// guarantees.md §1, §2.4: a key starts at most once, over all executors, sessions and lives, and never after its end.

#include "tests/simulation/laws/law.hpp"

#include <map>

namespace xxl::sim {
namespace {

class starts_once final : public law {
public:
  explicit starts_once(judge& j) : judge_{j} {}

  void inserted(const ended_trigger& x) override { ended_.emplace(x.key, x.state); }
  void started(process who, const executor::run& what) override {
    auto& o = what.task;
    trigger_key key{o.job, o.fire, o.origin, o.attempt};
    auto [first, added] = starts_.emplace(key, start{who, o.trigger});
    if (!added)
      judge_.violated("a key starts at most once",
                      to_string(key) + " started as trigger " + to_string(first->second.trigger) + " in process " +
                          std::to_string(static_cast<std::size_t>(first->second.who)) + " and again as trigger " +
                          to_string(o.trigger) + " in process " + std::to_string(static_cast<std::size_t>(who)));
    if (auto end = ended_.find(key); end != ended_.end())
      judge_.violated("nothing starts after its end", to_string(key) + " is " + to_string(end->second));
  }

private:
  struct start {
    process who;
    trigger_id trigger;
  };
  judge& judge_;
  std::map<trigger_key, start> starts_;
  std::map<trigger_key, trigger_state> ended_;
};

} // namespace

std::unique_ptr<law> a_key_starts_once(judge& j) { return std::make_unique<starts_once>(j); }

} // namespace xxl::sim
