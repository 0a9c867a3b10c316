// guarantees.md §2: once a leader leads, what is due is claimed, job by job; only a pause holds a fire back.

#include "tests/simulation/laws/law.hpp"

#include <map>

namespace xxl::sim {
namespace {

/// After a fire time its claim has long been made.
constexpr auto claimed_within = 3s;

class due final : public law {
public:
  explicit due(judge& j) : judge_{j} {}

  void inserted(const fire_plan& x) override { plans_[x.job] = x; }
  void updated(const fire_plan&, const fire_plan& x) override { plans_[x.job] = x; }
  void inserted(const version_row& x) override { fires_[x.job] = x.enabled && !x.paused; }

  void calm(instant now) override {
    for (auto& [job, plan] : plans_)
      if (fires_[job] && plan.next && *plan.next < now - claimed_within)
        judge_.violated("what is due is claimed", "job " + to_string(job) + " version " + std::to_string(plan.version) +
                                                      ": the fire of " + std::to_string(to_ms(*plan.next)) +
                                                      " is not claimed at " + std::to_string(to_ms(now)));
  }

private:
  judge& judge_;
  std::map<job_id, fire_plan> plans_;
  std::map<job_id, bool> fires_;
};

} // namespace

std::unique_ptr<law> nothing_due_is_left(judge& j) { return std::make_unique<due>(j); }

} // namespace xxl::sim
