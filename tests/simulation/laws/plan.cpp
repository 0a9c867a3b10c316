// guarantees.md §2.2, Edits: the last claimed fire only rises, and the next one lies behind it.

#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {
namespace {

class plan final : public law {
public:
  explicit plan(judge& j) : judge_{j} {}

  void updated(const fire_plan& before, const fire_plan& after) override {
    if (before.last && (!after.last || *after.last < *before.last))
      judge_.violated("the last claimed fire only rises", "job " + to_string(after.job));
    if (after.next && after.last && *after.next <= *after.last)
      judge_.violated("the next fire lies behind the last one", "job " + to_string(after.job));
    if (after.version < before.version)
      judge_.violated("the version of a job only rises", "job " + to_string(after.job));
  }

private:
  judge& judge_;
};

} // namespace

std::unique_ptr<law> the_plan_moves_forward(judge& j) { return std::make_unique<plan>(j); }

} // namespace xxl::sim
