// guarantees.md §2.5, §3: what follows an end comes with it. Another attempt is made where the rule of the version that
// the trigger was inserted with says so, and nowhere else, whoever wrote the end and however late.

#include "config/spec_json.hpp"
#include "tests/simulation/laws/law.hpp"

#include <map>
#include <utility>
#include <variant>
#include <vector>

namespace xxl::sim {
namespace {

class retries final : public law {
public:
  explicit retries(judge& j) : judge_{j} {}

  void inserted(const version_row& x) override {
    auto& rules = rules_[x.job];
    rules[x.version] = x.spec.empty() ? rules.rbegin()->second : std::get<job_spec>(config::from_json(x.spec)).retry;
  }
  void inserted(const ended_trigger& x) override { ended_.emplace(x.key, x); }

  void finish() override {
    for (auto& [key, x] : ended_) {
      auto follows = rules_[key.job][x.version].again(x.state, key.attempt);
      auto next = key;
      ++next.attempt;
      if (follows == ended_.contains(next)) continue;
      judge_.violated("retries follow their rule", "trigger " + to_string(x.id) + " " + to_string(key) + " is " +
                                                       to_string(x.state) + (follows ? " and no" : " and another") +
                                                       " attempt follows");
    }
  }

private:
  judge& judge_;
  std::map<job_id, std::map<spec_version, retry_rule>> rules_;
  std::map<trigger_key, ended_trigger> ended_;
};

} // namespace

std::unique_ptr<law> retries_follow_their_rule(judge& j) { return std::make_unique<retries>(j); }

} // namespace xxl::sim
